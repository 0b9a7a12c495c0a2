//! The row about recovery: a million facts folded into an empty book.

use std::hint::black_box;
use std::time::Instant;

use phantom_engine::{Book, Fact};
use phantom_model::{Bracket, Side};

use crate::desk::{Desk, gold, one_leg, terms, two_legs};
use crate::market::{floor_case, floor_walk};
use crate::rounds::{Beside, Plan, Spread, per_op};
use crate::table::{Met, Row};

const FACTS: usize = 1_000_000;

/// A session as facts: most orders open and close, every tenth entry stays open with its phantom.
fn facts() -> (Desk, Vec<Fact>) {
    let (mut desk, mut facts) = (Desk::new(1), Vec::with_capacity(FACTS));
    for row in 0.. {
        let stays = row % 10 == 0;
        desk.enter(gold(), Side::Buy, if stays { one_leg(row) } else { two_legs() });
        facts.append(&mut desk.out.facts);
        if !stays {
            desk.enter(gold(), Side::Sell, Bracket::NONE);
            facts.append(&mut desk.out.facts);
        }
        if facts.len() >= FACTS {
            break;
        }
    }
    (desk, facts)
}

/// One million facts to orders, positions and armed phantoms.
pub(crate) fn fold(plan: Plan, rows: &mut Vec<Row>) {
    let (desk, facts) = facts();
    let terms = terms(1);
    let trades = floor_walk();
    let mut kernel = Beside::new(plan, floor_case(&trades));
    let mut figures = Vec::new();
    for round in 0..plan.rounds {
        kernel.round();
        let begin = Instant::now();
        let book = black_box(Book::replay(&terms, &facts));
        figures.push(per_op(begin.elapsed(), facts.len()));
        assert_eq!(book.seq(), desk.engine.book().seq(), "every fact is folded");
        assert!(round > 0 || &book == desk.engine.book(), "the book comes back as it was");
    }
    let armed = desk.engine.book().positions().at(gold()).levels.len();
    let Spread { median, least, most } = Spread::of(figures);
    rows.push(Row {
        work: format!("recovery: fold of 1 M facts, {armed} legs armed at the end"),
        bar: "≤ 0.5 s",
        measured: format!("{:.3} s ({:.3}-{:.3}) per million", median / 1e3, least / 1e3, most / 1e3),
        kernel: Some((kernel.spread(), median)),
        met: Met::when(median <= 500.0),
    });
}
