//! Distances in ticks as they were typed, before any of it is believed.

use std::fmt;

use phantom_model::{Bracket, BreakEven, Guard, Offset};
use serde::{Deserialize, Serialize};

use crate::refusal::{PriceField, Refusal};
use crate::ticket::{given, read_decimal};

/// The words of a guard. What is empty is not asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuardWords {
    /// The stop, in ticks from the lot's average entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_ticks: Option<String>,
    /// The target, in ticks from the lot's average entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_ticks: Option<String>,
    /// The distance of a trailing stop, in ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail_ticks: Option<String>,
    /// Ticks beyond the average entry after which the stop goes to the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub even_after_ticks: Option<String>,
    /// Ticks beyond the average entry at which it then is; empty means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub even_plus_ticks: Option<String>,
}

/// What is wrong with a guard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum GuardFault {
    /// Not a whole number of ticks from 1 to [`Offset::TICKS_MAX`].
    NoDistance {
        /// As typed.
        given: String,
    },
    /// A leg has a price and a distance.
    PriceAndDistance {
        /// Which leg.
        leg: PriceField,
    },
    /// A break-even stop that the trade which moves it would already reach.
    EvenTooFar {
        /// Ticks after which it moves.
        after: String,
        /// Ticks beyond the entry where it would be.
        plus: String,
    },
}

impl GuardWords {
    /// Whether nothing was typed.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.stop_ticks.is_none()
            && self.target_ticks.is_none()
            && self.trail_ticks.is_none()
            && self.even_after_ticks.is_none()
            && self.even_plus_ticks.is_none()
    }

    /// Reads the words beside the prices of the same ticket.
    ///
    /// # Errors
    /// `bad_bracket`.
    pub fn read(&self, bracket: Bracket) -> Result<Guard, Refusal> {
        let guard = Guard {
            stop: read_offset(self.stop_ticks.as_deref())?,
            target: read_offset(self.target_ticks.as_deref())?,
            trail: read_offset(self.trail_ticks.as_deref())?,
            break_even: read_even(self.even_after_ticks.as_deref(), self.even_plus_ticks.as_deref())?,
        };
        let both = |leg| Err(Refusal::BadBracket(GuardFault::PriceAndDistance { leg }));
        if guard.stop.is_some() && bracket.stop.is_some() {
            return both(PriceField::Stop);
        }
        if guard.target.is_some() && bracket.target.is_some() {
            return both(PriceField::Target);
        }
        Ok(guard)
    }
}

pub(crate) fn read_offset(text: Option<&str>) -> Result<Option<Offset>, Refusal> {
    let Some(text) = given(text) else { return Ok(None) };
    let ticks = whole(text).and_then(Offset::new);
    ticks.map(Some).ok_or_else(|| Refusal::BadBracket(GuardFault::NoDistance { given: text.to_owned() }))
}

pub(crate) fn read_even(after: Option<&str>, plus: Option<&str>) -> Result<Option<BreakEven>, Refusal> {
    let Some(distance) = read_offset(after)? else {
        return given(plus).map_or(Ok(None), |plus| {
            Err(Refusal::BadBracket(GuardFault::EvenTooFar { after: String::new(), plus: plus.to_owned() }))
        });
    };
    let plus = given(plus).unwrap_or("0");
    let even = whole(plus).and_then(|plus| BreakEven::new(distance, plus));
    even.map(Some).ok_or_else(|| {
        Refusal::BadBracket(GuardFault::EvenTooFar {
            after: distance.ticks().to_string(),
            plus: plus.to_owned(),
        })
    })
}

fn whole(text: &str) -> Option<u32> {
    read_decimal(text).filter(rust_decimal::Decimal::is_integer).and_then(|whole| u32::try_from(whole).ok())
}

impl fmt::Display for GuardFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDistance { given } => {
                write!(f, "{given:?} is not a whole number of ticks from 1 to {}", Offset::TICKS_MAX)
            }
            Self::PriceAndDistance { leg } => {
                write!(f, "the {} has a price and a distance: give one of them", leg.word())
            }
            Self::EvenTooFar { after, plus } => write!(
                f,
                "a break-even stop must be nearer to the entry than the trade that moves it: \
                 {plus:?} ticks beyond the entry after {after:?}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::{Price, Ticks};

    fn words(change: impl FnOnce(&mut GuardWords)) -> Result<Guard, Refusal> {
        let mut words = GuardWords::default();
        change(&mut words);
        words.read(Bracket { stop: Price::new(100), target: None })
    }

    #[test]
    fn distances_are_whole_ticks() {
        for (given, ticks) in [("1", 1), (" 8 ", 8), ("1e2", 100), ("65535", 65_535)] {
            let guard = words(|words| words.trail_ticks = Some(given.into())).unwrap();
            assert_eq!(guard.trail.unwrap().ticks(), Ticks::new(ticks), "{given:?}");
        }
        for bad in ["0", "-1", "1.5", "x", "65536"] {
            let refusal = words(|words| words.target_ticks = Some(bad.into())).unwrap_err();
            assert_eq!(refusal.reason(), "bad_bracket", "{bad:?}");
            assert_eq!(
                refusal.to_string(),
                format!("{bad:?} is not a whole number of ticks from 1 to 65535")
            );
        }
        assert_eq!(words(|words| words.stop_ticks = Some("  ".into())), Ok(Guard::NONE));
    }

    #[test]
    fn a_leg_has_a_price_or_a_distance() {
        let refusal = words(|words| words.stop_ticks = Some("8".into())).unwrap_err();
        assert_eq!(refusal.to_string(), "the stop has a price and a distance: give one of them");
        assert!(words(|words| words.target_ticks = Some("8".into())).is_ok());
    }

    #[test]
    fn a_break_even_needs_its_trigger_and_stays_behind_it() {
        let even = |after: Option<&str>, plus: Option<&str>| {
            words(|words| {
                words.even_after_ticks = after.map(str::to_owned);
                words.even_plus_ticks = plus.map(str::to_owned);
            })
        };
        let made = even(Some("8"), Some("1")).unwrap().break_even.unwrap();
        assert_eq!((made.after(), made.plus()), (Ticks::new(8), Ticks::new(1)));
        assert_eq!(even(Some("8"), None).unwrap().break_even.unwrap().plus(), Ticks::ZERO);
        for (after, plus) in [(Some("8"), Some("8")), (None, Some("1")), (Some("8"), Some("-1"))] {
            assert_eq!(even(after, plus).unwrap_err().reason(), "bad_bracket", "{after:?} {plus:?}");
        }
    }
}
