//! Facts and requests as one line of text each, so that an expected outcome is a short table.
//!
//! `submit T1 BUY 2 GC MARKET stop 1319.2`, `fill T1 2@1320.1`, `lot L0 T1 2@1320.1`,
//! `fired L0 stop 1319.2`, `submit L0-X1 SELL 2 GC MARKET`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "one match in three parts; the last part panics for a fact that none of them knows"
)]

use std::fmt::Write;

use phantom_engine::book::Book;
use phantom_engine::fact::{Alarm, LatchCause, Leg, Purpose};
use phantom_engine::{Fact, FactBody, HaltChange, Request};
use phantom_model::{ArenaKey, ContractId, FlattenId, LotId, OrderId, OrderKind, Price};

use crate::contracts::{grid, root};

/// A fact in words. The book knows the contracts of its orders and lots.
#[must_use]
pub fn fact_line(book: &Book, fact: &Fact) -> String {
    match &fact.body {
        FactBody::OrderRejected { order, what, .. } => format!("reject {order} {}", what.1.reason()),
        FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, .. } => {
            let mut line = format!("submit {order} {side} {qty} {} {}", root(*contract), kind.word());
            write_terms(&mut line, *contract, *kind, *purpose);
            line
        }
        FactBody::OrderAccepted { order } => format!("accept {order}"),
        FactBody::OrderFilled { order, qty, price, .. } => {
            format!("fill {order} {qty}@{}", order_price(book, *order, *price))
        }
        FactBody::OrderCancelled { order } => format!("cancelled {order}"),
        FactBody::OrderFailed { order, reason } => format!("failed {order} {reason}"),
        FactBody::OrderClosed { order } => format!("closed {order}"),
        FactBody::OrderUnknown { order } => format!("unknown {order}"),
        FactBody::CancelRequested { order } => format!("cancel {order}"),
        FactBody::CancelRefused { order } => format!("uncancelled {order}"),
        body => change_line(book, body)
            .or_else(|| lot_line(book, body))
            .or_else(|| guard_line(book, body))
            .or_else(|| flatten_line(body))
            .unwrap_or_else(|| desk_line(body)),
    }
}

/// A request in words: `send T1`, `cancel T1`, `query T1`, `native L0-X4`.
#[must_use]
pub fn request_line(request: &Request) -> String {
    match request {
        Request::Submit(order) => format!("send {}", order.id()),
        Request::Cancel(order) => format!("cancel {order}"),
        Request::Change(change) => format!("change {}", change.id()),
        Request::Query(order) => format!("query {order}"),
        Request::NativeClose(order) => format!("native {}", order.id()),
    }
}

fn write_terms(line: &mut String, contract: ContractId, kind: OrderKind, purpose: Purpose) {
    let grid = grid(root(contract));
    let mut say = |word: &str, price: Option<Price>| {
        if let Some(price) = price {
            write!(line, "{word}{}", grid.text(price)).unwrap();
        }
    };
    say(" ", kind.limit());
    match purpose {
        Purpose::Entry(bracket) => {
            say(" stop ", bracket.stop);
            say(" target ", bracket.target);
        }
        Purpose::Reduction => line.push_str(" reduces"),
        Purpose::LotExit { .. } | Purpose::Flatten(_) => {}
    }
}

fn change_line(book: &Book, body: &FactBody) -> Option<String> {
    let line = match body {
        FactBody::ChangeAsked { order, qty, limit, .. } => {
            format!("change {order} {qty}@{}", order_price(book, *order, *limit))
        }
        FactBody::OrderChanged { order, qty, limit } => {
            format!("changed {order} {qty}@{}", order_price(book, *order, *limit))
        }
        FactBody::ChangeRefused { order } => format!("unchanged {order}"),
        FactBody::ChangeRejected { order, refusal, .. } => {
            format!("reject_change {order} {}", refusal.reason())
        }
        _ => return None,
    };
    Some(line)
}

fn guard_line(book: &Book, body: &FactBody) -> Option<String> {
    let text = |lot: LotId, price: Price| grid(root(book.lots().at(lot).contract)).text(price);
    let line = match body {
        FactBody::ProtectionSet { lot, generation, protection, .. } => {
            let mut line = format!("protect {} #{generation}", lot_name(*lot));
            let mut say = |word: &str, value: Option<String>| {
                if let Some(value) = value {
                    write!(line, " {word} {value}").unwrap();
                }
            };
            say("stop", protection.bracket.stop.map(|price| text(*lot, price)));
            say("target", protection.bracket.target.map(|price| text(*lot, price)));
            let trail = protection.trail;
            say("trail", trail.map(|trail| format!("{} from {}", trail.distance, text(*lot, trail.best))));
            say("even", protection.break_even.map(|even| format!("{}+{}", even.after(), even.plus())));
            line
        }
        FactBody::ProtectionRejected { lot, refusal, .. } => {
            format!("reject_protection {} {}", lot_name(*lot), refusal.reason())
        }
        FactBody::BreakEvenReached { lot, generation, stop, print } => {
            format!("even {} #{generation} {} by {}", lot_name(*lot), text(*lot, *stop), text(*lot, *print))
        }
        FactBody::TrailsMoved { contract, low, high } => {
            let grid = grid(root(*contract));
            let prices = if low == high { vec![low] } else { vec![low, high] };
            let prices: Vec<String> = prices.into_iter().map(|price| grid.text(*price)).collect();
            format!("trails {} {}", root(*contract), prices.join("-"))
        }
        _ => return None,
    };
    Some(line)
}

fn lot_line(book: &Book, body: &FactBody) -> Option<String> {
    let text = |lot: LotId, price: Price| grid(root(book.lots().at(lot).contract)).text(price);
    let line = match body {
        FactBody::LotOpened { lot, order, qty, price } => {
            format!("lot {} {order} {qty}@{}", lot_name(*lot), text(*lot, *price))
        }
        FactBody::LotGrew { lot, qty, price } => {
            format!("grew {} {qty}@{}", lot_name(*lot), text(*lot, *price))
        }
        FactBody::LotReduced { lot, by, qty, entry, exit, realized } => format!(
            "reduced {} {qty} by {by} {}>{} {realized}",
            lot_name(*lot),
            text(*lot, *entry),
            text(*lot, *exit)
        ),
        FactBody::PhantomFired { lot, leg, print } => {
            format!("fired {} {} {}", lot_name(*lot), leg_name(*leg), text(*lot, *print))
        }
        FactBody::ExitWaiting { lot } => format!("waiting {}", lot_name(*lot)),
        FactBody::LotUnprotected { lot } => format!("unprotected {}", lot_name(*lot)),
        _ => return None,
    };
    Some(line)
}

fn flatten_line(body: &FactBody) -> Option<String> {
    let line = match body {
        FactBody::FlattenStarted { flatten, .. } => format!("flatten {}", flatten_name(*flatten)),
        FactBody::FlattenJoined { flatten, .. } => format!("joined {}", flatten_name(*flatten)),
        FactBody::FlattenExiting { flatten } => format!("exiting {}", flatten_name(*flatten)),
        FactBody::FlattenAnswered { flatten, flat } => {
            format!("answer {} {}", flatten_name(*flatten), if *flat { "FLAT" } else { "NOT_FLAT" })
        }
        FactBody::FlattenEnded { flatten } => format!("ended {}", flatten_name(*flatten)),
        _ => return None,
    };
    Some(line)
}

fn desk_line(body: &FactBody) -> String {
    match body {
        FactBody::Halted { change, .. } => halt_name(*change).to_owned(),
        FactBody::Latched { cause } => match cause {
            LatchCause::Overfill(order) => format!("latch overfill {order}"),
            LatchCause::ExitOpened(order) => format!("latch exit_opened {order}"),
            LatchCause::ForeignOrder(order) => format!("latch foreign {order}"),
            LatchCause::Broken(invariant) => format!("latch {invariant:?}"),
        },
        FactBody::AlarmRaised { alarm } => match alarm {
            Alarm::LateFill(order) => format!("alarm late_fill {order}"),
            Alarm::IllegalStep(order) => format!("alarm illegal_step {order}"),
            Alarm::ContradictingExec(order) => format!("alarm contradicting_exec {order}"),
            Alarm::ExitSlow(lot) => format!("alarm exit_slow {}", lot_name(*lot)),
            Alarm::Unprotected(lot) => format!("alarm unprotected {}", lot_name(*lot)),
            Alarm::FlattenStuck(contract) => format!("alarm flatten_stuck {}", root(*contract)),
        },
        other => panic!("a fact without words: {other:?}"),
    }
}

const fn halt_name(change: HaltChange) -> &'static str {
    match change {
        HaltChange::Kill => "kill",
        HaltChange::LiftKill => "lift_kill",
        HaltChange::LockOut => "lock_out",
        HaltChange::EndLockOut => "end_lock_out",
        HaltChange::LiftLatch => "lift_latch",
    }
}

/// The name of a lot: `L0`.
#[must_use]
pub fn lot_name(lot: LotId) -> String {
    format!("L{}", lot.row())
}

fn flatten_name(flatten: FlattenId) -> String {
    format!("F{}", flatten.row())
}

const fn leg_name(leg: Leg) -> &'static str {
    match leg {
        Leg::Stop => "stop",
        Leg::Target => "target",
    }
}

fn order_price(book: &Book, order: OrderId, price: Price) -> String {
    let key = book.find(order).unwrap();
    grid(root(book.orders().at(key).contract)).text(price)
}
