//! Consistency: the published examples, and the shapes of other firms.

use phantom_compliance::pack::{Consistency, ProfitSoFar};
use phantom_model::Money;
use proptest::prelude::*;

use super::{pack, usd};

fn rule(id: &str) -> Consistency {
    pack(id).program().consistency.clone().unwrap()
}

fn profit(best: &str, total: &str, target: &str) -> ProfitSoFar {
    ProfitSoFar { best_day: usd(best), total: usd(total), target: usd(target) }
}

#[test]
fn consistency_t1_needed_is_the_target_or_the_best_day_over_55_percent() {
    let rule = rule("topstep-combine-50k");
    for (best, needed) in [
        ("0", "3000.00"),
        ("1600", "3000.00"),
        ("1650", "3000.00"),
        ("1650.01", "3000.02"),
        ("1800", "3272.73"),
        ("2200", "4000.00"),
        ("3000", "5454.55"),
    ] {
        assert_eq!(rule.needed(&profit(best, "3000", "3000"), 1).to_string(), needed, "best {best}");
    }
}

#[test]
fn consistency_t1_at_or_below_55_percent_is_kept() {
    let rule = rule("topstep-combine-50k");
    for (best, total, kept) in [
        ("1600", "3000", true), // 53 %
        ("1650", "3000", true), // 55 %, not rounded
        ("1650.01", "3000", false),
        ("1800", "3272.72", false),
        ("1800", "3272.73", true),
        ("0", "-500", true),
        ("100", "-500", false),
    ] {
        assert_eq!(rule.is_kept(&profit(best, total, "3000"), 1), kept, "{best} of {total}");
    }
}

#[test]
fn strictly_below_a_share_that_rises_by_payout() {
    let rule = rule("shape-consistency");
    for (payout, best, kept) in [
        (1, "399.99", true),
        (1, "400", false),
        (3, "400", false),
        (4, "400", true),
        (4, "450", false),
        (6, "499.99", true),
        (6, "500", false),
        (60, "499.99", true),
        (0, "399.99", true),
    ] {
        assert_eq!(rule.is_kept(&profit(best, "1000", "0"), payout), kept, "payout {payout}, best {best}");
    }
    // Exactly 1,000 would make 400 the share itself, which is not below it.
    assert_eq!(rule.needed(&profit("400", "900", "0"), 1), usd("1000.0001"));
}

#[test]
fn a_share_of_the_target_cannot_be_met_by_more_profit() {
    let rule = rule("shape-consistency-of-target");
    for (best, kept) in [("1500", true), ("1500.01", false)] {
        let found = profit(best, "9000", "3000");
        assert_eq!((rule.is_kept(&found, 1), rule.needed(&found, 1)), (kept, usd("3000")), "{best}");
    }
}

proptest! {
    #[test]
    fn what_is_needed_is_the_least_that_is_enough(
        best in 1_i64..100_000_000_000, target in 0_i64..100_000_000_000, id in 0_usize..2, payout in 1_u32..8
    ) {
        let rule = rule(["topstep-combine-50k", "shape-consistency"][id]);
        let of = |total: Money| ProfitSoFar { best_day: Money::from_units(best), total, target: Money::from_units(target) };
        let needed = rule.needed(&of(Money::ZERO), payout);
        prop_assert!(rule.is_kept(&of(needed), payout));
        let less = needed - Money::from_units(1);
        prop_assert!(needed == Money::from_units(target) || !rule.is_kept(&of(less), payout));
    }
}
