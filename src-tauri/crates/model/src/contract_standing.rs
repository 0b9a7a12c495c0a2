//! How a contract stands: whether it is the one that people trade, and whether it still trades at all.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::contract::Contract;

/// How a contract stands, from good to bad: where the calendar and the broker do not agree, the worse counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContractStanding {
    /// Nothing speaks against it.
    #[default]
    Current,
    /// Traders have moved on to a later one: it still trades, thinner every day.
    RolledAway,
    /// It ends trading today.
    LastDay,
    /// It trades no more.
    Expired,
    /// The broker's tick size or point value is not the desk's: a price of it means something else.
    OtherTerms,
}

impl ContractStanding {
    /// How the calendar says that a contract stands on a trading day.
    #[must_use]
    pub fn on(contract: &Contract, day: Date) -> Self {
        let last = contract.last_trade_day();
        if day > last {
            Self::Expired
        } else if day == last {
            Self::LastDay
        } else if day >= contract.roll_day() {
            Self::RolledAway
        } else {
            Self::Current
        }
    }

    /// Whether a position may be opened in it, as far as this goes.
    #[must_use]
    pub const fn opens(self) -> bool {
        match self {
            Self::Current | Self::RolledAway | Self::LastDay => true,
            Self::Expired | Self::OtherTerms => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InstrumentTable;

    #[test]
    fn the_calendar_knows_the_roll_the_last_day_and_the_end() {
        let table = InstrumentTable::built_in().unwrap();
        let december = Contract::parse_ninjatrader(&table, "ES 12-26").unwrap();
        for (day, standing) in [
            ("2026-06-01", ContractStanding::Current),
            ("2026-12-13", ContractStanding::Current),
            ("2026-12-14", ContractStanding::RolledAway),
            ("2026-12-17", ContractStanding::RolledAway),
            ("2026-12-18", ContractStanding::LastDay),
            ("2026-12-19", ContractStanding::Expired),
        ] {
            assert_eq!(ContractStanding::on(&december, day.parse().unwrap()), standing, "{day}");
        }
    }

    #[test]
    fn only_what_trades_on_our_terms_opens() {
        use ContractStanding::{Current, Expired, LastDay, OtherTerms, RolledAway};
        let all = [Current, RolledAway, LastDay, Expired, OtherTerms];
        assert!(all.is_sorted(), "the worse of two is the greater");
        assert_eq!(all.map(ContractStanding::opens), [true, true, true, false, false]);
    }
}
