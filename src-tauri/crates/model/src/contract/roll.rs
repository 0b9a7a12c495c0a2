//! Which contract traders trade on a date, and when they move to the next.
//!
//! The roll is a convention: the exchange announces a day for equity indices only, elsewhere volume
//! moves over some days. [`RollRule`] says which day the desk takes and why. Only active months take
//! part. The front contract of a date has never ended before it.

use std::iter;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};

use super::business_day::{nth_before, nth_last_of_month, shifted, third};
use super::last_trade::last_trade_day;
use super::{Contract, EXPIRY_YEAR_MAX, EXPIRY_YEAR_MIN, Expiry};
use crate::instrument::{Instrument, RollRule};

/// No contract can be named for a date: the years of an expiry do not reach there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{root} has no contract to trade on {date}: the desk knows the years {EXPIRY_YEAR_MIN} to {EXPIRY_YEAR_MAX}"
)]
pub struct NoContract {
    /// The instrument.
    pub root: String,
    /// The date.
    pub date: Date,
}

/// The contract that traders trade on `date`, a trading day in Chicago.
///
/// # Errors
/// [`NoContract`] for a date outside [`EXPIRY_YEAR_MIN`] to [`EXPIRY_YEAR_MAX`], and for the last
/// weeks in it.
pub fn front_contract(instrument: &Arc<Instrument>, date: Date) -> Result<Contract, NoContract> {
    contracts_from(instrument, date).next().ok_or_else(|| none_on(instrument, date))
}

/// The first date after `date` on which another contract is the front one, and that contract.
///
/// # Errors
/// As [`front_contract`].
pub fn next_roll(instrument: &Arc<Instrument>, date: Date) -> Result<(Date, Contract), NoContract> {
    let mut contracts = contracts_from(instrument, date);
    let (front, next) = (contracts.next(), contracts.next());
    front.zip(next).map(|(front, next)| (front.roll_day(), next)).ok_or_else(|| none_on(instrument, date))
}

/// The day on which the contract of `expiry` stops being the front one: see [`RollRule`]. Where a
/// holiday puts the last trade day before the conventional day, the day after the last trade day.
pub(super) fn roll_day(instrument: &Instrument, expiry: Expiry) -> Date {
    let first_day = expiry.first_day();
    let last_trade = last_trade_day(instrument.last_trade_rule(), expiry);
    let month_before = shifted(first_day, -1);
    let convention = match instrument.roll_rule() {
        RollRule::EquityMonday => shifted(third(first_day, Weekday::Friday), -4),
        RollRule::EnergyVolume => nth_before(last_trade, 3),
        RollRule::MetalsVolume => nth_last_of_month(month_before, 3),
        RollRule::CryptoVolume => shifted(last_trade, 1),
        RollRule::Treasury => nth_last_of_month(month_before, 2),
        RollRule::Fx => shifted(third(first_day, Weekday::Wednesday), -2),
    };
    convention.min(shifted(last_trade, 1))
}

/// The contracts of active months that have not rolled on `date`, nearest first. No rule lets a
/// contract be the front one after its own month.
fn contracts_from(instrument: &Arc<Instrument>, date: Date) -> impl Iterator<Item = Contract> {
    iter::successors(Expiry::of(date), |expiry| expiry.next_month())
        .filter(|expiry| instrument.active_months().contains(expiry.month()))
        .filter(move |expiry| date < roll_day(instrument, *expiry))
        .map(|expiry| Contract { instrument: Arc::clone(instrument), expiry })
}

fn none_on(instrument: &Instrument, date: Date) -> NoContract {
    NoContract { root: instrument.root().to_owned(), date }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::InstrumentTable;
    use jiff::civil::date;
    use proptest::prelude::*;
    use proptest::sample::select;
    use std::sync::LazyLock;

    static TABLE: LazyLock<InstrumentTable> = LazyLock::new(|| InstrumentTable::built_in().unwrap());

    /// On each date: the front contract, the next roll and the contract after it.
    fn check(root: &str, rows: &[(&str, &str, &str, &str)]) {
        let instrument = TABLE.resolve(root).unwrap();
        for (on, front, roll, next) in rows {
            let on: Date = on.parse().unwrap();
            let (roll_day, next_contract) = next_roll(instrument, on).unwrap();
            let found = front_contract(instrument, on).unwrap().to_string();
            let found = (found, roll_day.to_string(), next_contract.to_string());
            assert_eq!(found, ((*front).into(), (*roll).into(), (*next).into()), "{root} on {on}");
        }
    }

    #[test]
    fn equity_indices_roll_on_the_monday_before_the_third_friday() {
        check(
            "ES",
            &[
                ("2026-09-14", "ES 12-26", "2026-12-14", "ES 03-27"),
                ("2026-12-11", "ES 12-26", "2026-12-14", "ES 03-27"),
                ("2026-12-14", "ES 03-27", "2027-03-15", "ES 06-27"),
                ("2027-06-11", "ES 06-27", "2027-06-14", "ES 09-27"),
                ("2027-12-12", "ES 12-27", "2027-12-13", "ES 03-28"),
            ],
        );
    }

    #[test]
    fn energy_rolls_three_days_before_the_last_trade_day() {
        // CL 12-26 ends on Fri 20 Nov: Thu 19, Wed 18, Tue 17.
        check(
            "CL",
            &[
                ("2026-11-16", "CL 12-26", "2026-11-17", "CL 01-27"),
                ("2026-11-17", "CL 01-27", "2026-12-16", "CL 02-27"),
            ],
        );
        // NG 12-26 ends on Wed 25 Nov: Tue 24, Mon 23, Fri 20.
        check(
            "NG",
            &[
                ("2026-11-19", "NG 12-26", "2026-11-20", "NG 01-27"),
                ("2026-11-20", "NG 01-27", "2026-12-23", "NG 02-27"),
            ],
        );
    }

    #[test]
    fn metals_roll_before_first_notice_and_skip_months_that_nobody_trades() {
        // November 2013: Fri 29, Wed 27, Tue 26; Thursday is Thanksgiving.
        check(
            "GC",
            &[
                ("2013-10-07", "GC 12-13", "2013-11-26", "GC 02-14"),
                ("2013-11-25", "GC 12-13", "2013-11-26", "GC 02-14"),
                ("2013-11-26", "GC 02-14", "2014-01-29", "GC 04-14"),
            ],
        );
        check("SI", &[("2026-11-24", "SI 12-26", "2026-11-25", "SI 03-27")]);
    }

    #[test]
    fn treasuries_roll_a_day_before_first_notice() {
        // November 2026 ends Fri 27, Mon 30.
        check(
            "ZN",
            &[
                ("2026-11-26", "ZN 12-26", "2026-11-27", "ZN 03-27"),
                ("2026-11-27", "ZN 03-27", "2027-02-25", "ZN 06-27"),
            ],
        );
    }

    #[test]
    fn currencies_roll_on_the_monday_of_the_third_wednesdays_week() {
        check(
            "6E",
            &[
                ("2026-12-11", "6E 12-26", "2026-12-14", "6E 03-27"),
                ("2026-12-14", "6E 03-27", "2027-03-15", "6E 06-27"),
            ],
        );
    }

    #[test]
    fn a_currency_that_ends_before_its_roll_monday_rolls_the_day_after_it_ended() {
        // Mon 19 June 2028 is Juneteenth: 6E ends on Fri 16, 6C on Tue 20.
        check("6E", &[("2028-06-16", "6E 06-28", "2028-06-17", "6E 09-28")]);
        check("6C", &[("2028-06-16", "6C 06-28", "2028-06-19", "6C 09-28")]);
    }

    #[test]
    fn crypto_is_traded_to_its_end() {
        check(
            "MBT",
            &[
                ("2026-11-27", "MBT 11-26", "2026-11-28", "MBT 12-26"),
                ("2026-11-30", "MBT 12-26", "2026-12-25", "MBT 01-27"),
                ("2027-12-31", "MBT 12-27", "2028-01-01", "MBT 01-28"),
            ],
        );
    }

    #[test]
    fn dates_beyond_the_years_of_an_expiry_have_no_front_contract() {
        let instrument = TABLE.resolve("ES").unwrap();
        for (day, front) in [
            (date(1970, 1, 1), None),
            (date(1980, 1, 1), Some("ES 03-80")),
            (date(2079, 12, 10), Some("ES 12-79")),
            (date(2079, 12, 11), None),
            (date(2080, 1, 1), None),
        ] {
            let found = front_contract(instrument, day).map(|contract| contract.to_string());
            let expected = NoContract { root: "ES".into(), date: day };
            assert_eq!(found, front.map(str::to_owned).ok_or(expected));
        }
    }

    proptest! {
        #[test]
        fn the_front_contract_changes_on_the_announced_day_and_has_never_ended(
            days in 0_i32..35_000,
            instrument in select(TABLE.iter().cloned().collect::<Vec<_>>()),
        ) {
            let on = shifted(date(1981, 1, 1), days);
            let front = front_contract(&instrument, on).unwrap();
            let (roll, next) = next_roll(&instrument, on).unwrap();
            prop_assert!(front.last_trade_day() >= on, "{front} on {on}");
            prop_assert!(on < roll && front.expiry() < next.expiry(), "{front} on {on}");
            prop_assert_eq!(front_contract(&instrument, shifted(roll, -1)).unwrap(), front);
            prop_assert_eq!(front_contract(&instrument, roll).unwrap(), next);
        }
    }
}
