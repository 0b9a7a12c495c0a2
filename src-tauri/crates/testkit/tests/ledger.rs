//! The checks themselves are checked: facts that have been tampered with do not pass.

#![cfg(test)]

use std::panic::catch_unwind;

use phantom_engine::{Fact, FactBody};
use phantom_model::{Money, OrderStatus, Qty, Timestamp};
use phantom_testkit::ledger::{Ledger, may_go};
use phantom_testkit::{World, buy, sell, terms};

/// A lot with a stop that leaves, and a trade that the trader closes.
fn facts() -> Vec<Fact> {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.advance_ms(10);
    world.print("1319.2");
    world.fill("L0-X1", 1, "1319.1");
    world.fill("L0-X1", 1, "1319.0");
    world.enter(sell(1), "1319.0");
    world.place(buy(1));
    world.fill("T3", 1, "1318.0");
    world.bust(5);
    world.facts().to_vec()
}

/// Takes the facts one by one. `Some` with the words of the first check that fails.
fn first_complaint(facts: &[Fact]) -> Option<String> {
    let result = catch_unwind(|| {
        let (terms, mut ledger) = (terms(Money::ZERO), Ledger::default());
        for fact in facts {
            ledger.take(fact, |contract| terms.at(contract).tick_value);
        }
    });
    let words = result.err()?;
    let whole = words.downcast_ref::<&str>().map(|&words| words.to_owned());
    whole.or_else(|| words.downcast_ref::<String>().cloned())
}

/// Numbers the facts anew.
fn renumber(facts: &mut [Fact]) {
    for (seq, fact) in (1..).zip(facts) {
        fact.seq = seq;
    }
}

fn place_of(facts: &[Fact], is: impl Fn(&FactBody) -> bool) -> usize {
    facts.iter().position(|fact| is(&fact.body)).unwrap()
}

/// Copies the first such fact to the end.
fn repeat(facts: &mut Vec<Fact>, is: impl Fn(&FactBody) -> bool) {
    let copy = facts[place_of(facts, is)].clone();
    let at = facts.last().unwrap().at;
    facts.push(Fact { at, ..copy });
    renumber(facts);
}

fn leave_out(facts: &mut Vec<Fact>, is: impl Fn(&FactBody) -> bool) {
    let place = place_of(facts, is);
    facts.remove(place);
    renumber(facts);
}

type Tamper = fn(&mut Vec<Fact>);

#[test]
fn facts_as_they_were_said_pass() {
    assert_eq!(first_complaint(&facts()), None);
}

#[test]
fn facts_that_were_tampered_with_do_not_pass() {
    let cases: [(Tamper, &str); 13] = [
        (|facts| drop(facts.remove(3)), "facts are numbered without gaps"),
        (|facts| facts.last_mut().unwrap().at = Timestamp::MIN, "facts never go back in time"),
        (|facts| repeat(facts, |it| matches!(it, FactBody::OrderSubmitted { .. })), "submitted twice"),
        (|facts| repeat(facts, |it| matches!(it, FactBody::OrderFilled { .. })), "applied twice"),
        (|facts| repeat(facts, |it| matches!(it, FactBody::PhantomFired { .. })), "fires a second time"),
        (
            |facts| repeat(facts, |it| matches!(it, FactBody::OrderClosed { .. })),
            "goes from CLOSED to CLOSED",
        ),
        (
            |facts| leave_out(facts, |it| matches!(it, FactBody::PhantomFired { .. })),
            "leaves for a leg that has not fired",
        ),
        (|facts| leave_out(facts, |it| matches!(it, FactBody::LotReduced { .. })), "is not in the lots"),
        (|facts| repeat(facts, |it| matches!(it, FactBody::FillBusted { .. })), "is taken back twice"),
        (
            |facts| repeat(facts, |it| matches!(it, FactBody::ReductionUndone { .. })),
            "undone what was never closed",
        ),
        (|facts| repeat(facts, |it| matches!(it, FactBody::ContractLatched { .. })), "latched twice for"),
        (
            |facts| {
                for fact in facts {
                    if let FactBody::LotReduced { realized, .. } = &mut fact.body {
                        *realized += Money::from_units(1);
                    }
                }
            },
            "profit of L0",
        ),
        (
            |facts| {
                for fact in facts {
                    if let FactBody::OrderSubmitted { order, qty, .. } = &mut fact.body
                        && order.to_string() == "L0-X1"
                    {
                        *qty = Qty::new(3).unwrap();
                    }
                }
            },
            "L0-X1 closes 3 of 2 with 0 outstanding",
        ),
    ];
    for (tamper, words) in cases {
        let mut facts = facts();
        tamper(&mut facts);
        let complaint = first_complaint(&facts).unwrap_or_else(|| panic!("nobody says: {words}"));
        assert!(complaint.contains(words), "{complaint:?} does not say {words:?}");
    }
}

#[test]
fn the_published_table_has_no_way_out_of_the_ends() {
    let all = OrderStatus::ALL;
    let ways = all.iter().flat_map(|&from| all.iter().map(move |&to| (from, to)));
    let ways: Vec<_> = ways.filter(|&(from, to)| may_go(from, to)).collect();
    assert_eq!(ways.len(), 5 + 4 + 4 + 2 + 2 + 1);
    let ends = [OrderStatus::Rejected, OrderStatus::Closed];
    assert!(ways.iter().all(|(from, _)| !ends.contains(from)));
}
