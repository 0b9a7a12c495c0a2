//! What changes what is there already: working orders, stops and targets, a difference, latches.

use phantom_compliance::{
    ChangeTicket, EvenWords, ProtectTicket, Refusal, StopWords, TargetWords, Ticket, TicketKind,
};
use phantom_engine::{HaltChange, Origin, Protected};
use phantom_model::{ArenaKey, ContractId, LotId, NetQty, OrderId};
use phantom_runtime::{ChangeAnswer, Listing, LotAnswer, PlaceAnswer, ProtectAnswer};
use phantom_wire::{self as wire, AmendAnswer, DecimalText, LotProtection, WireFault};
use tauri::State;

use super::body::Body;
use super::orders::place_answer;
use crate::error::of_desk;
use crate::session::Session;
use crate::shell::Shell;
use crate::stream::words::{contracts, price_text};

#[tauri::command(rename = "changeOrder")]
pub(crate) async fn change_order(
    shell: State<'_, Shell>,
    change: Body<wire::ChangeRequest>,
) -> Result<AmendAnswer, WireFault> {
    let wire::ChangeRequest { order_id, qty, price } = change.0;
    let order: OrderId =
        order_id.parse().map_err(|_| WireFault::BadRequest(format!("{order_id} is no order")))?;
    let ticket = ChangeTicket { qty: qty.map(text), price: price.map(text) };
    let _placing = shell.placing().await;
    let answer = shell.session().desk().change(order, ticket, Origin::Window).await.map_err(of_desk)?;
    Ok(match answer {
        ChangeAnswer::Asked => accepted(),
        ChangeAnswer::Refused(refusal) => refused(&refusal),
    })
}

#[tauri::command]
pub(crate) async fn protect(
    shell: State<'_, Shell>,
    what: Body<wire::ProtectRequest>,
) -> Result<wire::ProtectAnswer, WireFault> {
    let wire::ProtectRequest { whom, stop, target, break_even } = what.0;
    let ticket = ProtectTicket {
        stop: stop.map_or(StopWords::Leave, stop_words),
        target: target.map_or(TargetWords::Leave, target_words),
        even: break_even.map_or(EvenWords::Leave, even_words),
    };
    let _placing = shell.placing().await;
    let session = shell.session();
    let whom = match whom {
        wire::Protected::Lot { lot } => Protected::Lot(lot_id(&lot)?),
        wire::Protected::Position { symbol } => Protected::Position(contract_of(&session, &symbol)?),
    };
    let contract = match whom {
        Protected::Position(contract) => Some(contract),
        Protected::Lot(lot) => {
            let book = session.desk().snapshot().await.map_err(of_desk)?.book;
            book.lots().get(lot).map(|lot| lot.contract)
        }
    };
    let answer = session.desk().protect(whom, ticket, Origin::Window).await.map_err(of_desk)?;
    Ok(protect_answer(session.listing(), contract, answer))
}

#[tauri::command(rename = "closePosition")]
pub(crate) async fn close_position(
    shell: State<'_, Shell>,
    symbol: Body<String>,
    part: Body<wire::ClosePart>,
) -> Result<wire::PlaceAnswer, WireFault> {
    let _placing = shell.placing().await;
    let session = shell.session();
    let contract = contract_of(&session, &symbol.0)?;
    let book = session.desk().snapshot().await.map_err(of_desk)?.book;
    let position = book.positions().at(contract);
    let on_the_way = position.exits_outstanding().saturating_add(position.awaiting_exit);
    let left = position.net.size().saturating_sub(on_the_way);
    let qty = match part.0 {
        wire::ClosePart::All => left,
        wire::ClosePart::Half => left.min(position.net.size() / 2),
    };
    let Some(side) = position.net.side().map(phantom_model::Side::opposite).filter(|_| qty > 0) else {
        let words = match position.net.size() {
            0 => format!("no position in {} is open", symbol.0),
            1 if left == 1 => format!("one contract of {} has no half", symbol.0),
            _ => format!("every contract of {} has its exit on the way already", symbol.0),
        };
        return Err(WireFault::BadRequest(words));
    };
    let ticket = Ticket {
        symbol: session.listing().root(contract).to_owned(),
        side,
        qty: qty.to_string(),
        kind: TicketKind::Market,
        price: None,
        stop: None,
        target: None,
        guard: Box::default(),
    };
    let answer: PlaceAnswer = session.desk().place(ticket, Origin::Window).await.map_err(of_desk)?;
    Ok(place_answer(answer))
}

/// Decides about the difference that the person has seen, and about no other.
#[tauri::command(rename = "decideDifference")]
pub(crate) async fn decide_difference(
    shell: State<'_, Shell>,
    decision: Body<wire::DecideRequest>,
) -> Result<(), WireFault> {
    let wire::DecideRequest { symbol, decision, ours, broker } = decision.0;
    let session = shell.session();
    let contract = contract_of(&session, &symbol)?;
    let book = session.desk().snapshot().await.map_err(of_desk)?.book;
    let position = book.positions().at(contract);
    let Some(difference) = position.difference else {
        return Err(WireFault::BadRequest(format!("the broker's number of {symbol} agrees")));
    };
    let theirs = NetQty::new(position.net.signed().saturating_add(difference.contracts()));
    if (contracts(position.net), contracts(theirs)) != (ours, broker) {
        let words = format!(
            "the numbers of {symbol} have changed: {} by fills, {} at the broker",
            position.net, theirs
        );
        return Err(WireFault::BadRequest(words));
    }
    let decision = match decision {
        wire::Decision::TakeBrokers => phantom_engine::Decision::TakeBrokers,
        wire::Decision::KeepOurs => phantom_engine::Decision::KeepOurs,
    };
    session.desk().decide(contract, decision, Origin::Window).map_err(of_desk)
}

/// A person has checked the books: of one contract, or of the account and every contract.
#[tauri::command(rename = "liftLatch")]
pub(crate) async fn lift_latch(
    shell: State<'_, Shell>,
    symbol: Body<Option<String>>,
) -> Result<(), WireFault> {
    let session = shell.session();
    let change = match symbol.0 {
        None => HaltChange::LiftLatch,
        Some(symbol) => HaltChange::LiftContractLatch(contract_of(&session, &symbol)?),
    };
    session.desk().halt(change, Origin::Window).map_err(of_desk)
}

/// Compares with the broker's own account now.
#[tauri::command]
pub(crate) async fn reconcile(shell: State<'_, Shell>) -> Result<(), WireFault> {
    shell.session().desk().reconcile().map_err(of_desk)
}

fn contract_of(session: &Session, symbol: &str) -> Result<ContractId, WireFault> {
    let listed = session.listing().resolve(symbol);
    listed
        .map(|it| it.contract)
        .map_err(|_| WireFault::BadRequest(format!("{symbol} is no instrument of this desk")))
}

/// Only the one spelling: `L3`.
fn lot_id(text: &str) -> Result<LotId, WireFault> {
    let row = text.strip_prefix('L').and_then(|row| row.parse::<u32>().ok());
    let lot = row.map(LotId::from_row).filter(|lot| format!("L{}", lot.row()) == text);
    lot.ok_or_else(|| WireFault::BadRequest(format!("{text} is no lot")))
}

fn text(decimal: DecimalText) -> String {
    decimal.0
}

fn stop_words(stop: wire::StopChange) -> StopWords {
    match stop {
        wire::StopChange::Remove {} => StopWords::Remove,
        wire::StopChange::At { price } => StopWords::At(price.0),
        wire::StopChange::Fix { price } => StopWords::Fix(price.0),
        wire::StopChange::Away { ticks } => StopWords::Away(ticks.0),
        wire::StopChange::Trail { ticks } => StopWords::Trail(ticks.0),
    }
}

fn target_words(target: wire::TargetChange) -> TargetWords {
    match target {
        wire::TargetChange::Remove {} => TargetWords::Remove,
        wire::TargetChange::At { price } => TargetWords::At(price.0),
        wire::TargetChange::Away { ticks } => TargetWords::Away(ticks.0),
    }
}

fn even_words(even: wire::BreakEvenChange) -> EvenWords {
    match even {
        wire::BreakEvenChange::Remove {} => EvenWords::Remove,
        wire::BreakEvenChange::Set { after_ticks, plus_ticks } => {
            EvenWords::Set { after_ticks: after_ticks.0, plus_ticks: plus_ticks.map(text) }
        }
    }
}

const fn accepted() -> AmendAnswer {
    AmendAnswer { accepted: true, reason: None, message: None }
}

fn refused(refusal: &Refusal) -> AmendAnswer {
    AmendAnswer {
        accepted: false,
        reason: Some(refusal.reason().to_owned()),
        message: Some(refusal.to_string()),
    }
}

/// The answer for each lot; the first refusal is the one that is told in words.
fn protect_answer(
    listing: &Listing,
    contract: Option<ContractId>,
    answer: ProtectAnswer,
) -> wire::ProtectAnswer {
    let lots = match answer {
        ProtectAnswer::Refused(refusal) => {
            let AmendAnswer { accepted, reason, message } = refused(&refusal);
            return wire::ProtectAnswer { accepted, reason, message, lots: Vec::new() };
        }
        ProtectAnswer::Lots(lots) => lots,
    };
    let first = lots.iter().find_map(|(_, answer)| match answer {
        LotAnswer::Refused(refusal) => Some(refused(refusal)),
        LotAnswer::Set(_) => None,
    });
    let AmendAnswer { accepted, reason, message } = first.unwrap_or_else(accepted);
    let row = |(lot, answer): (LotId, LotAnswer)| lot_row(listing, contract, lot, answer);
    wire::ProtectAnswer { accepted, reason, message, lots: lots.into_iter().map(row).collect() }
}

fn lot_row(listing: &Listing, contract: Option<ContractId>, lot: LotId, answer: LotAnswer) -> LotProtection {
    let bare =
        LotProtection { lot: format!("L{}", lot.row()), stop_price: None, take_profit: None, reason: None };
    match answer {
        LotAnswer::Refused(refusal) => LotProtection { reason: Some(refusal.reason().to_owned()), ..bare },
        LotAnswer::Set(protection) => {
            let text = |price| contract.map(|contract| price_text(listing, contract, price));
            LotProtection {
                stop_price: protection.bracket.stop.and_then(text),
                take_profit: protection.bracket.target.and_then(text),
                ..bare
            }
        }
    }
}
