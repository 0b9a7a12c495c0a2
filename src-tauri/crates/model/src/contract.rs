//! Contracts: an instrument and the month in which it expires, and how each system writes that.
//!
//! | system | December 2026 E-mini Nasdaq-100 |
//! | --- | --- |
//! | `NinjaTrader`, and the desk itself | `NQ 12-26` |
//! | Tradovate | `NQZ6` |
//! | `ProjectX` | `CON.F.US.ENQ.Z26` |
//!
//! A year has two digits in these names, so an expiry lies in the hundred years that two digits can
//! say, and every contract has exactly one name.

mod business_day;
mod holiday;
mod last_trade;
mod roll;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;

use crate::instrument::{Instrument, InstrumentTable, Month, MonthSet};

pub use business_day::is_business_day;
pub use holiday::ExchangeHoliday;
pub use roll::{NoContract, front_contract, next_roll};

/// The first year that an expiry may have.
pub const EXPIRY_YEAR_MIN: i16 = 1980;
/// The last year that an expiry may have.
pub const EXPIRY_YEAR_MAX: i16 = 2079;

/// The month in which a contract expires, in [`EXPIRY_YEAR_MIN`] to [`EXPIRY_YEAR_MAX`]. Earlier ones
/// come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Expiry {
    first_day: Date,
    month: Month,
}

impl Expiry {
    /// The expiry in `month` of `year`; `None` outside [`EXPIRY_YEAR_MIN`] to [`EXPIRY_YEAR_MAX`].
    #[must_use]
    pub fn new(year: i16, month: Month) -> Option<Self> {
        if !(EXPIRY_YEAR_MIN..=EXPIRY_YEAR_MAX).contains(&year) {
            return None;
        }
        let first_day = Date::new(year, i8::try_from(month.number()).ok()?, 1).ok()?;
        Some(Self { first_day, month })
    }

    /// The expiry in the month of a date; `None` as for [`Self::new`].
    #[must_use]
    pub fn of(date: Date) -> Option<Self> {
        Self::new(date.year(), Month::new(u8::try_from(date.month()).ok()?)?)
    }

    /// The year, four digits.
    #[must_use]
    pub fn year(self) -> i16 {
        self.first_day.year()
    }

    /// The month.
    #[must_use]
    pub const fn month(self) -> Month {
        self.month
    }

    /// The first day of the month.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.first_day
    }

    /// The expiry one month later; `None` after the last one there is.
    #[must_use]
    pub fn next_month(self) -> Option<Self> {
        Self::of(self.first_day.last_of_month().tomorrow().ok()?)
    }

    /// The last two digits of the year.
    fn short_year(self) -> i16 {
        self.year().rem_euclid(100)
    }
}

impl fmt::Display for Expiry {
    /// Month and year, two digits each: `12-26`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month.number(), self.short_year())
    }
}

/// A text that is no expiry.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no expiry; one is written 12-26")]
pub struct NoExpiry(String);

impl FromStr for Expiry {
    type Err = NoExpiry;

    fn from_str(text: &str) -> Result<Self, NoExpiry> {
        parse_expiry(text).ok_or_else(|| NoExpiry(text.to_owned()))
    }
}

/// Two digits, a hyphen, two digits; years from 80 on are of the last century.
fn parse_expiry(text: &str) -> Option<Expiry> {
    let (month, year) = text.split_once('-')?;
    let year = i16::from(two_digits(year)?);
    Expiry::new(if year < 80 { 2000 + year } else { 1900 + year }, Month::new(two_digits(month)?)?)
}

fn two_digits(text: &str) -> Option<u8> {
    let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// A contract: what orders are for. Its month is one that the exchange lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    instrument: Arc<Instrument>,
    expiry: Expiry,
}

/// Why there is no such contract.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ContractError {
    /// The text has no blank between a symbol and an expiry.
    #[error("{0:?} is no contract; one is written NQ 12-26")]
    NotAName(String),
    /// The symbol means no instrument.
    #[error("{0:?} is no symbol that the desk knows")]
    UnknownSymbol(String),
    /// What follows the symbol is no expiry.
    #[error(transparent)]
    NoExpiry(#[from] NoExpiry),
    /// The exchange lists no contract for that month.
    #[error("{root} has no contract that expires in {expiry}; its months are {listed}")]
    NotListed {
        /// The instrument.
        root: String,
        /// The expiry that was asked for.
        expiry: Expiry,
        /// The months that there are.
        listed: MonthSet,
    },
}

impl Contract {
    /// The contract of an instrument that expires in `expiry`.
    ///
    /// # Errors
    /// [`ContractError::NotListed`] when the exchange lists no such month.
    pub fn new(instrument: Arc<Instrument>, expiry: Expiry) -> Result<Self, ContractError> {
        if instrument.listed_months().contains(expiry.month) {
            return Ok(Self { instrument, expiry });
        }
        let (root, listed) = (instrument.root().to_owned(), instrument.listed_months());
        Err(ContractError::NotListed { root, expiry, listed })
    }

    /// The contract of a name such as `GC 12-13`: a whole root or alias, one blank, month and year.
    /// Years 00 to 79 are of this century, 80 to 99 of the last.
    ///
    /// # Errors
    /// [`ContractError`] says which part of the name is wrong.
    pub fn parse_ninjatrader(table: &InstrumentTable, name: &str) -> Result<Self, ContractError> {
        let (symbol, expiry) =
            name.split_once(' ').ok_or_else(|| ContractError::NotAName(name.to_owned()))?;
        let instrument =
            table.resolve(symbol).ok_or_else(|| ContractError::UnknownSymbol(symbol.to_owned()))?;
        Self::new(Arc::clone(instrument), expiry.parse()?)
    }

    /// The instrument.
    #[must_use]
    pub const fn instrument(&self) -> &Arc<Instrument> {
        &self.instrument
    }

    /// The month in which it expires.
    #[must_use]
    pub const fn expiry(&self) -> Expiry {
        self.expiry
    }

    /// The name in `NinjaTrader`: `NQ 12-26`.
    #[must_use]
    pub fn ninjatrader_name(&self) -> String {
        format!("{} {}", self.instrument.ninjatrader_root(), self.expiry)
    }

    /// The code in Tradovate: `NQZ6`. One digit of the year, so a code says a contract only beside a
    /// date.
    #[must_use]
    pub fn tradovate_code(&self) -> String {
        let (root, letter) = (self.instrument.tradovate_root(), self.expiry.month.letter());
        format!("{root}{letter}{}", self.expiry.year().rem_euclid(10))
    }

    /// The contract id in `ProjectX`: `CON.F.US.ENQ.Z26`; `None` when the root there is not known.
    #[must_use]
    pub fn projectx_id(&self) -> Option<String> {
        let (root, letter) = (self.instrument.projectx_root()?, self.expiry.month.letter());
        Some(format!("CON.F.US.{root}.{letter}{:02}", self.expiry.short_year()))
    }

    /// The last day on which it trades, in exchange dates. On that day trading ends early for some
    /// products: equity indices at 08:30 Chicago.
    #[must_use]
    pub fn last_trade_day(&self) -> Date {
        last_trade::last_trade_day(self.instrument.last_trade_rule(), self.expiry)
    }

    /// The first date on which traders have moved on to the next active month. Never later than the
    /// day after [`Self::last_trade_day`].
    #[must_use]
    pub fn roll_day(&self) -> Date {
        roll::roll_day(&self.instrument, self.expiry)
    }
}

impl fmt::Display for Contract {
    /// The desk's own spelling, root and expiry: `NQ 12-26`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.instrument.root(), self.expiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contract(name: &str) -> Result<Contract, ContractError> {
        Contract::parse_ninjatrader(&InstrumentTable::built_in().unwrap(), name)
    }

    #[test]
    fn each_system_writes_a_contract_in_its_own_way() {
        for (name, desk, ninjatrader, tradovate, projectx) in [
            ("NQ 12-26", "NQ 12-26", "NQ 12-26", "NQZ6", Some("CON.F.US.ENQ.Z26")),
            ("ENQ 12-26", "NQ 12-26", "NQ 12-26", "NQZ6", Some("CON.F.US.ENQ.Z26")),
            ("@ES 03-30", "ES 03-30", "ES 03-30", "ESH0", Some("CON.F.US.EP.H30")),
            ("GC 12-13", "GC 12-13", "GC 12-13", "GCZ3", Some("CON.F.US.GCE.Z13")),
            ("MCL 01-05", "MCL 01-05", "MCL 01-05", "MCLF5", Some("CON.F.US.MCLE.F05")),
            ("QM 06-26", "QM 06-26", "QM 06-26", "QMM6", Some("CON.F.US.NQM.M26")),
            ("BTC 11-26", "BTC 11-26", "BTC 11-26", "BTCX6", None),
        ] {
            let contract = contract(name).unwrap();
            assert_eq!(contract.to_string(), desk);
            assert_eq!(
                (contract.ninjatrader_name(), contract.tradovate_code()),
                (ninjatrader.into(), tradovate.into())
            );
            assert_eq!(contract.projectx_id().as_deref(), projectx);
        }
    }

    #[test]
    fn every_listed_contract_is_found_again_by_its_name() {
        let table = InstrumentTable::built_in().unwrap();
        for instrument in table.iter() {
            for month in instrument.listed_months().iter() {
                for year in [EXPIRY_YEAR_MIN, 1999, 2000, 2026, EXPIRY_YEAR_MAX] {
                    let contract =
                        Contract::new(Arc::clone(instrument), Expiry::new(year, month).unwrap()).unwrap();
                    for name in [contract.ninjatrader_name(), contract.to_string()] {
                        assert_eq!(Contract::parse_ninjatrader(&table, &name).as_ref(), Ok(&contract));
                    }
                }
            }
        }
    }

    #[test]
    fn two_digits_of_a_year_lie_between_1980_and_2079() {
        for (text, year) in
            [("12-00", 2000), ("12-26", 2026), ("12-79", 2079), ("12-80", 1980), ("12-99", 1999)]
        {
            assert_eq!(text.parse::<Expiry>().unwrap().year(), year, "{text}");
        }
        assert_eq!(Expiry::new(EXPIRY_YEAR_MIN - 1, Month::December), None);
        assert_eq!(Expiry::new(EXPIRY_YEAR_MAX + 1, Month::January), None);
    }

    #[test]
    fn a_name_that_is_not_quite_a_contract_is_refused_with_the_part_that_is_wrong() {
        for (name, message) in [
            ("NQ", r#""NQ" is no contract; one is written NQ 12-26"#),
            ("NQZ6", r#""NQZ6" is no contract; one is written NQ 12-26"#),
            ("NQM 12-26", r#""NQM" is no symbol that the desk knows"#),
            ("nq 12-26", r#""nq" is no symbol that the desk knows"#),
            (" NQ 12-26", r#""" is no symbol that the desk knows"#),
            ("NQ  12-26", r#"" 12-26" is no expiry; one is written 12-26"#),
            ("NQ 12-26 ", r#""12-26 " is no expiry; one is written 12-26"#),
            ("NQ 13-26", r#""13-26" is no expiry; one is written 12-26"#),
            ("NQ 00-26", r#""00-26" is no expiry; one is written 12-26"#),
            ("NQ 3-26", r#""3-26" is no expiry; one is written 12-26"#),
            ("NQ +3-26", r#""+3-26" is no expiry; one is written 12-26"#),
            ("NQ 12-2026", r#""12-2026" is no expiry; one is written 12-26"#),
            ("NQ DEC26", r#""DEC26" is no expiry; one is written 12-26"#),
            ("NQ 11-26", "NQ has no contract that expires in 11-26; its months are HMUZ"),
        ] {
            assert_eq!(contract(name).unwrap_err().to_string(), message, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn expiries_are_in_the_order_of_time_and_survive_the_way_to_text(
            (year, later_year) in (EXPIRY_YEAR_MIN..=EXPIRY_YEAR_MAX, EXPIRY_YEAR_MIN..=EXPIRY_YEAR_MAX),
            (month, later_month) in (1_u8..=12, 1_u8..=12),
        ) {
            let expiry = Expiry::new(year, Month::new(month).unwrap()).unwrap();
            let other = Expiry::new(later_year, Month::new(later_month).unwrap()).unwrap();
            prop_assert_eq!(expiry.cmp(&other), (year, month).cmp(&(later_year, later_month)));
            prop_assert_eq!(expiry.to_string().parse(), Ok(expiry));
        }

        #[test]
        fn a_name_that_is_read_is_a_symbol_a_blank_and_the_expiry(
            name in "(NQ|EP|GC|CL|NQM)[ ]{0,2}[0-9]{1,2}-[0-9]{1,3}",
        ) {
            if let Ok(contract) = contract(&name) {
                let symbol = name.split(' ').next().unwrap();
                let instrument = contract.instrument();
                prop_assert!(instrument.root() == symbol || instrument.aliases().iter().any(|a| a == symbol));
                prop_assert_eq!(format!("{symbol} {}", contract.expiry()), name);
            }
        }
    }
}
