//! Changes of what is there already, orders and stops, and their answers.

use phantom_broker::Broker;
use phantom_compliance::{ChangeTicket, ProtectTicket, Refusal, Unchangeable};
use phantom_engine::book::Protection;
use phantom_engine::{Fact, FactBody, Input, Origin, Protected};
use phantom_model::{LotId, OrderId, Timestamp};

use crate::core::Core;
use crate::journal::Journal;

/// What became of the wish to change an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChangeAnswer {
    /// The broker is asked. Until it answers the order counts with the larger quantity.
    Asked,
    /// Nothing goes out.
    Refused(Box<Refusal>),
}

/// What became of the wish to change a stop or a target, lot by lot, oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProtectAnswer {
    /// No lot was there, or the words could not be read.
    Refused(Box<Refusal>),
    /// What protects each lot now. A lot that already was as asked is not among them.
    Lots(Vec<(LotId, LotAnswer)>),
}

/// What became of one lot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LotAnswer {
    /// All that protects it now: what is not in here has gone.
    Set(Box<Protection>),
    /// Everything stays as it was.
    Refused(Box<Refusal>),
}

/// Reads a change, feeds it, and answers from its facts.
pub(crate) fn change<B: Broker, J: Journal>(
    core: &mut Core<B, J>,
    now: Timestamp,
    order: OrderId,
    ticket: &ChangeTicket,
    origin: Origin,
) -> ChangeAnswer {
    let not_working = || ChangeAnswer::Refused(Box::new(Refusal::Unchangeable(Unchangeable::NotWorking)));
    let Some(key) = core.book().find(order) else { return not_working() };
    let contract = core.book().orders().at(key).contract;
    let change = ticket.read(&core.engine().terms().at(contract).grid).map_err(Box::new);
    let facts = core.input(now, Input::Change { order, change, origin });
    facts.into_iter().find_map(change_answer).unwrap_or_else(not_working)
}

fn change_answer(fact: Fact) -> Option<ChangeAnswer> {
    if let FactBody::ChangeRejected { refusal, .. } = fact.body {
        return Some(ChangeAnswer::Refused(refusal));
    }
    matches!(fact.body, FactBody::ChangeAsked { .. }).then_some(ChangeAnswer::Asked)
}

/// The same for a change of protection.
pub(crate) fn protect<B: Broker, J: Journal>(
    core: &mut Core<B, J>,
    now: Timestamp,
    whom: Protected,
    ticket: &ProtectTicket,
    origin: Origin,
) -> ProtectAnswer {
    let contract = match whom {
        Protected::Lot(lot) => core.book().lots().get(lot).map(|lot| lot.contract),
        Protected::Position(contract) => Some(contract),
    };
    let no_lot = || ProtectAnswer::Refused(Box::new(Refusal::NoOpenLot));
    let terms = contract.and_then(|contract| core.engine().terms().get(contract));
    let Some(terms) = terms else { return no_lot() };
    let change = ticket.read(&terms.grid).map_err(Box::new);
    let is_open = match whom {
        Protected::Lot(_) => true,
        Protected::Position(contract) => !core.book().positions().at(contract).lots.is_empty(),
    };
    let facts = core.input(now, Input::Protect { whom, change, origin });
    let lots: Vec<(LotId, LotAnswer)> = facts.into_iter().filter_map(lot_answer).collect();
    match (is_open, lots.is_empty()) {
        (false, _) => no_lot(),
        (true, true) => ProtectAnswer::Refused(Box::new(Refusal::NothingChanges)),
        (true, false) => ProtectAnswer::Lots(lots),
    }
}

fn lot_answer(fact: Fact) -> Option<(LotId, LotAnswer)> {
    if let FactBody::ProtectionRejected { lot, refusal, .. } = fact.body {
        return Some((lot, LotAnswer::Refused(refusal)));
    }
    if let FactBody::ProtectionSet { lot, protection, .. } = fact.body {
        return Some((lot, LotAnswer::Set(protection)));
    }
    None
}
