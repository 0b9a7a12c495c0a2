//! What came of a run: a fold over its facts, next to the state that they left.

use std::collections::{BTreeMap, BTreeSet};

use phantom_compliance::{OrderRequest, Refusal, Ticket, TicketKind};
use phantom_engine::fact::{Asked, Leg, Purpose};
use phantom_engine::{Fact, FactBody, Origin};
use phantom_model::price::Grid;
use phantom_model::{
    ContractId, FlattenId, LotId, Money, OrderId, OrderStatus, Price, Side, SignalRef, Timestamp,
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::rows::{AskedQty, ClosedRow, Disposition, ExitReason, OrderOrigin, OrderRow, Role, text};
use super::rules::RulesRow;
use super::run::Run;

/// The result of a replay. The order of the fields is the order in the JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplayResult<'a> {
    /// Records of the market.
    pub(crate) ticks: u64,
    /// Every order in the order of submission, refused ones in their place.
    pub(crate) orders: Vec<OrderRow<'a>>,
    /// What was closed, by time of exit, then by lot.
    pub(crate) closed: Vec<ClosedRow<'a>>,
    /// Gross profit of everything closed.
    #[serde(serialize_with = "text")]
    pub(crate) realized_pnl: Money,
    /// Fees of every fill.
    #[serde(serialize_with = "text")]
    pub(crate) fees: Money,
    /// Profit less fees.
    #[serde(serialize_with = "text")]
    pub(crate) net_pnl: Money,
    /// What is still open: root to signed quantity.
    pub(crate) position: BTreeMap<&'a str, i64>,
    /// What became of each signal, in the order in which they act.
    #[serde(serialize_with = "as_map")]
    pub(crate) signals: Vec<(&'a str, Disposition)>,
    /// The rules that the run was under; not there without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<RulesRow<'a>>,
}

fn as_map<S: Serializer>(rows: &[(&str, Disposition)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(rows.iter().copied())
}

impl<'a> ReplayResult<'a> {
    /// Folds the facts of a run.
    pub(crate) fn of(run: &'a Run) -> Self {
        let mut fold = Fold {
            run,
            orders: Vec::new(),
            exits: BTreeMap::new(),
            signals: vec![Disposition::NotReached; run.signals().len()],
            flatten_of_signal: Vec::new(),
            signal_of_flatten: BTreeMap::new(),
            by_rule: BTreeSet::new(),
            answers: BTreeMap::new(),
        };
        for fact in run.facts() {
            fold.take(fact);
        }
        let signals = fold.dispositions();
        let closed = fold.closed();
        let positions = || run.book().positions().iter();
        let realized_pnl = positions().map(|(_, position)| position.realized).sum();
        let fees = positions().map(|(_, position)| position.fees).sum();
        let open = positions().filter(|(_, position)| position.net.signed() != 0);
        Self {
            ticks: run.ticks(),
            orders: fold.orders,
            closed,
            realized_pnl,
            fees,
            net_pnl: realized_pnl - fees,
            position: open.map(|(id, position)| (run.listing().root(id), position.net.signed())).collect(),
            signals,
            profile: run.rules(),
        }
    }
}

/// What is known of the run so far.
struct Fold<'a> {
    run: &'a Run,
    orders: Vec<OrderRow<'a>>,
    exits: BTreeMap<(LotId, OrderId), Exited>,
    signals: Vec<Disposition>,
    flatten_of_signal: Vec<(SignalRef, FlattenId)>,
    signal_of_flatten: BTreeMap<FlattenId, SignalRef>,
    /// Flattens that a rule has begun.
    by_rule: BTreeSet<FlattenId>,
    answers: BTreeMap<FlattenId, Disposition>,
}

/// What one exit has closed of one lot.
#[derive(Clone, Copy, Default)]
struct Exited {
    qty: u32,
    entry_cost_ticks: i128,
    exit_cost_ticks: i128,
    realized: Money,
    last_seq: u64,
    last_at: Timestamp,
}

impl Exited {
    fn take(&mut self, qty: u32, entry: Price, exit: Price, realized: Money) {
        self.qty += qty;
        self.entry_cost_ticks += cost_ticks(entry, qty);
        self.exit_cost_ticks += cost_ticks(exit, qty);
        self.realized += realized;
    }

    /// The exchange took one of the two executions back.
    fn undo(&mut self, qty: u32, entry: Price, exit: Price, realized: Money) {
        self.qty = self.qty.saturating_sub(qty);
        self.entry_cost_ticks -= cost_ticks(entry, qty);
        self.exit_cost_ticks -= cost_ticks(exit, qty);
        self.realized = self.realized - realized;
    }
}

impl<'a> Fold<'a> {
    #[expect(clippy::too_many_lines, reason = "every fact is named, so that a new one is decided here")]
    fn take(&mut self, fact: &'a Fact) {
        match &fact.body {
            FactBody::OrderRejected { order, what, origin } => {
                self.dispose(Some(*origin), Disposition::Rejected);
                self.orders.push(self.refused(fact.at, *order, &what.0, &what.1, *origin));
            }
            FactBody::OrderSubmitted { order, origin, .. } => {
                self.dispose(*origin, Disposition::Submitted);
                self.orders.extend(self.submitted(*order));
            }
            FactBody::LotReduced { lot, by, qty, entry, exit, realized } => {
                let row = self.exits.entry((*lot, *by)).or_default();
                row.take(*qty, *entry, *exit, *realized);
                (row.last_seq, row.last_at) = (fact.seq, fact.at);
            }
            FactBody::FlattenStarted { flatten, origin: Origin::Rule } => {
                self.by_rule.insert(*flatten);
            }
            FactBody::FlattenStarted { flatten, origin } | FactBody::FlattenJoined { flatten, origin } => {
                if let Origin::Signal(signal) = *origin {
                    self.flatten_of_signal.push((signal, *flatten));
                    self.signal_of_flatten.entry(*flatten).or_insert(signal);
                }
            }
            FactBody::FlattenAnswered { flatten, flat } => {
                let answer = if *flat { Disposition::Flattened } else { Disposition::NotFlat };
                self.answers.insert(*flatten, answer);
            }
            FactBody::OrderAccepted { .. }
            | FactBody::OrderFilled { .. }
            | FactBody::OrderCancelled { .. }
            | FactBody::OrderFailed { .. }
            | FactBody::OrderClosed { .. }
            | FactBody::OrderUnknown { .. }
            | FactBody::CancelRequested { .. }
            | FactBody::CancelRefused { .. }
            | FactBody::LotOpened { .. }
            | FactBody::LotGrew { .. }
            | FactBody::PhantomFired { .. }
            | FactBody::Returned { .. }
            | FactBody::ExitFound { .. }
            | FactBody::PhantomTouched { .. }
            | FactBody::PhantomPassed { .. }
            | FactBody::PhantomWatches { .. }
            | FactBody::GapClosed { .. }
            | FactBody::JournalLost
            | FactBody::ExitWaiting { .. }
            | FactBody::LotUnprotected { .. }
            | FactBody::FlattenExiting { .. }
            | FactBody::FlattenReopened { .. }
            | FactBody::FlattenSettled { .. }
            | FactBody::FlattenEnded { .. }
            | FactBody::Halted { .. }
            | FactBody::Latched { .. }
            | FactBody::OutsideOrderSeen { .. }
            | FactBody::PositionAdjusted { .. }
            | FactBody::FillBusted { .. }
            | FactBody::FillCorrected { .. }
            | FactBody::FillDoubted { .. }
            | FactBody::LotUnwound { .. }
            | FactBody::ContractLatched { .. }
            | FactBody::LinkChanged { .. }
            | FactBody::Reconciled
            | FactBody::PositionDiffers { .. }
            | FactBody::DifferenceConfirmed { .. }
            | FactBody::DifferenceDismissed { .. }
            | FactBody::DifferenceGone { .. }
            | FactBody::FeedLost
            | FactBody::FeedBack
            | FactBody::DayStarted { .. }
            | FactBody::ContractStands { .. }
            | FactBody::ChangeAsked { .. }
            | FactBody::OrderChanged { .. }
            | FactBody::ChangeRefused { .. }
            | FactBody::ChangeRejected { .. }
            | FactBody::ProtectionSet { .. }
            | FactBody::ProtectionRejected { .. }
            | FactBody::BreakEvenReached { .. }
            | FactBody::TrailsMoved { .. }
            | FactBody::PrintDoubted { .. }
            | FactBody::Rule(_)
            | FactBody::AlarmRaised { .. } => {}
            FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => {
                self.exits.entry((*lot, *by)).or_default().undo(*qty, *entry, *exit, *realized);
            }
        }
    }

    fn dispose(&mut self, origin: Option<Origin>, disposition: Disposition) {
        if let Some(Origin::Signal(signal)) = origin
            && let Some(row) = self.signals.get_mut(signal.place() as usize)
        {
            *row = disposition;
        }
    }

    fn signal_id(&self, origin: Option<Origin>) -> Option<&'a str> {
        match origin? {
            Origin::Signal(signal) => self.run.signal_id(signal),
            Origin::Window | Origin::Hotkey | Origin::Rule => None,
        }
    }

    fn grid(&self, contract: ContractId) -> &'a Grid {
        self.run.listing().contract(contract).instrument().grid()
    }

    /// The row of an order as it stands at the end of the run.
    fn submitted(&self, id: OrderId) -> Option<OrderRow<'a>> {
        let book = self.run.book();
        let order = book.orders().at(book.find(id)?);
        let grid = self.grid(order.contract);
        let signal_id = match order.purpose {
            Purpose::Entry(_) | Purpose::Reduction | Purpose::LotExit { .. } | Purpose::Outside => {
                self.signal_id(order.origin)
            }
            Purpose::Flatten(flatten) => {
                self.signal_of_flatten.get(&flatten).and_then(|signal| self.run.signal_id(*signal))
            }
        };
        Some(OrderRow {
            order_id: id,
            signal_id,
            symbol: self.run.listing().root(order.contract),
            side: order.side,
            qty: AskedQty::Whole(i64::from(order.qty.contracts())),
            kind: order.kind.word(),
            price: order.kind.limit().map(|price| grid.text(price)),
            role: if order.purpose.is_entry() { Role::Entry } else { Role::Exit },
            origin: match order.purpose {
                Purpose::Entry(_) | Purpose::Reduction | Purpose::Outside => OrderOrigin::Signal,
                Purpose::LotExit { leg: Leg::Stop, .. } => OrderOrigin::Stop,
                Purpose::LotExit { leg: Leg::Target, .. } => OrderOrigin::Target,
                Purpose::Flatten(flatten) if self.by_rule.contains(&flatten) => OrderOrigin::Lockout,
                Purpose::Flatten(_) => OrderOrigin::Flatten,
            },
            status: order.status,
            reason: order.failed.map(phantom_model::FailReason::code),
            filled_qty: order.filled,
            avg_fill_price: grid.mean(i128::from(order.cost_ticks), u64::from(order.filled), 0),
            submitted_at: order.submitted_at,
            filled_at: order.last_fill.map(|fill| book.fills().at(fill).at),
            message: None,
        })
    }

    fn refused(
        &self,
        at: Timestamp,
        order_id: OrderId,
        asked: &'a Asked,
        refusal: &Refusal,
        origin: Origin,
    ) -> OrderRow<'a> {
        let closes = matches!(refusal, Refusal::WouldCrossZero { .. } | Refusal::BracketOnExit);
        let Terms { symbol, side, qty, kind, price } = match asked {
            Asked::Request(request) => self.terms_of_request(request),
            Asked::Ticket(ticket) => self.terms_of_ticket(ticket),
        };
        OrderRow {
            order_id,
            signal_id: self.signal_id(Some(origin)),
            symbol,
            side,
            qty,
            kind,
            price,
            role: if closes { Role::Exit } else { Role::Entry },
            origin: OrderOrigin::Signal,
            status: OrderStatus::Rejected,
            reason: Some(refusal.reason()),
            filled_qty: 0,
            avg_fill_price: None,
            submitted_at: at,
            filled_at: None,
            message: Some(refusal.to_string()),
        }
    }

    fn terms_of_request(&self, request: &OrderRequest) -> Terms<'a> {
        Terms {
            symbol: self.run.listing().root(request.contract),
            side: request.side,
            qty: AskedQty::Whole(i64::from(request.qty.contracts())),
            kind: request.kind.word(),
            price: request.kind.limit().map(|price| self.grid(request.contract).text(price)),
        }
    }

    /// The terms of a ticket that was not read: what of it can be read, and the rest as it was given.
    fn terms_of_ticket(&self, ticket: &'a Ticket) -> Terms<'a> {
        let listed = self.run.listing().resolve(&ticket.symbol).ok();
        let price = match ticket.kind {
            TicketKind::Market => None,
            TicketKind::Limit => ticket.price.as_deref().map(str::trim).filter(|text| !text.is_empty()),
        };
        let on_grid = |text: &str| {
            let grid = listed.as_ref()?.grid;
            grid.price(decimal(text)?).ok().map(|price| grid.text(price))
        };
        let whole = decimal(ticket.qty.trim()).filter(Decimal::is_integer);
        Terms {
            symbol: listed.map_or(ticket.symbol.as_str(), |listed| self.run.listing().root(listed.contract)),
            side: ticket.side,
            qty: whole
                .and_then(|whole| i64::try_from(whole).ok())
                .map_or(AskedQty::Text(&ticket.qty), AskedQty::Whole),
            kind: ticket_word(ticket.kind),
            price: price.map(|text| on_grid(text).unwrap_or_else(|| text.to_owned())),
        }
    }

    fn dispositions(&self) -> Vec<(&'a str, Disposition)> {
        let mut signals = self.signals.clone();
        for (signal, flatten) in &self.flatten_of_signal {
            if let Some(row) = signals.get_mut(signal.place() as usize) {
                *row = self.answers.get(flatten).copied().unwrap_or(Disposition::Flattening);
            }
        }
        self.run.signals().iter().map(|signal| signal.id.as_str()).zip(signals).collect()
    }

    fn closed(&self) -> Vec<ClosedRow<'a>> {
        let mut exits: Vec<(LotId, OrderId, Exited)> =
            self.exits.iter().map(|(&(lot, by), &exited)| (lot, by, exited)).collect();
        exits.sort_by_key(|(lot, _, exited)| (exited.last_at, *lot, exited.last_seq));
        exits
            .into_iter()
            .filter(|(_, _, exited)| exited.qty > 0)
            .filter_map(|(lot, by, exited)| self.closed_row(lot, by, exited))
            .collect()
    }

    fn closed_row(&self, lot: LotId, by: OrderId, exited: Exited) -> Option<ClosedRow<'a>> {
        let book = self.run.book();
        let lot = book.lots().at(lot);
        let (entry, exit) = (book.orders().at(lot.order), book.orders().at(book.find(by)?));
        let grid = self.grid(lot.contract);
        let qty = u64::from(exited.qty);
        Some(ClosedRow {
            signal_id: self.signal_id(entry.origin),
            order_id: entry.id,
            exit_order_id: by,
            symbol: self.run.listing().root(lot.contract),
            side: lot.side,
            qty: exited.qty,
            entry_price: grid.mean(exited.entry_cost_ticks, qty, 0),
            entry_time: lot.opened_at,
            exit_price: grid.mean(exited.exit_cost_ticks, qty, 0),
            exit_time: exited.last_at,
            exit_reason: match exit.purpose {
                Purpose::Entry(_) | Purpose::Reduction | Purpose::Outside => ExitReason::Order,
                Purpose::LotExit { leg: Leg::Stop, .. } => ExitReason::Stop,
                Purpose::LotExit { leg: Leg::Target, .. } => ExitReason::Target,
                Purpose::Flatten(flatten) if self.by_rule.contains(&flatten) => ExitReason::Lockout,
                Purpose::Flatten(_) => ExitReason::Flatten,
            },
            realized_pnl: exited.realized,
            // One side in, one side out.
            fees: self.run.fee_per_side(lot.contract) * i64::from(exited.qty) * 2,
        })
    }
}

/// The terms of a refused order.
struct Terms<'a> {
    symbol: &'a str,
    side: Side,
    qty: AskedQty<'a>,
    kind: &'static str,
    price: Option<String>,
}

/// The word of an order type that no price goes with yet.
const fn ticket_word(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Market => "MARKET",
        TicketKind::Limit => "LIMIT",
    }
}

fn cost_ticks(price: Price, qty: u32) -> i128 {
    i128::from(price.ticks()) * i128::from(qty)
}

/// A decimal in plain or scientific notation, as a ticket may have it.
fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}
