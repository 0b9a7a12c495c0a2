//! How large a position may be: weights, the scaling plan and the other ladders, edge by edge.

use phantom_compliance::pack::{Balances, Share};
use phantom_model::InstrumentTable;

use super::{minis, pack, profile, usd};

/// The size that a balance at the last end of day allows; equity somewhere else.
fn by_eod(id: &str, balance: &str) -> String {
    pack(id).program().size.cap(Balances { eod: usd(balance), equity: usd("1000000") }).to_string()
}

fn check(id: &str, rows: &[(&str, &str)]) {
    for (balance, expected) in rows {
        assert_eq!(by_eod(id, balance), *expected, "{id} with {balance}");
    }
}

#[test]
fn scaling_50k_tiers_with_their_edges() {
    check(
        "topstep-xfa-50k",
        &[
            ("-1999", "2"),
            ("0", "2"),
            ("1499.99", "2"),
            ("1500", "3"),
            ("2000", "3"),
            ("2000.01", "5"),
            ("9000", "5"),
        ],
    );
}

#[test]
fn scaling_100k_tiers_with_their_edges() {
    check(
        "topstep-xfa-100k",
        &[
            ("0", "3"),
            ("1499.99", "3"),
            ("1500", "4"),
            ("2000", "4"),
            ("2000.01", "5"),
            ("3000", "5"),
            ("3000.01", "10"),
        ],
    );
}

#[test]
fn scaling_150k_tiers_with_their_edges() {
    check(
        "topstep-xfa-150k",
        &[
            ("0", "3"),
            ("1499.99", "3"),
            ("1500", "4"),
            ("2000", "4"),
            ("2000.01", "5"),
            ("3000", "5"),
            ("3000.01", "10"),
            ("4500", "10"),
            ("4500.01", "15"),
        ],
    );
}

#[test]
fn a_combine_has_one_size_whatever_the_balance() {
    check("topstep-combine-50k", &[("48001", "5"), ("60000", "5")]);
    check("topstep-combine-150k", &[("150000", "15")]);
}

#[test]
fn a_live_ladder_goes_by_equity_and_not_by_the_end_of_day() {
    let rule = pack("shape-live-ladder").program().size.clone();
    for (equity, expected) in [("25000", "2"), ("26500.99", "2"), ("26501", "3"), ("30000", "3")] {
        let cap = rule.cap(Balances { eod: usd("30000"), equity: usd(equity) });
        assert_eq!(cap, minis(expected), "{equity}");
    }
}

#[test]
fn half_of_the_size_until_the_threshold() {
    check("shape-half-until", &[("50000", "5"), ("52599.99", "5"), ("52600", "10"), ("60000", "10")]);
}

#[test]
fn weights_micros_are_a_tenth_and_the_exceptions_are_not() {
    let table = InstrumentTable::built_in().unwrap();
    let weight = |id: &str, root: &str| pack(id).firm().weights.of(table.resolve(root).unwrap()).to_string();
    for (root, expected) in [
        ("ES", "1"),
        ("MES", "0.1"),
        ("NQ", "1"),
        ("MNQ", "0.1"),
        ("MGC", "0.1"),
        ("MCL", "0.1"),
        ("M6E", "0.1"),
        ("SIL", "0.2"),
        ("MBT", "1"),
        ("MET", "1"),
        ("QM", "1"),
        ("QG", "1"),
        ("E7", "1"),
    ] {
        assert_eq!(weight("topstep-combine-50k", root), expected, "{root}");
    }
    assert_eq!(weight("shape-static", "SIL"), "0.1", "the exception is Topstep's");
    assert_eq!(weight("shape-micros-are-minis", "MES"), "1");
}

#[test]
fn ones_own_size_counts_where_it_is_smaller() {
    let balances = Balances { eod: usd("0"), equity: usd("0") };
    assert_eq!(profile("topstep-xfa-50k", &[]).position_max(balances), minis("2"));
    assert_eq!(
        profile("topstep-xfa-50k", &["personal_position_max=1.5"]).position_max(balances),
        minis("1.5")
    );
    assert_eq!(profile("topstep-xfa-50k", &["personal_position_max=4"]).position_max(balances), minis("2"));
}

#[test]
fn a_share_is_exact_and_never_rounds_a_limit_up() {
    let share = |text: &str| Share::from_decimal(text.parse().unwrap());
    assert_eq!(share("0.025").unwrap().of(usd("50000")), usd("1250"));
    assert_eq!(share("0.3333").unwrap().of(usd("0.0001")), usd("0"));
    assert_eq!(share("0.55").unwrap().whole_of(usd("1800")), usd("3272.7273"), "3,272.7272… and no less");
    assert_eq!(share("0.55").unwrap().whole_of(usd("1650")), usd("3000"));
    for text in ["0", "-0.1", "0.00001", "10.0001"] {
        assert_eq!(share(text), None, "{text}");
    }
    assert_eq!(share("10").unwrap().to_string(), "1000 %");
}
