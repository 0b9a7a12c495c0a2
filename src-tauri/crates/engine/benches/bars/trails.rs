//! Rows about stops that trail: a walk that makes new highs, against N of them.

use phantom_engine::FactBody;
use phantom_model::{Bracket, Guard, MarketRecord, Offset, Side};

use crate::desk::{Chance, Desk, REFERENCE_TICKS, gold, record};
use crate::market::{feed, floor_case, floor_walk};
use crate::rounds::{Case, Plan, interleave};
use crate::table::{Met, Row, spread_text};

/// Trades of one call.
const TRADES: u32 = 4_096;
const TRAILING: [u32; 3] = [1, 1_000, 100_000];
/// No stop is nearer than this, and the walk never falls so far behind its best.
const NEAREST_TICKS: u32 = 50_000;

/// A desk with this many lots whose stops trail, each armed after a trade of its own.
fn trailing(lots: u32) -> Desk {
    let mut desk = Desk::new(1);
    for row in 0..lots {
        let trail = Offset::new(NEAREST_TICKS + row % 10_000);
        desk.enter_guarded(gold(), Side::Buy, Bracket::NONE, Guard { trail, ..Guard::NONE });
        if row % 100 == 0 {
            desk.trade(gold(), REFERENCE_TICKS - i64::from(row % 40));
        }
    }
    desk.trade(gold(), REFERENCE_TICKS);
    let levels = &desk.engine.book().positions().at(gold()).levels;
    assert_eq!(levels.trailing(), lots as usize, "each of them trails");
    desk.out.clear();
    desk
}

/// The walk of one call, as steps: a little more up than down, so that it goes on making new highs.
fn steps() -> Vec<i64> {
    let mut chance = Chance::new();
    (0..TRADES).map(|_| if chance.below(50) < 26 { 1 } else { -1 }).collect()
}

/// Feeds the walk on from where it is; every stop has followed its best at the end.
fn walk_case<'a>(desk: &'a mut Desk, steps: &'a [i64], highs: &'a mut (u64, u64)) -> Case<'a> {
    let mut ticks = REFERENCE_TICKS;
    let mut records: Vec<MarketRecord> = Vec::with_capacity(steps.len());
    Case::new(steps.len(), move || {
        records.clear();
        records.extend(steps.iter().map(|step| {
            ticks += step;
            record(gold(), ticks)
        }));
        let at = desk.next_moment();
        for record in &records {
            feed(desk, at, record);
        }
        let moved = |body: &FactBody| matches!(body, FactBody::TrailsMoved { .. });
        assert!(desk.out.facts.iter().all(|fact| moved(&fact.body)), "nothing fires");
        highs.0 += desk.out.facts.len() as u64;
        highs.1 += records.len() as u64;
        desk.out.clear();
    })
}

/// One trade of a walk with new highs against N stops that trail. The making of the records is timed too.
pub(crate) fn walk(plan: Plan, rows: &mut Vec<Row>) {
    let (trades, steps) = (floor_walk(), steps());
    let mut desks = TRAILING.map(trailing);
    let mut highs = [(0, 0); 3];
    let [one, thousand, hundred_thousand] = &mut desks;
    let [high_one, high_thousand, high_hundred_thousand] = &mut highs;
    let figures = interleave(
        plan,
        [
            floor_case(&trades),
            walk_case(one, &steps, high_one),
            walk_case(thousand, &steps, high_thousand),
            walk_case(hundred_thousand, &steps, high_hundred_thousand),
        ],
    );
    let [kernel, ours @ ..] = figures;
    let one = ours[0].median;
    for ((lots, figure), (made, of)) in TRAILING.iter().zip(ours).zip(highs) {
        assert!(made > 0, "the walk makes new highs");
        let flat = figure.median <= 1.3 * one;
        rows.push(Row {
            work: format!("trade of a walk, {lots} stops trail, a new high in every {}", of / made),
            bar: "≤ 20 ns, ≤ 1.3x of N = 1",
            measured: format!("{}, {:.2}x of N = 1", spread_text(figure), figure.median / one),
            kernel: Some((kernel, figure.median)),
            met: Met::when(figure.median <= 20.0 && flat),
        });
    }
}
