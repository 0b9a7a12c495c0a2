-- Views for people: a journal is read with the stock sqlite3 shell.
-- Times are UTC of the market's clock, prices are decimals of the contract, money is US dollars.

-- Every fact, with its time in words and its contract by name.
CREATE VIEW facts AS
SELECT e.seq, strftime('%Y-%m-%d %H:%M:%f', e.at_ns / 1e9, 'unixepoch') AS time, e.day, e.kind,
       e.entity AS about, c.name AS contract, e.cause, e.body
FROM event e LEFT JOIN contract c ON c.id = e.contract
ORDER BY e.seq;

-- Executions, each once. One that the exchange took back has undone = 1; one whose figures it changed has
-- the new ones.
CREATE VIEW fills AS
WITH busted AS (
    SELECT json_extract(body, '$.exec') AS execution FROM event WHERE kind = 'fillBusted'
), corrected AS (
    SELECT json_extract(body, '$.exec') AS execution, json_extract(body, '$.qty') AS qty,
           json_extract(body, '$.price') AS ticks, json_extract(body, '$.fee') AS fee, max(seq) AS seq
    FROM event WHERE kind = 'fillCorrected' GROUP BY 1
)
SELECT e.seq, strftime('%Y-%m-%d %H:%M:%f', e.at_ns / 1e9, 'unixepoch') AS time, e.day,
       e.entity AS order_id, json_extract(e.body, '$.exec') AS execution, c.name AS contract,
       (SELECT json_extract(s.body, '$.side') FROM event s
        WHERE s.entity = e.entity
          AND s.kind IN ('orderSubmitted', 'outsideOrderSeen', 'positionAdjusted')) AS side,
       coalesce(n.qty, json_extract(e.body, '$.qty')) AS qty,
       printf('%.*f', c.decimals,
              coalesce(n.ticks, json_extract(e.body, '$.price')) * c.tick_units * 1.0 / c.scale) AS price,
       coalesce(n.fee, json_extract(e.body, '$.fee')) AS fee,
       json_extract(e.body, '$.exec') IN (SELECT execution FROM busted) AS undone
FROM event e JOIN contract c ON c.id = e.contract
LEFT JOIN corrected n ON n.execution = json_extract(e.body, '$.exec')
WHERE e.kind = 'orderFilled'
ORDER BY e.seq;

-- Orders, refused ones too, and how each stands at the end of the journal.
CREATE VIEW orders AS
WITH submitted AS (
    SELECT e.seq, e.at_ns, e.day, e.entity AS order_id, e.contract, e.cause, e.kind,
           json_extract(e.body, '$.side') AS side, json_extract(e.body, '$.qty') AS qty,
           json_extract(e.body, '$.type') AS type, json_extract(e.body, '$.type.LIMIT') AS limit_ticks,
           CASE WHEN json_extract(e.body, '$.purpose.entry') IS NOT NULL THEN 'entry'
                WHEN json_extract(e.body, '$.purpose.lotExit') IS NOT NULL
                THEN json_extract(e.body, '$.purpose.lotExit.leg')
                WHEN json_extract(e.body, '$.purpose.flatten') IS NOT NULL THEN 'flatten'
                ELSE json_extract(e.body, '$.purpose') END AS purpose
    FROM event e WHERE e.kind = 'orderSubmitted'
), changed AS (
    SELECT entity, json_extract(body, '$.qty') AS qty, json_extract(body, '$.limit') AS limit_ticks,
           max(seq) AS seq
    FROM event WHERE kind = 'orderChanged' GROUP BY entity
), filled AS (
    SELECT order_id, sum(qty) AS qty, sum(qty * price) / sum(qty) AS price
    FROM fills WHERE NOT undone GROUP BY order_id
), ended AS (
    SELECT entity, kind, max(seq) AS seq FROM event
    WHERE kind IN ('orderCancelled', 'orderFailed', 'orderClosed') GROUP BY entity
), accepted AS (
    SELECT DISTINCT entity FROM event WHERE kind = 'orderAccepted'
)
SELECT s.seq, strftime('%Y-%m-%d %H:%M:%f', s.at_ns / 1e9, 'unixepoch') AS time, s.day, s.order_id,
       c.name AS contract, s.side, coalesce(n.qty, s.qty) AS qty,
       CASE WHEN s.limit_ticks IS NULL THEN s.type ELSE 'LIMIT' END AS type,
       CASE WHEN coalesce(n.limit_ticks, s.limit_ticks) IS NOT NULL THEN printf('%.*f', c.decimals, coalesce(n.limit_ticks, s.limit_ticks) * c.tick_units * 1.0 / c.scale) END AS price,
       s.purpose, s.cause,
       CASE WHEN ended.kind = 'orderClosed' THEN 'CLOSED'
            WHEN f.qty >= coalesce(n.qty, s.qty) THEN 'FILLED'
            WHEN ended.kind = 'orderCancelled' THEN 'CANCELLED'
            WHEN ended.kind = 'orderFailed' THEN 'FAILED'
            WHEN f.qty > 0 THEN 'PARTIALLY_FILLED'
            WHEN a.entity IS NOT NULL THEN 'ACCEPTED'
            ELSE 'PENDING' END AS status,
       coalesce(f.qty, 0) AS filled, CASE WHEN f.price IS NOT NULL THEN printf('%.*f', c.decimals + 2, f.price) END AS average_price, NULL AS reason
FROM submitted s JOIN contract c ON c.id = s.contract
LEFT JOIN changed n ON n.entity = s.order_id
LEFT JOIN filled f ON f.order_id = s.order_id
LEFT JOIN ended ON ended.entity = s.order_id
LEFT JOIN accepted a ON a.entity = s.order_id
UNION ALL
SELECT e.seq, strftime('%Y-%m-%d %H:%M:%f', e.at_ns / 1e9, 'unixepoch'), e.day, e.entity,
       coalesce(c.name, json_extract(e.body, '$.what.asked.ticket.symbol')),
       coalesce(json_extract(e.body, '$.what.asked.request.side'), json_extract(e.body, '$.what.asked.ticket.side')),
       coalesce(json_extract(e.body, '$.what.asked.request.qty'), json_extract(e.body, '$.what.asked.ticket.qty')),
       NULL, json_extract(e.body, '$.what.asked.ticket.price'), 'refused', e.cause, 'REJECTED', 0, NULL,
       json_extract(e.body, '$.what.refusal')
FROM event e LEFT JOIN contract c ON c.id = e.contract
WHERE e.kind = 'orderRejected'
ORDER BY 1;

-- Lots: what an entry opened, what of it is open, and what watches over it.
CREATE VIEW phantoms AS
WITH moved AS (
    SELECT entity AS lot,
           sum(CASE WHEN kind IN ('lotOpened', 'lotGrew') THEN json_extract(body, '$.qty') ELSE 0 END) AS opened,
           sum(CASE kind WHEN 'lotReduced' THEN -1 WHEN 'lotUnwound' THEN -1 ELSE 1 END
               * json_extract(body, '$.qty')) AS open
    FROM event
    WHERE kind IN ('lotOpened', 'lotGrew', 'lotReduced', 'lotUnwound', 'reductionUndone') GROUP BY entity
), protected AS (
    SELECT entity AS lot, json_extract(body, '$.protection') AS protection, max(seq) AS seq
    FROM event WHERE kind = 'protectionSet' GROUP BY entity
), even AS (
    SELECT entity AS lot, json_extract(body, '$.stop') AS ticks, max(seq) AS seq
    FROM event WHERE kind = 'breakEvenReached' GROUP BY entity
), fired AS (
    SELECT entity AS lot, json_extract(body, '$.leg') AS leg, json_extract(body, '$.print') AS ticks,
           min(seq) AS seq, at_ns
    FROM event WHERE kind = 'phantomFired' GROUP BY entity
), stops AS (
    SELECT l.entity AS lot,
           CASE WHEN v.seq > coalesce(p.seq, 0) THEN v.ticks
                WHEN p.lot IS NOT NULL THEN json_extract(p.protection, '$.bracket.stop')
                ELSE json_extract(s.body, '$.purpose.entry.stop') END AS stop,
           CASE WHEN p.lot IS NOT NULL THEN json_extract(p.protection, '$.bracket.target')
                ELSE json_extract(s.body, '$.purpose.entry.target') END AS target,
           CASE WHEN p.lot IS NOT NULL THEN json_extract(p.protection, '$.trail.distanceTicks')
                ELSE json_extract(s.body, '$.guard.trailTicks') END AS trail_ticks,
           CASE WHEN p.lot IS NOT NULL THEN json_extract(p.protection, '$.stopTicks')
                ELSE json_extract(s.body, '$.guard.stopTicks') END AS stop_ticks,
           CASE WHEN p.lot IS NOT NULL THEN json_extract(p.protection, '$.targetTicks')
                ELSE json_extract(s.body, '$.guard.targetTicks') END AS target_ticks,
           json_extract(s.body, '$.side') AS side
    FROM event l
    LEFT JOIN event s ON s.entity = json_extract(l.body, '$.order') AND s.kind IN ('orderSubmitted', 'outsideOrderSeen', 'positionAdjusted')
    LEFT JOIN protected p ON p.lot = l.entity
    LEFT JOIN even v ON v.lot = l.entity
    WHERE l.kind = 'lotOpened'
)
SELECT l.entity AS lot, strftime('%Y-%m-%d %H:%M:%f', l.at_ns / 1e9, 'unixepoch') AS opened_at,
       c.name AS contract, json_extract(l.body, '$.order') AS entry_order,
       CASE s.side WHEN 'BUY' THEN 'LONG' WHEN 'SELL' THEN 'SHORT' END AS side,
       m.opened, m.open,
       printf('%.*f', c.decimals, json_extract(l.body, '$.price') * c.tick_units * 1.0 / c.scale) AS entry,
       CASE WHEN s.stop IS NOT NULL THEN printf('%.*f', c.decimals, s.stop * c.tick_units * 1.0 / c.scale) END AS stop,
       CASE WHEN s.target IS NOT NULL THEN printf('%.*f', c.decimals, s.target * c.tick_units * 1.0 / c.scale) END AS target,
       s.stop_ticks, s.target_ticks, s.trail_ticks,
       CASE WHEN m.open = 0 THEN 'CLOSED'
            WHEN f.lot IS NOT NULL THEN 'FIRED'
            WHEN coalesce(s.stop, s.target, s.stop_ticks, s.target_ticks, s.trail_ticks) IS NULL THEN 'NAKED'
            ELSE 'ARMED' END AS state,
       f.leg AS fired_leg,
       CASE WHEN f.ticks IS NOT NULL THEN printf('%.*f', c.decimals, f.ticks * c.tick_units * 1.0 / c.scale) END AS fired_by,
       strftime('%Y-%m-%d %H:%M:%f', f.at_ns / 1e9, 'unixepoch') AS fired_at
FROM event l JOIN contract c ON c.id = l.contract
JOIN moved m ON m.lot = l.entity
JOIN stops s ON s.lot = l.entity
LEFT JOIN fired f ON f.lot = l.entity
WHERE l.kind = 'lotOpened'
ORDER BY l.seq;

-- Open positions: above zero long, below zero short.
CREATE VIEW positions AS
SELECT contract, sum(CASE side WHEN 'SHORT' THEN -open ELSE open END) AS net, count(*) AS lots
FROM phantoms WHERE open > 0 GROUP BY contract;

-- Profit and fees of every trading day and contract. Money is kept to a hundredth of a cent.
CREATE VIEW pnl_per_day AS
WITH moves AS (
    SELECT day, contract, kind = 'lotReduced' AS closing,
           CASE kind WHEN 'lotReduced' THEN 1 ELSE -1 END
               * CAST(round(json_extract(body, '$.realized') * 10000) AS INTEGER) AS realized, 0 AS fee
    FROM event WHERE kind IN ('lotReduced', 'reductionUndone')
    UNION ALL
    SELECT f.day, c.id, 0, 0, CAST(round(f.fee * 10000) AS INTEGER)
    FROM fills f JOIN contract c ON c.name = f.contract WHERE NOT f.undone
)
SELECT m.day, c.name AS contract, sum(m.closing) AS closings, printf('%.2f', sum(m.realized) / 10000.0) AS realized,
       printf('%.2f', sum(m.fee) / 10000.0) AS fees,
       printf('%.2f', (sum(m.realized) - sum(m.fee)) / 10000.0) AS net
FROM moves m JOIN contract c ON c.id = m.contract
GROUP BY m.day, m.contract ORDER BY m.day, c.name;

-- What a person should have looked at.
CREATE VIEW alarms AS
SELECT e.seq, strftime('%Y-%m-%d %H:%M:%f', e.at_ns / 1e9, 'unixepoch') AS time, e.day, e.kind,
       coalesce(json_extract(e.body, '$.alarm'), json_extract(e.body, '$.cause')) AS what,
       e.entity AS about, c.name AS contract
FROM event e LEFT JOIN contract c ON c.id = e.contract
WHERE e.kind IN ('alarmRaised', 'latched', 'contractLatched', 'lotUnprotected')
ORDER BY e.seq;
