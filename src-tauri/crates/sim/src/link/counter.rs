//! The broker's counter: what becomes of a message once it has arrived.

use phantom_broker::Message;
use phantom_compliance::Outbound;
use phantom_model::{BrokerReport, FailReason, FillTiming, OrderId, OrderKind, Qty, Side, Span};

use super::{Link, Task};
use crate::faults::Fault;
use crate::tape::Seen;
use crate::truth::{Standing, worse};

/// What a broker may say when it refuses.
const REASONS: [FailReason; 6] = [
    FailReason::Margin,
    FailReason::PriceBand,
    FailReason::MarketClosed,
    FailReason::NotPermitted,
    FailReason::RateLimit,
    FailReason::Unspecified,
];

impl Link {
    pub(super) fn arrive(&mut self, message: Message) {
        let order = message.order().unwrap_or(super::ACCOUNT);
        if self.hit(Fault::Ignored, order) {
            return;
        }
        match message {
            Message::Submit(order) => self.submit(&order, order.qty()),
            Message::NativeClose(order) => self.native_close(&order),
            Message::Change(change) => self.change(change.id(), change.qty(), change.limit()),
            Message::Cancel(order) => self.cancel(order),
            Message::Query(order) => self.query(order),
            Message::Snapshot(id) => self.tell_account(id),
        }
    }

    fn query(&mut self, order: OrderId) {
        let known = self.exchange.report_again(order);
        for report in known {
            self.report(report);
        }
    }

    /// The broker's own close looks at the broker's own position: never more than that.
    fn native_close(&mut self, order: &Outbound) {
        let held = self.exchange.position(order.contract());
        let closes = held != 0 && (held > 0) == (order.side() == Side::Sell);
        let most = u32::try_from(held.unsigned_abs()).unwrap_or(u32::MAX).min(order.qty().contracts());
        match Qty::new(most).filter(|_| closes) {
            Some(qty) => self.submit(order, qty),
            None => self.report(BrokerReport::Cancelled { order: order.id() }),
        }
    }

    fn submit(&mut self, order: &Outbound, qty: Qty) {
        let id = order.id();
        if self.exchange.order(id).is_some() {
            // One id is one order: a repetition answers what is known.
            self.query(id);
            return;
        }
        let refusal = if matches!(order, Outbound::Exit(_)) { Fault::ExitRefused } else { Fault::Refused };
        let halted = self.now < self.exchange.halted_until(order.contract());
        let reason = if self.hit(refusal, id) {
            let nth = usize::try_from(self.draw(id).below(6)).unwrap_or(0);
            REASONS.get(nth).copied()
        } else {
            (halted && self.draw(id).happens(500)).then_some(FailReason::MarketClosed)
        };
        if let Some(reason) = reason {
            self.exchange.refuse(self.now, order, reason);
            self.report(BrokerReport::Failed { order: id, reason });
            return;
        }
        self.exchange.take(self.now, order, qty);
        self.work(order);
        if qty < order.qty() {
            // What the broker will not do of it is cancelled at the end; here it is told at once.
            self.note_cut(id);
        }
    }

    /// The order works: what happens to it is decided here, as far as it can be decided now.
    fn work(&mut self, order: &Outbound) {
        let id = order.id();
        let dribbles = order.qty().contracts() > 1 && self.hit(Fault::PartialFills, id);
        let stuck = matches!(order, Outbound::Exit(_)) && self.hit(Fault::ExitStuck, id);
        let stuck_for = if stuck { self.wait(id, 1_000, 20_000) } else { Span::ZERO };
        let stuck_until = self.now + stuck_for;
        if let Some(row) = self.exchange.order_mut(id) {
            row.dribbles = dribbles;
            row.stuck_until = stuck_until;
        }
        let gone = order.kind() == OrderKind::Market
            && !stuck
            && self.exchange.price_now(self.now, id).is_some()
            && self.hit(Fault::FilledAndGone, id);
        if !gone {
            self.acknowledge(id);
        }
        if self.hit(Fault::EndedByBroker, id) {
            let wait = self.wait(id, 0, 3_000);
            self.schedule(self.now + wait, Task::EndByBroker(id));
        }
        let at_once = gone || self.draw(id).happens(500);
        if let Some(price) = self.exchange.price_now(self.now, id).filter(|_| at_once) {
            let slips = order.kind() == OrderKind::Market;
            let slip = if slips { self.draw(id).between(0, 2) } else { 0 };
            self.fill(id, worse(price, order.side(), slip), FillTiming::Unknown);
        } else if stuck {
            self.schedule(stuck_until, Task::FillMore(id));
        }
    }

    fn acknowledge(&mut self, id: OrderId) {
        let ack = BrokerReport::Accepted { order: id };
        if self.hit(Fault::AckLost, id) {
            return;
        }
        if self.hit(Fault::AckDelayed, id) {
            let wait = self.wait(id, 1_000, 120_000);
            self.report_after(wait, ack.clone());
        } else if self.hit(Fault::AckReordered, id) {
            let wait = self.wait(id, 100, 2_000);
            self.report_after(wait, ack.clone());
        } else {
            self.report(ack.clone());
        }
        if self.hit(Fault::AckAgain, id) {
            let wait = self.wait(id, 1, 3_000);
            self.report_after(wait, ack.clone());
        }
    }

    /// The broker does less than was asked: the rest counts as taken out.
    fn note_cut(&mut self, id: OrderId) {
        // With the last fill of the smaller order the whole of it is over.
        self.cut.insert(id);
        self.end_cut(id);
    }

    /// Reports the end of an order that the broker cut, once what it did is filled.
    pub(super) fn end_cut(&mut self, id: OrderId) {
        let filled = self.exchange.order(id).is_some_and(|order| order.standing == Standing::Filled);
        if filled && self.cut.remove(&id) {
            if let Some(order) = self.exchange.order_mut(id) {
                order.standing = Standing::Cancelled;
            }
            self.report(BrokerReport::Cancelled { order: id });
        }
    }

    fn cancel(&mut self, id: OrderId) {
        let Some(order) = self.exchange.order(id) else {
            self.report(BrokerReport::CancelRefused { order: id });
            return;
        };
        let (contract, leaves) = (order.contract, order.leaves());
        if leaves == 0 {
            self.report(BrokerReport::CancelRefused { order: id });
            return;
        }
        self.stops.decline(id);
        // A stop that the market has not reached cannot win against its cancel.
        let race = if order.stop.is_some() { None } else { self.exchange.price_of_race(id) };
        if let Some(price) = race
            && self.hit(Fault::FillBeatsCancel, id)
        {
            if let Some(row) = self.exchange.order_mut(id) {
                row.dribbles = false;
            }
            self.fill(id, price, FillTiming::Unknown);
            self.report(BrokerReport::CancelRefused { order: id });
        } else if self.hit(Fault::CancelDenied, id) {
            self.report(BrokerReport::CancelRefused { order: id });
        } else if let Some(price) = race
            && self.hit(Fault::LateFill, id)
        {
            self.tape.push(Seen::Lied(contract));
            let part = self.draw(id).count(1, leaves);
            let filled = Qty::new(part).and_then(|qty| self.exchange.fill(self.now, id, qty, price));
            self.report(BrokerReport::Cancelled { order: id });
            if part < leaves {
                self.exchange.end(self.now, id, Standing::Cancelled);
            }
            if let Some((fill, truth)) = filled {
                self.note_double(&truth);
                self.tape.push(Seen::TruthFilled(truth));
                self.stops_follow(contract);
                let wait = self.wait(id, 100, 8_000);
                // Behind the report of the cancel, however long that takes.
                let at = self.last_in + wait;
                self.schedule(at, Task::Deliver(BrokerReport::Filled(fill)));
            }
        } else {
            self.exchange.end(self.now, id, Standing::Cancelled);
            if !self.hit(Fault::CancelAckLost, id) {
                self.report(BrokerReport::Cancelled { order: id });
            }
        }
    }

    /// New terms: what is filled meanwhile counts against them.
    fn change(&mut self, id: OrderId, qty: Qty, limit: phantom_model::Price) {
        let race = self.exchange.price_of_race(id);
        if let Some(price) = race
            && self.hit(Fault::ChangeRace, id)
        {
            self.fill(id, price, FillTiming::Unknown);
        }
        let replaces = self.hit(Fault::ChangeReplaces, id);
        if self.exchange.change(self.now, id, qty, limit, replaces) {
            self.report(BrokerReport::Changed { order: id, qty, limit });
        } else {
            self.report(BrokerReport::ChangeRefused { order: id });
        }
    }

    pub(super) fn end_by_broker(&mut self, id: OrderId) {
        if self.exchange.order(id).is_none_or(|order| order.leaves() == 0) {
            return;
        }
        let refused = self.draw(id).happens(500);
        let standing = if refused { Standing::Failed(FailReason::Unspecified) } else { Standing::Cancelled };
        self.exchange.end(self.now, id, standing);
        self.report(if refused {
            BrokerReport::Failed { order: id, reason: FailReason::Unspecified }
        } else {
            BrokerReport::Cancelled { order: id }
        });
    }
}
