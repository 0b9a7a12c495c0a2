//! The receipt of a phantom: the trade that fired it, the rule, and what became of its exits; or the stop at
//! the broker that closed its lot in its place.

use phantom_engine::fact::Leg;
use phantom_engine::{Book, ContractTerms, Fact, FactBody};
use phantom_model::{
    Arena, ContractId, FailReason, LotId, Money, OrderId, Price, Side, Span, StopRole, Timestamp,
};

/// One exit that a phantom sent, or a stop that stood for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExitTrace {
    /// Its id.
    pub order: OrderId,
    /// Contracts.
    pub qty: u32,
    /// When it was handed to the connection: it never waits for the disk. For a stop of the broker's side
    /// when the desk first heard of it.
    pub sent_at: Timestamp,
    /// When the broker's answer was there.
    pub accepted_at: Option<Timestamp>,
    /// Its executions: when, contracts, price.
    pub fills: Vec<(Timestamp, u32, Price)>,
    /// Why the broker refused it.
    pub failed: Option<FailReason>,
}

/// The receipt of one phantom that fired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TriggerReceipt {
    /// Its lot.
    pub lot: LotId,
    /// What the lot is a position in.
    pub contract: ContractId,
    /// The side of the lot: `Buy` is long.
    pub side: Side,
    /// The leg that fired.
    pub leg: Leg,
    /// Which stop of the broker's side did it, where one did: the phantom itself had not fired.
    pub stood: Option<StopRole>,
    /// Where the leg stood; `None` where the exit was found at the broker.
    pub level: Option<Price>,
    /// How often the lot's protection had been changed before.
    pub generation: u32,
    /// The last trade that fired it.
    pub print: Option<Price>,
    /// The market's own stamp of that trade.
    pub printed_at: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The exits, in order.
    pub exits: Vec<ExitTrace>,
    /// How much worse than the trade that fired it the exits were filled: the sum of ticks over contracts.
    pub slippage_ticks: i64,
    /// The same in money.
    pub slippage: Money,
}

impl TriggerReceipt {
    /// How old the trade was when it fired.
    #[must_use]
    pub fn age(&self) -> Option<Span> {
        self.printed_at.map(|at| self.decided_at.since(at))
    }
}

/// The receipts of all phantoms that have fired.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TriggerReceipts {
    rows: Vec<TriggerReceipt>,
}

impl TriggerReceipts {
    /// The receipts, oldest first.
    #[must_use]
    pub fn rows(&self) -> &[TriggerReceipt] {
        &self.rows
    }

    /// Adds what a fact tells that the book has folded.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what fires and what exits do is looked at")]
    pub fn note(&mut self, book: &Book, terms: &Arena<ContractId, ContractTerms>, fact: &Fact) {
        let at = fact.at;
        match fact.body {
            FactBody::PhantomFired { lot, leg, print, level, printed_at } => {
                let row = begun(book, lot, leg, at);
                let (print, printed_at, level) = (Some(print), Some(printed_at), Some(level));
                self.rows.push(TriggerReceipt { level, print, printed_at, ..row });
            }
            FactBody::ExitFound { lot, leg } => self.rows.push(begun(book, lot, leg, at)),
            FactBody::OrderSubmitted { order: order @ OrderId::LotExit { lot, .. }, qty, .. } => {
                let (qty, accepted_at, fills, failed) = (qty.contracts(), None, Vec::new(), None);
                let exit = ExitTrace { order, qty, sent_at: at, accepted_at, fills, failed };
                if let Some(row) = self.rows.iter_mut().rev().find(|row| row.lot == lot) {
                    row.exits.push(exit);
                }
            }
            FactBody::OrderAccepted { order } => {
                if let Some((_, exit)) = self.exit(order) {
                    exit.accepted_at.get_or_insert(at);
                }
            }
            FactBody::OrderFailed { order, reason } => {
                if let Some((_, exit)) = self.exit(order) {
                    exit.failed = Some(reason);
                }
            }
            FactBody::OrderFilled { order, qty, price, .. } => {
                let qty = qty.contracts();
                if let OrderId::LotStop { lot, role, .. } = order {
                    self.stop_filled(book, order, (lot, role), at);
                }
                if let Some((figures, exit)) = self.exit(order) {
                    exit.fills.push((at, qty, price));
                    figures.add(terms, qty, price);
                }
            }
            _ => {}
        }
    }

    /// A stop of the broker's side has closed something of its lot.
    fn stop_filled(&mut self, book: &Book, order: OrderId, (lot, role): (LotId, StopRole), at: Timestamp) {
        let Some(stop) = book.find(order).map(|key| book.orders().at(key)) else { return };
        let known = self.rows.iter().rposition(|row| row.lot == lot);
        if known.is_none() {
            let stood = Some(role);
            self.rows.push(TriggerReceipt { stood, ..begun(book, lot, Leg::Stop, at) });
        }
        let Some(row) = self.rows.iter_mut().rev().find(|row| row.lot == lot) else { return };
        if row.exits.iter().all(|exit| exit.order != order) {
            row.exits.push(ExitTrace {
                order,
                qty: stop.qty.contracts(),
                sent_at: stop.submitted_at,
                accepted_at: Some(stop.submitted_at),
                fills: Vec::new(),
                failed: None,
            });
        }
    }

    fn exit(&mut self, order: OrderId) -> Option<(Figures<'_>, &mut ExitTrace)> {
        let (OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. }) = order else { return None };
        let row = self.rows.iter_mut().rev().find(|row| row.lot == lot)?;
        let TriggerReceipt { contract, side, print, slippage_ticks, slippage, exits, .. } = row;
        let figures = Figures { contract: *contract, side: *side, print: *print, slippage_ticks, slippage };
        Some((figures, exits.iter_mut().find(|exit| exit.order == order)?))
    }
}

/// What a fill adds to.
struct Figures<'a> {
    contract: ContractId,
    side: Side,
    print: Option<Price>,
    slippage_ticks: &'a mut i64,
    slippage: &'a mut Money,
}

impl Figures<'_> {
    fn add(self, terms: &Arena<ContractId, ContractTerms>, qty: u32, price: Price) {
        let Some(print) = self.print else { return };
        let ticks = (print - price).count() * self.side.sign() * i64::from(qty);
        *self.slippage_ticks += ticks;
        *self.slippage += terms.at(self.contract).tick_value * ticks;
    }
}

fn begun(book: &Book, lot: LotId, leg: Leg, decided_at: Timestamp) -> TriggerReceipt {
    let row = book.lots().at(lot);
    TriggerReceipt {
        lot,
        contract: row.contract,
        side: row.side,
        leg,
        stood: None,
        level: None,
        generation: book.generation(lot),
        print: None,
        printed_at: None,
        decided_at,
        exits: Vec::new(),
        slippage_ticks: 0,
        slippage: Money::ZERO,
    }
}
