//! What a trader asks of the stop and the target of an open lot, and the check of where they end up.
//!
//! Protecting reduces risk: no switch, lock or limit stands in its way. What is refused is a leg on the
//! wrong side of the market, which would fire at once, and one that cannot be judged.

use phantom_model::price::Grid;
use phantom_model::{Bracket, BreakEven, Offset, Price, Side};

use crate::guard_words::{read_even, read_offset};
use crate::refusal::{PriceField, Refusal};
use crate::ticket::{given, read_price};

/// A change of what protects a lot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Protect {
    /// What becomes of the stop.
    pub stop: StopChange,
    /// What becomes of the target.
    pub target: TargetChange,
    /// What becomes of the move to break-even.
    pub even: EvenChange,
}

/// What becomes of the stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StopChange {
    /// It stays as it is.
    #[default]
    Leave,
    /// It goes, and trails no more.
    Remove,
    /// It moves here. A trailing stop goes on trailing from here, at the distance that it then has.
    At(Price),
    /// It moves here and stays here: a trailing stop trails no more.
    Fix(Price),
    /// So far on the losing side of the average entry.
    Away(Offset),
    /// It trails the market at this distance, from the last trade on.
    Trail(Offset),
}

/// What becomes of the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TargetChange {
    /// It stays as it is.
    #[default]
    Leave,
    /// It goes.
    Remove,
    /// It moves here.
    At(Price),
    /// So far on the winning side of the average entry.
    Away(Offset),
}

/// What becomes of the move to break-even.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EvenChange {
    /// It stays as it is.
    #[default]
    Leave,
    /// The stop does not move by itself.
    Remove,
    /// The stop moves so, once.
    Set(BreakEven),
}

/// A change of protection as it was typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProtectTicket {
    /// The stop.
    pub stop: StopWords,
    /// The target.
    pub target: TargetWords,
    /// The move to break-even.
    pub even: EvenWords,
}

/// The stop, in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum StopWords {
    /// As it is.
    #[default]
    Leave,
    /// Gone.
    Remove,
    /// At this price.
    At(String),
    /// At this price, and it trails no more.
    Fix(String),
    /// So many ticks from the average entry.
    Away(String),
    /// Trailing at so many ticks.
    Trail(String),
}

/// The target, in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum TargetWords {
    /// As it is.
    #[default]
    Leave,
    /// Gone.
    Remove,
    /// At this price.
    At(String),
    /// So many ticks from the average entry.
    Away(String),
}

/// The move to break-even, in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum EvenWords {
    /// As it is.
    #[default]
    Leave,
    /// Gone.
    Remove,
    /// After so many ticks, to so many ticks beyond the entry.
    Set {
        /// Ticks after which the stop moves.
        after_ticks: String,
        /// Ticks beyond the entry where it then is.
        plus_ticks: Option<String>,
    },
}

impl ProtectTicket {
    /// Reads the words onto the grid of the lot's contract.
    ///
    /// # Errors
    /// `price_off_grid`, `bad_bracket`.
    pub fn read(&self, grid: &Grid) -> Result<Protect, Refusal> {
        let stop = |text: &str| read_price(grid, PriceField::Stop, text.trim());
        let target = |text: &str| read_price(grid, PriceField::Target, text.trim());
        Ok(Protect {
            stop: match &self.stop {
                StopWords::Leave => StopChange::Leave,
                StopWords::Remove => StopChange::Remove,
                StopWords::At(text) => StopChange::At(stop(text)?),
                StopWords::Fix(text) => StopChange::Fix(stop(text)?),
                StopWords::Away(text) => StopChange::Away(offset(text)?),
                StopWords::Trail(text) => StopChange::Trail(offset(text)?),
            },
            target: match &self.target {
                TargetWords::Leave => TargetChange::Leave,
                TargetWords::Remove => TargetChange::Remove,
                TargetWords::At(text) => TargetChange::At(target(text)?),
                TargetWords::Away(text) => TargetChange::Away(offset(text)?),
            },
            even: match &self.even {
                EvenWords::Leave => EvenChange::Leave,
                EvenWords::Remove => EvenChange::Remove,
                EvenWords::Set { after_ticks, plus_ticks } => {
                    let after = offset(after_ticks)?.ticks().to_string();
                    let even = read_even(Some(&after), given(plus_ticks.as_deref()))?;
                    even.map_or(EvenChange::Leave, EvenChange::Set)
                }
            },
        })
    }
}

/// A distance that must be there.
fn offset(text: &str) -> Result<Offset, Refusal> {
    let no_distance =
        || Refusal::BadBracket(crate::guard_words::GuardFault::NoDistance { given: text.to_owned() });
    read_offset(Some(text))?.ok_or_else(no_distance)
}

/// The stop strictly on the losing, the target strictly on the winning side of the last trade, so that
/// neither has been reached already. Without a last trade nothing can be judged.
///
/// # Errors
/// `stop_wrong_side`, `target_wrong_side`.
pub fn check_protection(
    side: Side,
    bracket: Bracket,
    last_trade: Option<Price>,
    grid: &Grid,
) -> Result<(), Refusal> {
    let beyond =
        |price: Price, side: Side| last_trade.is_some_and(|last| (price - last).count() * side.sign() > 0);
    let reference = last_trade.map(|last| grid.decimal(last));
    if let Some(stop) = bracket.stop.filter(|&stop| !beyond(stop, side.opposite())) {
        return Err(Refusal::StopWrongSide { side, stop: grid.decimal(stop), reference });
    }
    if let Some(target) = bracket.target.filter(|&target| !beyond(target, side)) {
        return Err(Refusal::TargetWrongSide { side, target: grid.decimal(target), reference });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold() -> Grid {
        Grid::new("0.1".parse().unwrap()).unwrap()
    }

    fn price(text: &str) -> Price {
        gold().parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_leg_that_the_market_has_reached_or_that_cannot_be_judged_is_refused_in_words() {
        let check = |side, stop: Option<&str>, target: Option<&str>, last: Option<&str>| {
            let bracket = Bracket { stop: stop.map(price), target: target.map(price) };
            check_protection(side, bracket, last.map(price), &gold()).map_err(|refusal| refusal.to_string())
        };
        let last = Some("1320.0");
        for (side, stop, target) in [
            (Side::Buy, Some("1319.9"), Some("1320.1")),
            (Side::Sell, Some("1320.1"), Some("1319.9")),
            (Side::Buy, None, None),
        ] {
            assert_eq!(check(side, stop, target, last), Ok(()));
        }
        for (side, stop, target, last, words) in [
            (Side::Buy, Some("1320.0"), None, last, "stop 1320.0 of a BUY must be below 1320.0"),
            (Side::Sell, Some("1319.9"), None, last, "stop 1319.9 of a SELL must be above 1320.0"),
            (Side::Buy, None, Some("1320.0"), last, "target 1320.0 of a BUY must be above 1320.0"),
            (Side::Sell, None, Some("1321.0"), last, "target 1321.0 of a SELL must be below 1320.0"),
            (Side::Buy, Some("1.0"), None, None, "stop 1.0 cannot be checked: nothing has traded yet"),
        ] {
            assert_eq!(check(side, stop, target, last), Err(words.to_owned()));
        }
    }

    #[test]
    fn words_are_read_onto_the_grid() {
        let read = |stop: StopWords| {
            ProtectTicket { stop, ..ProtectTicket::default() }.read(&gold()).map(|change| change.stop)
        };
        assert_eq!(read(StopWords::At(" 1319.9 ".into())), Ok(StopChange::At(price("1319.9"))));
        assert_eq!(read(StopWords::Leave), Ok(StopChange::Leave));
        for (words, reason) in [
            (StopWords::At("1319.95".into()), "price_off_grid"),
            (StopWords::Fix(String::new()), "price_off_grid"),
            (StopWords::Trail("0".into()), "bad_bracket"),
            (StopWords::Away("  ".into()), "bad_bracket"),
        ] {
            assert_eq!(read(words).unwrap_err().reason(), reason);
        }
        let even = EvenWords::Set { after_ticks: "4".into(), plus_ticks: Some("4".into()) };
        let ticket = ProtectTicket { even, ..ProtectTicket::default() };
        assert_eq!(ticket.read(&gold()).unwrap_err().reason(), "bad_bracket");
    }
}
