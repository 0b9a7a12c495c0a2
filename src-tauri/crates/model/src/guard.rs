//! Stops and targets that are not a price from the start: distances from the fill, a stop that trails
//! the market, a stop that goes to the entry once the trade has earned something.

use std::num::NonZeroU16;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Price, Side, Ticks};

/// A distance that a trader gives in ticks: 1 to [`Offset::TICKS_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Offset(NonZeroU16);

impl Offset {
    /// The largest distance, in ticks.
    pub const TICKS_MAX: u32 = 65_535;

    /// A distance of `ticks` ticks; `None` outside 1 to [`Offset::TICKS_MAX`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "what is cut off is refused by the comparison")]
    pub const fn new(ticks: u32) -> Option<Self> {
        match NonZeroU16::new(ticks as u16) {
            Some(n) if ticks <= Self::TICKS_MAX => Some(Self(n)),
            Some(_) | None => None,
        }
    }

    /// The distance.
    #[must_use]
    pub const fn ticks(self) -> Ticks {
        Ticks::new(self.0.get() as i64)
    }
}

/// A stop that goes to the entry, once, after the price has gone far enough in the trader's favour.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "EvenText", into = "EvenText")]
pub struct BreakEven {
    after: Offset,
    plus_ticks: u16,
}

impl BreakEven {
    /// The stop goes to `plus_ticks` ticks beyond the average entry once a trade is `after` beyond it.
    /// `None` unless `plus_ticks` is smaller than `after`: the stop would be reached as it arrives.
    #[must_use]
    pub const fn new(after: Offset, plus_ticks: u32) -> Option<Self> {
        let after_ticks = after.0.get();
        if plus_ticks >= after_ticks as u32 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "smaller than a distance, which has 16 bits")]
        Some(Self { after, plus_ticks: plus_ticks as u16 })
    }

    /// How far a trade must be beyond the average entry.
    #[must_use]
    pub const fn after(self) -> Ticks {
        self.after.ticks()
    }

    /// How far beyond the average entry the stop then is.
    #[must_use]
    pub const fn plus(self) -> Ticks {
        Ticks::new(self.plus_ticks as i64)
    }
}

/// The two distances of a [`BreakEven`] as they are written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EvenText {
    after_ticks: Offset,
    plus_ticks: u32,
}

impl From<BreakEven> for EvenText {
    fn from(it: BreakEven) -> Self {
        Self { after_ticks: it.after, plus_ticks: u32::from(it.plus_ticks) }
    }
}

impl TryFrom<EvenText> for BreakEven {
    type Error = &'static str;

    fn try_from(text: EvenText) -> Result<Self, Self::Error> {
        Self::new(text.after_ticks, text.plus_ticks)
            .ok_or("the stop would be reached by the trade that moves it")
    }
}

/// What an order asks for its lot beside fixed prices.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
pub struct Guard {
    /// The stop, so far on the losing side of the lot's average entry.
    #[serde(default, rename = "stopTicks", skip_serializing_if = "Option::is_none")]
    pub stop: Option<Offset>,
    /// The target, so far on the winning side of the lot's average entry.
    #[serde(default, rename = "targetTicks", skip_serializing_if = "Option::is_none")]
    pub target: Option<Offset>,
    /// A stop that follows the best trade at this distance, in the trader's favour only.
    #[serde(default, rename = "trailTicks", skip_serializing_if = "Option::is_none")]
    pub trail: Option<Offset>,
    /// A stop that goes to the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_even: Option<BreakEven>,
}

impl Serialize for Guard {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return Self::serialize(self, to);
        }
        (self.stop, self.target, self.trail, self.break_even).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Guard {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Self::deserialize(from);
        }
        let (stop, target, trail, break_even) = Deserialize::deserialize(from)?;
        Ok(Self { stop, target, trail, break_even })
    }
}

impl Guard {
    /// Nothing of all that.
    pub const NONE: Self = Self { stop: None, target: None, trail: None, break_even: None };

    /// Whether nothing is asked for.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.stop.is_none() && self.target.is_none() && self.trail.is_none() && self.break_even.is_none()
    }
}

/// A stop that follows the market.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trail {
    /// The best trade so far: the highest for a long lot, the lowest for a short one.
    pub best: Price,
    /// How far behind it the stop is; at least one tick.
    #[serde(rename = "distanceTicks")]
    pub distance: Ticks,
}

impl Trail {
    /// Where the stop of a lot of this side is now.
    #[must_use]
    pub fn stop(&self, side: Side) -> Price {
        self.best - Ticks::new(self.distance.count() * side.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_has_one_to_sixty_five_thousand_ticks() {
        assert_eq!(Offset::new(1).unwrap().ticks(), Ticks::new(1));
        assert_eq!(Offset::new(Offset::TICKS_MAX).unwrap().ticks(), Ticks::new(65_535));
        for beyond in [0, 65_536, 65_537, u32::MAX] {
            assert_eq!(Offset::new(beyond), None);
        }
        assert_eq!(size_of::<Guard>(), 10);
    }

    #[test]
    fn a_break_even_stop_stays_behind_the_trade_that_moves_it() {
        let after = Offset::new(4).unwrap();
        let even = BreakEven::new(after, 3).unwrap();
        assert_eq!((even.after(), even.plus()), (Ticks::new(4), Ticks::new(3)));
        for plus in [4, 5, 65_540] {
            assert_eq!(BreakEven::new(after, plus), None);
        }
    }
}
