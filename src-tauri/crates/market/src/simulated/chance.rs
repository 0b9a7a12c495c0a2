//! Chance from a seed, in whole numbers only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The standard deviation of [`Chance::bell`].
pub(crate) const BELL_DEVIATION: i64 = 4;

/// One of the many independent rows of random numbers that a seed gives.
pub(crate) struct Chance {
    generator: ChaCha8Rng,
}

impl Chance {
    /// Row `row` of `seed`.
    pub(crate) fn new(seed: u64, row: u64) -> Self {
        let mut key = [0; 32];
        for (byte, part) in key.iter_mut().zip(seed.to_le_bytes()) {
            *byte = part;
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(row);
        Self { generator }
    }

    /// A number from 0 to `limit` - 1, each about as likely; 0 when there is none.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let scaled = u64::from(self.generator.next_u32()) * u64::from(limit);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// True once in `count` times.
    pub(crate) fn one_in(&mut self, count: u32) -> bool {
        self.below(count) == 0
    }

    /// A whole number around 0, spread like a bell with a standard deviation of [`BELL_DEVIATION`].
    ///
    /// The count of ones among 64 fair bits, less 32.
    pub(crate) fn bell(&mut self) -> i64 {
        i64::from(self.generator.next_u64().count_ones()) - 32
    }

    /// How often a quantity that halves at random has halved, in units of 1/65 536: small mostly, large
    /// rarely, each further whole step half as likely. At most 64 steps.
    ///
    /// The negative binary logarithm of a fraction between 0 and 1, which makes it exponential.
    pub(crate) fn halvings_q16(&mut self) -> i64 {
        let fraction = self.generator.next_u64();
        let zeros = fraction.leading_zeros();
        // The 16 bits after the leading one: how far the fraction is from one power of two to the next.
        let between = fraction.checked_shl(zeros + 1).unwrap_or(0) >> 48;
        let between = i64::try_from(between).unwrap_or(0);
        (i64::from(zeros) + 1) * 65_536 - log2_of_one_plus_q16(between)
    }
}

/// log2(1 + x) for x from 0 to 1, all in units of 1/65 536. Off by less than 0.01: a parabola over the
/// chord, which is as good as chance needs.
const fn log2_of_one_plus_q16(x: i64) -> i64 {
    const BULGE_Q16: i64 = 22_544;
    x + ((x * (65_536 - x)) >> 16) * BULGE_Q16 / 65_536
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_is_centred_and_as_wide_as_it_says() {
        let mut chance = Chance::new(1, 0);
        let draws: Vec<i64> = (0..20_000).map(|_| chance.bell()).collect();
        let mean_milli = draws.iter().sum::<i64>() * 1_000 / 20_000;
        let variance_milli = draws.iter().map(|x| x * x).sum::<i64>() * 1_000 / 20_000;
        assert!(mean_milli.abs() < 100, "{mean_milli}");
        assert!((15_500..16_500).contains(&variance_milli), "{variance_milli}");
    }

    #[test]
    fn each_further_halving_is_half_as_likely() {
        let mut chance = Chance::new(1, 0);
        let mut beyond = [0_u32; 5];
        for _ in 0..32_000 {
            let halvings = chance.halvings_q16();
            for (steps, count) in (0_i64..).zip(&mut beyond) {
                *count += u32::from(halvings > steps * 65_536);
            }
        }
        for (count, expected) in beyond.into_iter().zip([32_000_u32, 16_000, 8_000, 4_000, 2_000]) {
            assert!(count.abs_diff(expected) < 300, "{count} where about {expected} should be");
        }
    }

    #[test]
    fn the_mean_of_halvings_is_one_over_the_logarithm_of_two() {
        let mut chance = Chance::new(1, 0);
        let mean = (0..100_000).map(|_| chance.halvings_q16()).sum::<i64>() / 100_000;
        // 65 536 / ln 2 = 94 548.
        assert!((93_600..95_500).contains(&mean), "{mean}");
    }

    #[test]
    fn rows_of_one_seed_differ() {
        let row = |row| Chance::new(7, row).generator.next_u64();
        assert_ne!(row(0), row(1));
        assert_eq!(row(1), row(1));
    }
}
