//! Chance, from the seed alone.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::settings::{Range, Refusals};
use phantom_model::FailReason;

/// The source of every draw.
#[derive(Clone, Debug)]
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A value of the range. A range of one value draws nothing, so that switching one kind of
    /// chance off does not shift the others.
    pub(crate) fn from(&mut self, range: Range) -> u64 {
        let width = range.max() - range.min();
        if width == 0 {
            return range.min();
        }
        // The top bits of a 128-bit product: even enough, and the same on every machine.
        let scaled = (u128::from(self.0.next_u64()) * (u128::from(width) + 1)) >> 64;
        range.min() + u64::try_from(scaled).unwrap_or(width)
    }

    /// Whether a submission is refused, and why.
    pub(crate) fn refusal(&mut self, refusals: Refusals) -> Option<FailReason> {
        match refusals {
            Refusals::None => None,
            Refusals::Chance { per_mille, reason } => {
                (self.from(Range::between(0, 999)) < u64::from(per_mille)).then_some(reason)
            }
        }
    }
}
