//! Trailing stops of one side of one contract.
//!
//! A print that is better than the best so far moves many stops at once, so lots are kept by the best
//! trade that they share, nearest distance first. A better print joins every class that it beats into
//! one, the smaller into the larger; the lots are not looked at. What a quiet print must be compared
//! with is one price each way: the nearest stop, and the worst best.
//!
//! Everything is counted in gain: ticks towards the winning side.

use std::collections::{BTreeMap, BTreeSet};

use phantom_model::arena::RowNumber;
use phantom_model::{Arena, ArenaKey, LotId, Price, Side, Ticks, Trail};
use serde::{Deserialize, Serialize};

/// A class's row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub(super) struct ClassKey(RowNumber);

impl ArenaKey for ClassKey {
    fn from_row(row: u32) -> Self {
        Self(RowNumber::new(row))
    }
    fn row(self) -> u32 {
        self.0.get()
    }
}

/// Lots with the same best trade.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct Class {
    /// The class that this one has joined.
    joined: Option<ClassKey>,
    best: i64,
    /// Distance and lot, nearest first. Empty once joined.
    seats: BTreeSet<(i64, LotId)>,
}

/// The trailing stops of one side.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(super) struct Trails {
    side: Side,
    rows: Arena<ClassKey, Class>,
    /// Classes with a lot, by their best.
    by_best: BTreeMap<i64, ClassKey>,
    /// The nearest stop of each of them.
    stops: BTreeSet<(i64, ClassKey)>,
    len: usize,
}

impl Trails {
    pub(super) const fn new(side: Side) -> Self {
        Self { side, rows: Arena::new(), by_best: BTreeMap::new(), stops: BTreeSet::new(), len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    fn gain(&self, price: Price) -> i64 {
        price.ticks() * self.side.sign()
    }

    /// Lets a lot trail from here. The key finds it again.
    pub(super) fn sit(&mut self, lot: LotId, trail: Trail) -> ClassKey {
        let best = self.gain(trail.best);
        let key = self.by_best.get(&best).copied().unwrap_or_else(|| {
            let key = self.rows.push(Class { joined: None, best, seats: BTreeSet::new() });
            self.by_best.insert(best, key);
            key
        });
        self.reseat(key, |seats| seats.insert((trail.distance.count(), lot)));
        self.len += 1;
        key
    }

    /// Takes a lot out.
    pub(super) fn leave(&mut self, lot: LotId, distance: Ticks, seat: ClassKey) {
        let key = self.class_of(seat);
        self.reseat(key, |seats| seats.remove(&(distance.count(), lot)));
        self.len -= 1;
        let class = self.rows.at(key);
        if class.seats.is_empty() {
            self.by_best.remove(&class.best);
        }
    }

    /// The best trade of a seat.
    pub(super) fn best(&self, seat: ClassKey) -> Option<Price> {
        Price::new(self.rows.at(self.class_of(seat)).best * self.side.sign())
    }

    /// A print: every class that it beats has it as its best now.
    pub(super) fn watch(&mut self, price: Price) {
        let gain = self.gain(price);
        let mut winner: Option<ClassKey> = None;
        while let Some((&best, &key)) = self.by_best.first_key_value().filter(|(best, _)| **best < gain) {
            self.by_best.remove(&best);
            self.forget_stop(key);
            winner = Some(winner.map_or(key, |other| self.join(other, key)));
        }
        let Some(mut winner) = winner else { return };
        if let Some(equal) = self.by_best.remove(&gain) {
            self.forget_stop(equal);
            winner = self.join(winner, equal);
        }
        self.rows.at_mut(winner).best = gain;
        self.by_best.insert(gain, winner);
        self.remember_stop(winner);
    }

    /// The gain that a print must beat to move a stop.
    fn worst_best(&self) -> Option<i64> {
        self.by_best.first_key_value().map(|(best, _)| *best)
    }

    fn nearest_stop(&self) -> Option<i64> {
        self.stops.last().map(|(stop, _)| *stop)
    }

    /// Whether a print moves a stop.
    pub(super) fn moves_at(&self, price: Price) -> bool {
        self.worst_best().is_some_and(|best| self.gain(price) > best)
    }

    /// The highest and the lowest price, in ticks, at or beyond which something fires or moves: below
    /// and above.
    pub(super) fn thresholds_ticks(&self) -> (Option<i64>, Option<i64>) {
        let losing = self.nearest_stop().map(|gain| gain * self.side.sign());
        let winning = self.worst_best().map(|gain| (gain + 1) * self.side.sign());
        match self.side {
            Side::Buy => (losing, winning),
            Side::Sell => (winning, losing),
        }
    }

    /// The lots whose trailing stop a trade at this price fires, in no useful order.
    pub(super) fn fired_at(&self, price: Price) -> impl Iterator<Item = LotId> {
        let gain = self.gain(price);
        let hit = self.stops.iter().rev().take_while(move |(stop, _)| *stop >= gain);
        hit.flat_map(move |(_, key)| {
            let class = self.rows.at(*key);
            let reached = move |seat: &&(i64, LotId)| class.best - seat.0 >= gain;
            class.seats.iter().take_while(reached).map(|(_, lot)| *lot)
        })
    }

    /// The class that a seat belongs to now. Smaller classes join larger ones, so the way is short.
    fn class_of(&self, seat: ClassKey) -> ClassKey {
        let mut key = seat;
        while let Some(next) = self.rows.at(key).joined {
            key = next;
        }
        key
    }

    /// Joins two classes that are in no index. The larger one stays.
    fn join(&mut self, a: ClassKey, b: ClassKey) -> ClassKey {
        let (stays, goes) =
            if self.rows.at(a).seats.len() >= self.rows.at(b).seats.len() { (a, b) } else { (b, a) };
        let smaller = std::mem::take(&mut self.rows.at_mut(goes).seats);
        self.rows.at_mut(goes).joined = Some(stays);
        self.rows.at_mut(stays).seats.extend(smaller);
        stays
    }

    /// Changes the seats of a class and keeps its nearest stop.
    fn reseat(&mut self, key: ClassKey, change: impl FnOnce(&mut BTreeSet<(i64, LotId)>) -> bool) {
        self.forget_stop(key);
        change(&mut self.rows.at_mut(key).seats);
        self.remember_stop(key);
    }

    fn stop_of(&self, key: ClassKey) -> Option<(i64, ClassKey)> {
        let class = self.rows.at(key);
        class.seats.first().map(|(distance, _)| (class.best - distance, key))
    }

    fn forget_stop(&mut self, key: ClassKey) {
        if let Some(stop) = self.stop_of(key) {
            self.stops.remove(&stop);
        }
    }

    fn remember_stop(&mut self, key: ClassKey) {
        self.stops.extend(self.stop_of(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every lot by itself, in the plainest way.
    #[derive(Default)]
    struct Plain(Vec<(LotId, i64, i64, ClassKey)>);

    #[derive(Clone, Debug)]
    enum Step {
        Sit { best: i64, distance: i64 },
        Leave(prop::sample::Index),
        Watch(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (-30_i64..30, 1_i64..20).prop_map(|(best, distance)| Step::Sit { best, distance }),
            1 => any::<prop::sample::Index>().prop_map(Step::Leave),
            4 => (-40_i64..40).prop_map(Step::Watch),
        ]
    }

    fn price(ticks: i64) -> Price {
        Price::new(ticks).unwrap()
    }

    fn check(side: Side, trails: &Trails, plain: &Plain) {
        assert_eq!(trails.len(), plain.0.len());
        for &(lot, best, _, seat) in &plain.0 {
            assert_eq!(trails.best(seat), Some(price(best)), "{lot:?}");
        }
        for ticks in -70..70 {
            let mut fired: Vec<LotId> = trails.fired_at(price(ticks)).collect();
            fired.sort_unstable();
            let reached = |best: i64, distance: i64| match side {
                Side::Buy => ticks <= best - distance,
                Side::Sell => ticks >= best + distance,
            };
            let expected: Vec<LotId> =
                plain.0.iter().filter(|(_, best, far, _)| reached(*best, *far)).map(|row| row.0).collect();
            assert_eq!(fired, expected, "fired at {ticks}");
            let beaten = plain.0.iter().any(|(_, best, ..)| (ticks - best) * side.sign() > 0);
            assert_eq!(trails.moves_at(price(ticks)), beaten, "moves at {ticks}");
            let (below, above) = trails.thresholds_ticks();
            let quiet = below.is_none_or(|at| ticks > at) && above.is_none_or(|at| ticks < at);
            assert_eq!(quiet, fired.is_empty() && !beaten, "quiet at {ticks}");
        }
    }

    proptest! {
        #[test]
        fn classes_tell_of_every_lot_what_it_would_tell_by_itself(
            side in prop::sample::select(Side::BOTH.to_vec()),
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let (mut trails, mut plain) = (Trails::new(side), Plain::default());
            for (row, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Sit { best, distance } => {
                        let lot = LotId::from_row(u32::try_from(row).unwrap());
                        let trail = Trail { best: price(best), distance: Ticks::new(distance) };
                        let seat = trails.sit(lot, trail);
                        plain.0.push((lot, best, distance, seat));
                    }
                    Step::Leave(nth) if !plain.0.is_empty() => {
                        let (lot, _, distance, seat) = plain.0.remove(nth.index(plain.0.len()));
                        trails.leave(lot, Ticks::new(distance), seat);
                    }
                    Step::Leave(_) => {}
                    Step::Watch(ticks) => {
                        trails.watch(price(ticks));
                        for (_, best, ..) in &mut plain.0 {
                            if (ticks - *best) * side.sign() > 0 {
                                *best = ticks;
                            }
                        }
                    }
                }
                check(side, &trails, &plain);
            }
        }
    }
}
