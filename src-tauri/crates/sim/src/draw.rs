//! Chance, from the seed alone.
//!
//! Two kinds: a stream, for what happens in order (the walk of a price), and a *keyed* draw, for what
//! is decided about one order. A keyed draw depends on its key alone, so that cutting an unrelated
//! event out of a run leaves it as it was. That is what makes a failing run shrink.

/// A stream of draws.
#[derive(Clone, Debug)]
pub struct Draw(u64);

/// One step of `SplitMix64`: every bit of the input reaches every bit of the output.
#[must_use]
pub const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A key made of two.
#[must_use]
pub const fn join(a: u64, b: u64) -> u64 {
    mix(mix(a).wrapping_add(b))
}

impl Draw {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// The stream of a key under a seed.
    #[must_use]
    pub const fn keyed(seed: u64, key: u64) -> Self {
        Self(join(seed, key))
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).unsigned_abs().saturating_add(1);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// The same for what is counted.
    pub fn count(&mut self, low: u32, high: u32) -> u32 {
        u32::try_from(self.between(i64::from(low), i64::from(high))).unwrap_or(low)
    }

    /// Whether something of this chance happens.
    pub fn happens(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < u64::from(per_mille)
    }

    /// One of the choices, each with its weight; the first when all weights are 0.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> Option<T> {
        let total: u64 = choices.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut at = self.below(total);
        for (weight, choice) in choices {
            let weight = u64::from(*weight);
            if at < weight {
                return Some(*choice);
            }
            at -= weight;
        }
        choices.first().map(|(_, choice)| *choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_stays_in_its_range_and_reaches_both_ends() {
        let mut draw = Draw::new(7);
        let drawn: Vec<i64> = (0..1_000).map(|_| draw.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert!((0..1_000).all(|_| !draw.happens(0) && draw.happens(1_000)));
    }

    #[test]
    fn a_keyed_draw_depends_on_seed_and_key_alone() {
        assert_eq!(Draw::keyed(1, 2).next(), Draw::keyed(1, 2).next());
        assert_ne!(Draw::keyed(1, 2).next(), Draw::keyed(2, 1).next());
    }
}
