//! The last day on which a contract trades, by the exchange's rule for its product.
//!
//! The days are counted on the calendar of the United States exchanges alone. The crypto rule names
//! London too: by rule the two calendars part on a last Friday only when it is Boxing Day (2025,
//! 2031), and that Friday is taken as the last trade day.

use jiff::civil::{Date, Weekday};

use super::Expiry;
use super::business_day::{last, nth_before, nth_last_of_month, on_or_before, shifted, third};
use crate::instrument::LastTradeRule;

/// The last trade day of the contract that expires in `expiry`.
pub(super) fn last_trade_day(rule: LastTradeRule, expiry: Expiry) -> Date {
    let first_day = expiry.first_day();
    match rule {
        LastTradeRule::ThirdFriday => on_or_before(third(first_day, Weekday::Friday)),
        LastTradeRule::CrudeOil => crude_oil(first_day),
        LastTradeRule::MicroCrudeOil | LastTradeRule::Unverified => nth_before(crude_oil(first_day), 1),
        LastTradeRule::NaturalGas => nth_before(first_day, 3),
        LastTradeRule::Metals => nth_last_of_month(first_day, 3),
        LastTradeRule::LongTreasury => nth_before(nth_last_of_month(first_day, 1), 7),
        LastTradeRule::ShortTreasury => nth_last_of_month(first_day, 1),
        LastTradeRule::FxTwoDays => nth_before(third(first_day, Weekday::Wednesday), 2),
        LastTradeRule::FxOneDay => nth_before(third(first_day, Weekday::Wednesday), 1),
        LastTradeRule::CryptoLastFriday => on_or_before(last(first_day, Weekday::Friday)),
    }
}

fn crude_oil(first_day: Date) -> Date {
    let month_before = shifted(first_day, -1).first_of_month();
    let the_25th = shifted(month_before, 24);
    nth_before(on_or_before(the_25th), 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Contract, EXPIRY_YEAR_MAX, EXPIRY_YEAR_MIN};
    use crate::instrument::{InstrumentTable, Month};
    use proptest::prelude::*;

    fn check(rows: &[(&str, &str)]) {
        let table = InstrumentTable::built_in().unwrap();
        for (name, day) in rows {
            let contract = Contract::parse_ninjatrader(&table, name).unwrap();
            assert_eq!(contract.last_trade_day().to_string(), *day, "{name}");
        }
    }

    #[test]
    fn equity_indices_end_on_the_third_friday_or_the_day_before_when_it_is_a_holiday() {
        check(&[
            ("ES 12-26", "2026-12-18"),
            ("MNQ 03-27", "2027-03-19"),
            ("ES 03-08", "2008-03-20"), // Good Friday, 21 March 2008
            ("YM 06-27", "2027-06-17"), // Juneteenth of Saturday the 19th is kept on the 18th
        ]);
    }

    #[test]
    fn crude_oil_ends_three_days_before_the_25th_of_the_month_before() {
        check(&[
            ("CL 12-26", "2026-11-20"),  // Wed 25 Nov: Tue 24, Mon 23, Fri 20
            ("MCL 12-26", "2026-11-19"), // one day earlier
            ("CL 11-26", "2026-10-20"),  // 25 Oct is a Sunday: from Fri 23 back 22, 21, 20
            ("CL 05-20", "2020-04-21"),  // 25 Apr is a Saturday: from Fri 24 back 23, 22, 21
            ("CL 01-27", "2026-12-21"),  // 25 Dec is Christmas: from Thu 24 back 23, 22, 21
            ("CL 01-14", "2013-12-19"),  // Christmas is a Wednesday: from Tue 24 back 23, 20, 19
        ]);
    }

    #[test]
    fn natural_gas_ends_three_days_before_its_month() {
        check(&[
            ("NG 12-26", "2026-11-25"), // Tue 1 Dec: Mon 30, Fri 27, Wed 25 (Thursday is Thanksgiving)
            ("NG 12-24", "2024-11-26"), // Sun 1 Dec: Fri 29, Wed 27, Tue 26
            ("NG 02-27", "2027-01-27"), // Mon 1 Feb: Fri 29, Thu 28, Wed 27
        ]);
    }

    #[test]
    fn metals_end_on_the_third_last_business_day() {
        check(&[
            ("GC 12-13", "2013-12-27"), // Tue 31, Mon 30, Fri 27
            ("SI 12-26", "2026-12-29"), // Thu 31, Wed 30, Tue 29
            ("HG 05-26", "2026-05-27"), // Fri 29, Thu 28, Wed 27
            ("MGC 02-27", "2027-02-24"),
        ]);
    }

    #[test]
    fn treasuries_end_at_the_month_end_or_seven_days_before_it() {
        check(&[
            ("ZN 12-26", "2026-12-21"), // from Thu 31 back 30, 29, 28, 24, 23, 22, 21
            ("UB 03-27", "2027-03-19"), // from Wed 31 back 30, 29, 25, 24, 23, 22, 19 (Good Friday is the 26th)
            ("ZF 12-26", "2026-12-31"),
        ]);
    }

    #[test]
    fn currencies_end_one_or_two_days_before_the_third_wednesday() {
        check(&[
            ("6E 12-26", "2026-12-14"),
            ("6C 12-26", "2026-12-15"),
            ("6J 06-24", "2024-06-17"), // the Wednesday is Juneteenth; only the days before it count
            ("6C 06-28", "2028-06-20"),
            ("6E 06-28", "2028-06-16"), // Mon 19 June is Juneteenth
        ]);
    }

    #[test]
    fn crypto_ends_on_the_last_friday_or_the_day_before_when_it_is_a_holiday() {
        check(&[
            ("MBT 11-26", "2026-11-27"),
            ("MBT 12-26", "2026-12-24"), // Christmas is a Friday
            ("BTC 03-24", "2024-03-28"), // Good Friday
            ("MET 12-21", "2021-12-31"), // New Year's Day is a Saturday and is not moved back
        ]);
    }

    #[test]
    fn a_product_without_a_known_rule_ends_with_micro_crude_oil() {
        check(&[("QM 12-26", "2026-11-19"), ("QG 12-26", "2026-11-19"), ("MNG 12-26", "2026-11-19")]);
    }

    proptest! {
        #[test]
        fn every_rule_names_a_business_day_and_none_is_earlier_than_the_unverified_one(
            year in EXPIRY_YEAR_MIN..=EXPIRY_YEAR_MAX,
            month in 1_u8..=12,
        ) {
            let expiry = Expiry::new(year, Month::new(month).unwrap()).unwrap();
            let earliest = last_trade_day(LastTradeRule::Unverified, expiry);
            for rule in LastTradeRule::ALL {
                let day = last_trade_day(*rule, expiry);
                prop_assert!(crate::contract::is_business_day(day), "{rule} {expiry}");
                prop_assert!(earliest <= day, "{rule} {expiry}");
            }
        }
    }
}
