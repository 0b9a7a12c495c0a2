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
use phantom_engine::{Fact, FactBody, HaltChange, Request, RuleFact};
use phantom_model::{ArenaKey, ContractId, FlattenId, Link, LotId, OrderId, OrderKind, Price};

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
        FactBody::StopStands { order, qty, .. } => format!("stands {order} {qty}"),
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
            .or_else(|| truth_line(book, body))
            .unwrap_or_else(|| desk_line(body)),
    }
}

/// A request in words: `send T1`, `cancel T1`, `query T1`, `native L0-X4`, `snapshot`.
#[must_use]
pub fn request_line(request: &Request) -> String {
    match request {
        Request::Submit(order) => format!("send {}", order.id()),
        Request::Cancel(order) => format!("cancel {order}"),
        Request::Change(change) => format!("change {}", change.id()),
        Request::Query(order) => format!("query {order}"),
        Request::NativeClose(order) => format!("native {}", order.id()),
        Request::Snapshot(_) => "snapshot".to_owned(),
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
        Purpose::LotExit { .. } | Purpose::DisasterStop { .. } | Purpose::Flatten(_) | Purpose::Outside => {}
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
        FactBody::PhantomFired { lot, leg, print, .. } => {
            format!("fired {} {} {}", lot_name(*lot), leg_name(*leg), text(*lot, *print))
        }
        FactBody::RepairStarted { lot } => format!("repair {}", lot_name(*lot)),
        FactBody::ExitFound { lot, leg } => format!("found {} {}", lot_name(*lot), leg_name(*leg)),
        FactBody::PhantomTouched { lot, leg, print } => {
            format!("touched {} {} {}", lot_name(*lot), leg_name(*leg), text(*lot, *print))
        }
        FactBody::PhantomPassed { lot, leg, print } => {
            format!("passed {} {} {}", lot_name(*lot), leg_name(*leg), text(*lot, *print))
        }
        FactBody::PhantomWatches { lot, print } => {
            format!("watches {} {}", lot_name(*lot), text(*lot, *print))
        }
        FactBody::LotUnwound { lot, qty, entry } => {
            format!("unwound {} {qty}@{}", lot_name(*lot), text(*lot, *entry))
        }
        FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => format!(
            "undone {} {qty} by {by} {}>{} {realized}",
            lot_name(*lot),
            text(*lot, *entry),
            text(*lot, *exit)
        ),
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
        FactBody::FlattenReopened { flatten } => format!("reopened {}", flatten_name(*flatten)),
        FactBody::FlattenSettled { flatten } => format!("settled {}", flatten_name(*flatten)),
        FactBody::FlattenEnded { flatten } => format!("ended {}", flatten_name(*flatten)),
        _ => return None,
    };
    Some(line)
}

/// What the broker says about itself, and what follows from it.
fn truth_line(book: &Book, body: &FactBody) -> Option<String> {
    let line = match body {
        FactBody::OutsideOrderSeen { order, contract, side, qty, .. } => {
            format!("outside {order} {side} {qty} {}", root(*contract))
        }
        FactBody::PositionAdjusted { order, contract, side, qty, .. } => {
            format!("adjusted {order} {side} {qty} {}", root(*contract))
        }
        FactBody::FillBusted { order, exec } => format!("busted {order} E{}", exec.number()),
        FactBody::FillCorrected { order, exec, qty, price, .. } => {
            format!("corrected {order} E{} {qty}@{}", exec.number(), order_price(book, *order, *price))
        }
        FactBody::FillDoubted { order, exec, .. } => format!("doubted {order} E{}", exec.number()),
        FactBody::LinkChanged { link: Link::Up } => "link up".to_owned(),
        FactBody::LinkChanged { link: Link::Down } => "link down".to_owned(),
        FactBody::Reconciled => "reconciled".to_owned(),
        FactBody::PositionDiffers { contract, ours, broker } => {
            format!("differs {} {ours} broker {broker}", root(*contract))
        }
        FactBody::DifferenceConfirmed { contract } => format!("confirmed {}", root(*contract)),
        FactBody::DifferenceDismissed { contract, .. } => format!("dismissed {}", root(*contract)),
        FactBody::DifferenceGone { contract } => format!("agrees {}", root(*contract)),
        FactBody::FeedLost => "feed lost".to_owned(),
        FactBody::FeedBack => "feed back".to_owned(),
        FactBody::ContractStands { contract, standing } => {
            format!("{} stands {standing:?}", root(*contract))
        }
        FactBody::DayStarted { day } => format!("day {day}"),
        FactBody::PrintDoubted { contract, price, last } => {
            let grid = grid(root(*contract));
            format!("suspect {} {} after {}", root(*contract), grid.text(*price), grid.text(*last))
        }
        _ => return None,
    };
    Some(line)
}

fn cause_words(cause: LatchCause) -> String {
    match cause {
        LatchCause::Overfill(order) => format!("overfill {order}"),
        LatchCause::DoubleExit(order) => format!("double_exit {order}"),
        LatchCause::ExitOpened(order) => format!("exit_opened {order}"),
        LatchCause::ForeignOrder(order) => format!("foreign {order}"),
        LatchCause::OutsideOrder(order) => format!("outside {order}"),
        LatchCause::Mismatch(contract) => format!("mismatch {}", root(contract)),
        LatchCause::Undone(order) => format!("undone {order}"),
        LatchCause::TwoOrders(order) => format!("two_orders {order}"),
        LatchCause::Revived(order) => format!("revived {order}"),
        LatchCause::TwinExec(order) => format!("twin_exec {order}"),
        LatchCause::DiskFull => "disk_full".to_owned(),
        LatchCause::JournalDamaged => "journal_damaged".to_owned(),
        LatchCause::Broken(invariant) => format!("{invariant:?}"),
    }
}

fn desk_line(body: &FactBody) -> String {
    match body {
        FactBody::Halted { change, .. } => halt_name(*change).to_owned(),
        FactBody::Latched { cause } => format!("latch {}", cause_words(*cause)),
        FactBody::ContractLatched { contract, cause } => {
            format!("latch on {} {}", root(*contract), cause_words(*cause))
        }
        FactBody::Returned { absence, policy, .. } => {
            format!("returned {absence:?} {policy:?}").to_lowercase()
        }
        FactBody::GapClosed { contract, print } => {
            format!("gap closed {} {}", root(*contract), grid(root(*contract)).text(*print))
        }
        FactBody::JournalLost => "journal lost".to_owned(),
        FactBody::AlarmRaised { alarm } => format!("alarm {}", alarm_words(*alarm)),
        FactBody::Rule(rule) => rule_line(rule),
        other => panic!("a fact without words: {other:?}"),
    }
}

fn rule_line(fact: &RuleFact) -> String {
    match fact {
        RuleFact::Adopted { profile, fresh, .. } => {
            format!("rules {}{}", profile.pack().id(), if *fresh { ", new account" } else { "" })
        }
        RuleFact::Planned { .. } => "rules planned".to_owned(),
        RuleFact::LiftPlanned { .. } => "no rules planned".to_owned(),
        RuleFact::Lifted { .. } => "no rules".to_owned(),
        RuleFact::Declined { why, .. } => format!("rules declined: {}", why.code()),
        RuleFact::Unusable { why } => format!("rules unusable: {why}"),
        RuleFact::LimitsLocked { .. } => "limits locked".to_owned(),
        RuleFact::DayBegan { figures } => {
            format!("rule day {} at {}, floor {}", figures.day, figures.eod_balance, figures.floor)
        }
        RuleFact::Peaked { peak_equity, floor, .. } => format!("peak {peak_equity}, floor {floor}"),
        RuleFact::PaidOut { amount, floor, .. } => format!("paid out {amount}, floor {floor}"),
        RuleFact::Near { rule, level, .. } => format!("{level} of {} used", rule.code()),
        RuleFact::Broken { rule, counted, line } => format!("{} broken: {counted} at {line}", rule.code()),
        RuleFact::Locked { lock, .. } => format!("locked by {} {}", lock.cause.code(), lock.until),
        RuleFact::Unlocked { cause } => format!("unlocked {}", cause.code()),
        RuleFact::RanAway { why } => format!("ran away: {}", why.code()),
        RuleFact::ElsewhereTold { .. } => "other accounts told".to_owned(),
        RuleFact::Judged { order, judgement } => {
            format!("judged {order} {}", judgement.reason.as_deref().unwrap_or("passes"))
        }
    }
}

fn alarm_words(alarm: Alarm) -> String {
    match alarm {
        Alarm::LateFill(order) => format!("late_fill {order}"),
        Alarm::IllegalStep(order) => format!("illegal_step {order}"),
        Alarm::ContradictingExec(order) => format!("contradicting_exec {order}"),
        Alarm::DoubleExit(order) => format!("double_exit {order}"),
        Alarm::ExitSlow(lot) => format!("exit_slow {}", lot_name(lot)),
        Alarm::Unprotected(lot) => format!("unprotected {}", lot_name(lot)),
        Alarm::FlattenStuck(contract) => format!("flatten_stuck {}", root(contract)),
        Alarm::Mismatch { contract, ours, broker } => {
            format!("mismatch {} {ours} broker {broker}", root(contract))
        }
        Alarm::NoPriceToAdjust(contract) => format!("no_price_to_adjust {}", root(contract)),
        Alarm::Busted(order) => format!("busted {order}"),
        Alarm::Corrected(order) => format!("corrected {order}"),
        Alarm::UnknownExec(exec) => format!("unknown_exec E{}", exec.number()),
        Alarm::TwinExec(order) => format!("twin_exec {order}"),
        Alarm::CancelUnanswered(order) => format!("cancel_unanswered {order}"),
        Alarm::StillUnknown(order) => format!("still_unknown {order}"),
        Alarm::PerhapsOurs(order) => format!("perhaps_ours {order}"),
        Alarm::WrongAnswer => "wrong_answer".to_owned(),
        Alarm::SnapshotIncomplete => "snapshot_incomplete".to_owned(),
        Alarm::StopsBlind => "stops_blind".to_owned(),
        Alarm::NoTrades(contract) => format!("no_trades {}", root(contract)),
        Alarm::PassedWhileAway(lot) => format!("passed_while_away {}", lot_name(lot)),
        Alarm::StopsUnconfirmed(contract) => format!("stops_unconfirmed {}", root(contract)),
        Alarm::JournalLost => "journal_lost".to_owned(),
        Alarm::SlowDisk => "slow_disk".to_owned(),
        Alarm::RuleNear { rule, percent } => format!("{percent} % of {}", rule.code()),
        Alarm::RuleBroken(rule) => format!("{} reached", rule.code()),
        Alarm::ContractStands { contract, standing } => format!("{} is {standing:?}", root(contract)),
        Alarm::RanAway(why) => format!("ran_away {}", why.code()),
    }
}

const fn halt_name(change: HaltChange) -> &'static str {
    match change {
        HaltChange::Kill => "kill",
        HaltChange::LiftKill => "lift_kill",
        HaltChange::SwitchOn => "switch_on",
        HaltChange::LiftLatch => "lift_latch",
        HaltChange::LiftContractLatch(_) => "lift_contract_latch",
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
