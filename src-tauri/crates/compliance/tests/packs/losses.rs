//! The floor and the daily limit, with the published examples.

use phantom_compliance::pack::{DailyLimit, DailyLoss, DayStart, MaxLoss};
use phantom_model::Money;
use proptest::prelude::*;

use super::{SHIPPED, pack, usd};

/// The floor after each end of day, from the first one on.
fn floors(id: &str, eod_balances: &[&str]) -> Vec<String> {
    let program = pack(id).program().clone();
    let (rule, start) = (program.max_loss, program.start_balance);
    let mut floor = rule.first_floor(start);
    let mut floors = vec![floor.to_string()];
    for balance in eod_balances {
        floor = rule.floor_after_day(start, floor, usd(balance));
        floors.push(floor.to_string());
    }
    floors
}

#[test]
fn mll_t2_the_floor_of_a_combine_follows_the_end_of_day_and_never_falls() {
    assert_eq!(
        floors("topstep-combine-50k", &["50500", "50000", "52500", "60000", "51000"]),
        ["48000.00", "48500.00", "48500.00", "50000.00", "50000.00", "50000.00"]
    );
    assert_eq!(floors("topstep-combine-150k", &["154500"]), ["145500.00", "150000.00"]);
}

#[test]
fn mll_t2_the_floor_of_a_combine_locks_at_the_start_to_the_cent() {
    assert_eq!(
        floors("topstep-combine-50k", &["51999.99", "52000", "52000.01"]),
        ["48000.00", "49999.99", "50000.00", "50000.00"]
    );
}

#[test]
fn mll_t2_the_floor_of_an_xfa_starts_below_zero_and_locks_at_zero() {
    assert_eq!(
        floors("topstep-xfa-50k", &["500", "2000", "10000"]),
        ["-2000.00", "-1500.00", "0.00", "0.00"]
    );
    assert_eq!(floors("topstep-xfa-100k", &[]), ["-3000.00"]);
    assert_eq!(floors("topstep-xfa-150k", &[]), ["-4500.00"]);
}

#[test]
fn mll_t2_the_first_payout_puts_the_floor_of_an_xfa_to_zero() {
    let rule = pack("topstep-xfa-50k").program().max_loss;
    for before in ["-2000", "-700", "0"] {
        assert_eq!(rule.floor_after_first_payout(usd(before)), usd("0"), "{before}");
    }
    // 10,000, a payout of 5,000: the floor is 0, and equity 0 closes the account.
    let floor = rule.floor_after_first_payout(usd("0"));
    assert!(!MaxLoss::is_breached(floor, usd("5000")) && MaxLoss::is_breached(floor, usd("0")));
    // A combine has no payouts.
    let combine = pack("topstep-combine-50k").program().max_loss;
    assert_eq!(combine.floor_after_first_payout(usd("48500")), usd("48500"));
}

#[test]
fn mll_t2_touching_the_floor_is_a_breach() {
    let floor = usd("48000");
    for (equity, breached) in [("48000.01", false), ("48000", true), ("47750", true)] {
        assert_eq!(MaxLoss::is_breached(floor, usd(equity)), breached, "{equity}");
    }
}

#[test]
fn a_floor_that_follows_equity_moves_at_every_peak_and_not_at_the_end_of_a_day() {
    let rule = pack("shape-intraday-trailing").program().max_loss;
    let (start, first) = (usd("50000"), usd("48000"));
    assert_eq!(rule.floor_after_day(start, first, usd("55000")), first);
    let mut floor = first;
    let mut seen = Vec::new();
    for peak in ["50750", "50400", "52000", "52100", "58000"] {
        floor = rule.floor_after_peak(start, floor, usd(peak));
        seen.push(floor.to_string());
    }
    assert_eq!(seen, ["48750.00", "48750.00", "50000.00", "50100.00", "50100.00"]);
    // The kind that follows the end of the day does not move at a peak.
    let eod = pack("topstep-combine-50k").program().max_loss;
    assert_eq!(eod.floor_after_peak(start, first, usd("58000")), first);
}

#[test]
fn a_static_floor_never_moves() {
    let rule = pack("shape-static").program().max_loss;
    let (start, first) = (usd("50000"), usd("48000"));
    assert_eq!(rule.floor_after_day(start, first, usd("99000")), first);
    assert_eq!(rule.floor_after_peak(start, first, usd("99000")), first);
    assert_eq!(rule.lock_level(start), None);
}

#[test]
fn locks_lie_at_the_start_above_it_or_nowhere() {
    assert_eq!(
        floors("shape-locks-above-start", &["52099", "52100", "60000"]),
        ["48000.00", "50099.00", "50100.00", "50100.00"]
    );
    assert_eq!(
        floors("shape-never-locks", &["52100", "60000", "59000"]),
        ["48000.00", "50100.00", "58000.00", "58000.00"]
    );
    assert_eq!(
        pack("shape-locks-above-start").program().max_loss.floor_after_first_payout(usd("49000")),
        usd("50100")
    );
}

fn limit(id: &str) -> DailyLimit {
    match pack(id).program().daily_loss.clone() {
        DailyLoss::Limit(limit) => limit,
        DailyLoss::None => panic!("{id} has a daily limit"),
    }
}

/// The limit of a day: written and effective.
fn daily(id: &str, eod: &str, peak: &str, floor: &str) -> (String, String) {
    let start_balance = pack(id).program().start_balance;
    let day =
        DayStart { start_balance, eod_balance: usd(eod), peak_eod_balance: usd(peak), floor: usd(floor) };
    let limit = limit(id);
    (limit.of_day(&day).to_string(), limit.effective(&day).to_string())
}

#[test]
fn a_fixed_daily_limit_is_always_the_same() {
    for (eod, floor) in [("50000", "48000"), ("48500", "48000"), ("55000", "50000")] {
        let found = daily("topstep-combine-50k", eod, "55000", floor);
        assert_eq!(found, ("1000.00".to_owned(), "1000.00".to_owned()), "{eod}");
    }
}

#[test]
fn a_tiered_daily_limit_goes_with_the_balance_and_stops_at_the_floor() {
    for (eod, floor, written, effective) in [
        ("50000", "48000", "1000.00", "1000.00"),
        ("51499.99", "49499.99", "1000.00", "1000.00"),
        ("51500", "49500", "2000.00", "2000.00"),
        ("52999.99", "50100", "2000.00", "2000.00"),
        ("53000", "50100", "3000.00", "2900.00"),
        ("60000", "50100", "3000.00", "3000.00"),
        ("48400", "48000", "1000.00", "400.00"),
        ("47900", "48000", "1000.00", "0.00"),
    ] {
        let found = daily("shape-tiered-daily-loss", eod, "60000", floor);
        assert_eq!(found, (written.to_owned(), effective.to_owned()), "{eod}");
    }
}

#[test]
fn a_daily_limit_can_be_a_share_of_the_balance_or_of_the_highest_profit() {
    assert_eq!(daily("shape-never-locks", "50000", "50000", "48000").0, "1250.00");
    assert_eq!(daily("shape-never-locks", "51333.33", "51333.33", "48000").0, "1283.33");
    for (peak, expected) in
        [("50000", "1200.00"), ("52000", "1200.00"), ("52100", "1260.00"), ("55000", "3000.00")]
    {
        assert_eq!(daily("shape-peak-profit-daily-loss", "55000", peak, "50000").0, expected, "{peak}");
    }
    assert_eq!(daily("shape-peak-profit-daily-loss", "50500", "55000", "50000").1, "500.00");
}

#[test]
fn dll_t5_reaching_the_limit_is_reaching_it() {
    let limit = usd("1000");
    for (result, reached) in [("-999.99", false), ("-1000", true), ("-1000.01", true), ("500", false)] {
        assert_eq!(DailyLimit::is_reached(limit, usd(result)), reached, "{result}");
    }
}

proptest! {
    #[test]
    fn a_floor_never_falls_and_never_passes_its_lock(
        which in 0_usize..20, steps in prop::collection::vec((any::<bool>(), -5_000_000_000_i64..5_000_000_000), 1..40)
    ) {
        let program = SHIPPED[which].program();
        let (rule, start) = (program.max_loss, program.start_balance);
        let mut floor = rule.first_floor(start);
        let lock = rule.lock_level(start);
        for (is_day, units) in steps {
            let figure = start + Money::from_units(units);
            let next = if is_day { rule.floor_after_day(start, floor, figure) } else { rule.floor_after_peak(start, floor, figure) };
            prop_assert!(next >= floor);
            prop_assert!(lock.is_none_or(|lock| next <= lock));
            prop_assert!(next == floor || next <= figure - rule.distance);
            floor = next;
        }
    }
}
