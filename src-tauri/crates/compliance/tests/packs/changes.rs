//! What of a change of limits counts at once, and what only from the next session.

use phantom_compliance::Profile;
use phantom_compliance::personal::LimitChange;
use proptest::prelude::*;

use super::{pack, profile};

const ID: &str = "topstep-combine-50k";

/// What a change does, and what of it counts at once.
fn check(holds: &[&str], wanted: &[&str], change: LimitChange, at_once: &[&str]) {
    let (holds, wanted) = (profile(ID, holds), profile(ID, wanted));
    assert_eq!(holds.change_to(&wanted), change, "{:?} to {:?}", holds.settings(), wanted.settings());
    assert_eq!(
        holds.at_once(&wanted).settings(),
        at_once,
        "{:?} to {:?}",
        holds.settings(),
        wanted.settings()
    );
}

#[test]
fn tighter_limits_count_at_once_and_looser_ones_wait() {
    use LimitChange::{Loosens, Same, Tightens};
    for (loose, tight) in [
        ("personal_daily_loss=off", "personal_daily_loss=500"),
        ("personal_daily_loss=600", "personal_daily_loss=500"),
        ("personal_daily_profit=off", "personal_daily_profit=900"),
        ("personal_daily_profit=900", "personal_daily_profit=800"),
        ("personal_trade_count=9", "personal_trade_count=3"),
        ("personal_trade_count=off", "personal_trade_count=0"),
        ("personal_position_max=off", "personal_position_max=2"),
        ("order_max=2", "order_max=0.5"),
        ("flat_by=off", "flat_by=15:00"),
        ("flat_by=15:00", "flat_by=14:00"),
        ("flatten_before_min=5", "flatten_before_min=6"),
        ("symbol_blocked=NQ", "symbol_blocked=MNQ,NQ"),
        ("price_collar_ticks=50", "price_collar_ticks=49"),
        ("act_at=1", "act_at=0.9"),
        ("worst_case=warn", "worst_case=block"),
        ("daily_loss=off", "daily_loss=on"),
        ("overlay.cpi=off", "overlay.cpi=warn"),
        ("overlay.cpi=warn", "overlay.cpi=block"),
        ("news_release=off", "news_release=cpi@2026-12-10T13:30:00.0000000Z"),
    ] {
        let (tight_said, loose_said) = (profile(ID, &[tight]).settings(), profile(ID, &[loose]).settings());
        let said: Vec<_> = tight_said.iter().map(String::as_str).collect();
        check(&[loose], &[tight], Tightens, &said);
        check(&[tight], &[loose], Loosens, &said);
        assert_ne!(tight_said, loose_said);
        check(&[tight], &[tight], Same, &said);
    }
}

#[test]
fn a_change_of_both_kinds_is_split() {
    check(
        &["order_max=2", "act_at=0.9"],
        &["order_max=1", "act_at=1"],
        LimitChange::Both,
        &["order_max=1", "act_at=0.9"],
    );
    check(
        &["personal_daily_loss=500", "personal_daily_loss_action=warn"],
        &["personal_daily_loss=800", "personal_daily_loss_trail=unrealised"],
        LimitChange::Both,
        &[
            "personal_daily_loss=500",
            "personal_daily_loss_trail=unrealised",
            "personal_daily_loss_action=flatten_and_lock",
        ],
    );
    check(&["symbol_blocked=NQ"], &["symbol_blocked=GC"], LimitChange::Both, &["symbol_blocked=GC,NQ"]);
}

#[test]
fn two_kinds_of_trailing_cannot_be_compared_so_the_change_waits() {
    let trailing = |kind| ["personal_daily_loss=500".to_owned(), format!("personal_daily_loss_trail={kind}")];
    for (holds, wanted) in [("realised", "unrealised"), ("unrealised", "realised"), ("unrealised", "fixed")] {
        let (holds, wanted) = (trailing(holds), trailing(wanted));
        let (holds, wanted) = (holds.each_ref().map(String::as_str), wanted.each_ref().map(String::as_str));
        let said = profile(ID, &holds).settings();
        let said: Vec<_> = said.iter().map(String::as_str).collect();
        check(&holds, &wanted, LimitChange::Loosens, &said);
    }
}

#[test]
fn warnings_and_the_way_to_a_payout_are_no_limits() {
    check(&[], &["warn_at=0.95"], LimitChange::Same, &["warn_at=0.95"]);
    let (holds, wanted) =
        (profile("topstep-xfa-50k", &[]), profile("topstep-xfa-50k", &["payout_path=consistency"]));
    assert_eq!((holds.change_to(&wanted), holds.at_once(&wanted)), (LimitChange::Same, wanted));
}

#[test]
fn another_pack_and_other_figures_of_the_account_wait() {
    let holds = profile(ID, &["order_max=1"]);
    for wanted in
        [Profile::new(pack("topstep-combine-100k")), profile(ID, &["eod_balance=50500", "order_max=0.5"])]
    {
        assert_eq!(holds.change_to(&wanted), LimitChange::Loosens);
        assert_eq!(holds.at_once(&wanted), holds);
    }
}

/// Some limits, each there or not.
fn limits() -> impl Strategy<Value = Vec<String>> {
    let lines: Vec<BoxedStrategy<String>> = vec![
        (1_u32..9).prop_map(|it| format!("personal_daily_loss={it}00")).boxed(),
        (1_u32..9).prop_map(|it| format!("personal_daily_profit={it}00")).boxed(),
        (0_u32..9).prop_map(|it| format!("personal_trade_count={it}")).boxed(),
        (1_u32..9).prop_map(|it| format!("order_max={it}")).boxed(),
        (1_u32..9).prop_map(|it| format!("act_at=0.{it}")).boxed(),
        (10_u32..15).prop_map(|it| format!("flat_by={it}:00")).boxed(),
        prop::sample::select(vec!["GC", "NQ", "GC,NQ", "ES"])
            .prop_map(|it| format!("symbol_blocked={it}"))
            .boxed(),
        prop::sample::select(vec!["off", "warn", "block"]).prop_map(|it| format!("overlay.cpi={it}")).boxed(),
        Just("daily_loss=on".to_owned()).boxed(),
    ];
    lines
        .into_iter()
        .map(prop::option::of)
        .collect::<Vec<_>>()
        .prop_map(|it| it.into_iter().flatten().collect())
}

proptest! {
    /// What counts at once lies between what holds and what is wanted: from it both ways only loosen.
    #[test]
    fn what_counts_at_once_is_as_tight_as_both(holds in limits(), wanted in limits()) {
        let of = |lines: &[String]| Profile::with_settings(pack(ID), lines.iter().map(String::as_str)).unwrap();
        let (holds, wanted) = (of(&holds), of(&wanted));
        let now = holds.at_once(&wanted);
        prop_assert!(matches!(holds.change_to(&now), LimitChange::Same | LimitChange::Tightens));
        prop_assert!(matches!(now.change_to(&wanted), LimitChange::Same | LimitChange::Loosens));
        prop_assert!(matches!(now.change_to(&holds), LimitChange::Same | LimitChange::Loosens));
        prop_assert_eq!(now.at_once(&wanted), now.clone());
        prop_assert_eq!(now.at_once(&holds), now);
    }
}
