//! Whole days on simulated markets, and what may go wrong, one story at a time.

mod closing_3c;
mod contracts_3a;
mod flatten_3c;
mod mock_3j;
mod moved_stops_3a;
mod phantoms_3a;
mod prints_3a;
mod recovery_3d;
mod rules_3f;
mod rules_lifted;
mod together_3b;

use phantom_engine::FactBody;
use phantom_model::{ContractId, Money, NetQty};
use scenario::{Day, MockCore};

/// What must hold after every record, cheap enough to look at each time.
fn check(core: &MockCore, contracts: &[ContractId]) {
    let book = core.book();
    for &contract in contracts {
        let position = book.positions().at(contract);
        assert!(position.exits_outstanding() <= position.net.size(), "exits within the position");
        let open: u64 = position.lots.iter().map(|&lot| u64::from(book.lots().at(lot).open)).sum();
        assert_eq!(open, position.net.size(), "open lots add up to the position");
        assert!(
            position.lots.iter().all(|&lot| Some(book.lots().at(lot).side) == position.net.side()),
            "every lot is on the side of the position"
        );
    }
    assert!(!book.halt().latched, "no invariant of the engine is broken");
}

#[test]
fn days_of_random_trading_keep_the_books_in_order_and_end_flat() {
    for seed in 0..24 {
        let mut day = Day::new(seed);
        let contracts = day.contracts().to_vec();
        day.trade(8_000, |core| check(core, &contracts));
        day.flatten();
        let book = day.core.book();
        for &contract in &contracts {
            assert_eq!(book.positions().at(contract).net, NetQty::FLAT, "seed {seed}");
            assert_eq!(day.core.broker().position(contract), NetQty::FLAT, "the broker agrees, seed {seed}");
        }
        assert!(!book.has_live_orders());
        assert_eq!(&day.replayed(), book, "the journal alone rebuilds the book, seed {seed}");
    }
}

#[test]
fn phantoms_fire_reductions_close_and_refusals_happen_in_these_days() {
    let mut day = Day::new(4);
    day.trade(20_000, |_| ());
    let facts = day.core.journal().facts();
    let count = |is: fn(&FactBody) -> bool| facts.iter().filter(|fact| is(&fact.body)).count();
    assert!(count(|body| matches!(body, FactBody::PhantomFired { .. })) > 20);
    assert!(count(|body| matches!(body, FactBody::OrderFailed { .. })) > 5);
    assert!(count(|body| matches!(body, FactBody::OrderCancelled { .. })) > 5);
    assert!(count(|body| matches!(body, FactBody::FlattenAnswered { flat: true, .. })) > 5);
    assert!(count(|body| matches!(body, FactBody::LotGrew { .. })) > 5, "fills in parts");
    assert!(count(|body| matches!(body, FactBody::OrderChanged { .. })) > 5);
    assert!(count(|body| matches!(body, FactBody::ProtectionSet { .. })) > 5);
    assert!(count(|body| matches!(body, FactBody::TrailsMoved { .. })) > 20);
    assert!(count(|body| matches!(body, FactBody::BreakEvenReached { .. })) > 0);
}

#[test]
fn the_same_seed_gives_the_same_facts_and_another_seed_others() {
    let facts = |seed| {
        let mut day = Day::new(seed);
        day.trade(6_000, |_| ());
        day.core.journal().facts().to_vec()
    };
    assert_eq!(facts(3), facts(3));
    assert_ne!(facts(3), facts(5));
}

#[test]
fn closed_rows_add_up_to_the_realized_profit_and_fills_to_the_fees() {
    for seed in [1, 2] {
        let mut day = Day::new(seed);
        day.trade(20_000, |_| ());
        let (mut realized, mut fees) = (Money::ZERO, Money::ZERO);
        for fact in day.core.journal().facts() {
            if let FactBody::LotReduced { realized: part, .. } = &fact.body {
                realized += *part;
            }
            if let FactBody::OrderFilled { fee, .. } = &fact.body {
                fees += *fee;
            }
        }
        let positions = day.core.book().positions();
        assert_eq!(realized, positions.iter().map(|(_, position)| position.realized).sum());
        assert_eq!(fees, positions.iter().map(|(_, position)| position.fees).sum());
        assert_ne!(realized, Money::ZERO);
    }
}
