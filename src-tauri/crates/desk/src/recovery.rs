//! What a start found, what had changed at the broker meanwhile, and what was decided about it.

use std::collections::BTreeSet;

use phantom_engine::fact::{Absence, GapPolicy, Leg};
use phantom_engine::{Book, Fact, FactBody};
use phantom_model::{ContractId, LotId, OrderId, Price, Qty, Timestamp};

/// How the desk begins after an absence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Returning {
    /// Why it was away.
    pub absence: Absence,
    /// Since when it could see nothing, on the market's clock.
    pub since: Timestamp,
    /// What becomes of a phantom whose price was passed meanwhile.
    pub policy: GapPolicy,
    /// Whether the journal was damaged: openings wait for a person then.
    pub damaged: bool,
}

/// What was decided about one phantom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// Its lot.
    pub lot: LotId,
    /// What the lot is a position in.
    pub contract: ContractId,
    /// Which leg.
    pub leg: Leg,
    /// The price that it was decided by; `None` where the broker's own list was enough.
    pub print: Option<Price>,
}

/// One execution that the desk had not heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MissedFill {
    /// Its order.
    pub order: OrderId,
    /// What it trades.
    pub contract: ContractId,
    /// Contracts.
    pub qty: Qty,
    /// Price.
    pub price: Price,
}

/// The report of a return. It grows until every contract with a phantom has been judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecoveryReport {
    /// How the desk came back.
    pub returning: Returning,
    /// When, on the market's clock.
    pub returned_at: Timestamp,
    /// Facts that were read.
    pub facts: u64,
    /// Orders that may still have been filling.
    pub live_orders: usize,
    /// Lots that were open.
    pub open_lots: usize,
    /// Phantoms that are armed again.
    pub phantoms: usize,
    /// When the broker's own account had been compared; `None` while it has not.
    pub compared_at: Option<Timestamp>,
    /// Executions that had happened meanwhile.
    pub missed_fills: Vec<MissedFill>,
    /// Orders that had ended meanwhile.
    pub ended: Vec<OrderId>,
    /// Orders at the broker that are not ours.
    pub outside: Vec<OrderId>,
    /// Positions that the broker has otherwise.
    pub differing: Vec<ContractId>,
    /// Exits that the journal had lost and the broker knew.
    pub found: Vec<Decided>,
    /// Stops of the broker's side that closed something for a phantom meanwhile.
    pub stood: Vec<OrderId>,
    /// Phantoms that fired with the first price that counted.
    pub fired: Vec<Decided>,
    /// Phantoms that were passed and wait for a person, or for the price to come back.
    pub passed: Vec<Decided>,
    /// Phantoms that a price had touched; it came back, and they did not fire.
    pub touched: Vec<Decided>,
    /// Contracts whose phantoms have not been judged yet.
    pub unjudged: BTreeSet<ContractId>,
    /// The contract that was judged last, and when.
    closed: Option<(ContractId, Timestamp)>,
}

impl RecoveryReport {
    /// The report of a desk that comes back to this book now.
    #[must_use]
    pub fn begun(book: &Book, returning: Returning, returned_at: Timestamp) -> Self {
        let lots = book.positions().iter().flat_map(|(_, position)| position.lots.iter());
        Self {
            returning,
            returned_at,
            facts: book.seq(),
            live_orders: book.live_orders().count(),
            open_lots: lots.count(),
            phantoms: book.unjudged().count(),
            compared_at: None,
            missed_fills: Vec::new(),
            ended: Vec::new(),
            outside: Vec::new(),
            differing: Vec::new(),
            found: Vec::new(),
            stood: Vec::new(),
            fired: Vec::new(),
            passed: Vec::new(),
            touched: Vec::new(),
            unjudged: book.unjudged().map(|lot| book.lots().at(lot).contract).collect(),
            closed: None,
        }
    }

    /// Whether everything has been decided: the account compared, and every phantom judged.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.compared_at.is_some() && self.unjudged.is_empty()
    }

    /// Adds what a fact tells that the book has folded. What comes after the account was compared is no
    /// news of the absence, but for what the first prices decide.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what a return can bring is looked at")]
    pub fn note(&mut self, book: &Book, fact: &Fact) {
        let comparing = self.compared_at.is_none();
        let decided = |lot: LotId, leg, print| {
            let contract = book.lots().at(lot).contract;
            Decided { lot, contract, leg, print }
        };
        match fact.body {
            FactBody::Reconciled if comparing => self.compared_at = Some(fact.at),
            FactBody::OrderFilled { order, qty, price, .. } if comparing => {
                let contract = book.find(order).map(|key| book.orders().at(key).contract);
                let missed = contract.map(|contract| MissedFill { order, contract, qty, price });
                self.missed_fills.extend(missed);
                if matches!(order, OrderId::LotStop { .. }) && !self.stood.contains(&order) {
                    self.stood.push(order);
                }
            }
            FactBody::OrderCancelled { order } | FactBody::OrderFailed { order, .. } if comparing => {
                self.ended.push(order);
            }
            FactBody::OutsideOrderSeen { order, .. } if comparing => self.outside.push(order),
            FactBody::PositionDiffers { contract, .. } if comparing => self.differing.push(contract),
            FactBody::ExitFound { lot, leg } => self.found.push(decided(lot, leg, None)),
            FactBody::PhantomTouched { lot, leg, print } => {
                self.touched.push(decided(lot, leg, Some(print)));
            }
            FactBody::PhantomPassed { lot, leg, print } => {
                self.passed.push(decided(lot, leg, Some(print)));
            }
            // The price that closes the gap fires in the same step.
            FactBody::PhantomFired { lot, leg, print, .. }
                if self.closed == Some((book.lots().at(lot).contract, fact.at)) =>
            {
                self.touched.retain(|it| it.lot != lot);
                self.fired.push(decided(lot, leg, Some(print)));
            }
            FactBody::GapClosed { contract, .. } => {
                self.unjudged.remove(&contract);
                self.closed = Some((contract, fact.at));
            }
            _ => {}
        }
    }
}
