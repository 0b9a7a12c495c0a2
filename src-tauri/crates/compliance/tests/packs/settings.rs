//! Settings as lines of text: what is taken, what is refused and with which words, and that a profile
//! says itself back.

use phantom_compliance::Profile;
use phantom_compliance::pack::{Effect, TradeCounting};
use phantom_compliance::personal::{LimitAction, LossTrail};
use proptest::prelude::*;

use super::{SHIPPED, minis, pack, profile, refused, usd};

#[test]
fn a_new_profile_is_the_pack_and_nothing_else() {
    for pack in SHIPPED.iter() {
        let new = Profile::new(pack.clone());
        assert_eq!(new.settings(), Vec::<String>::new(), "{}", pack.id());
        let start = pack.program().start_balance;
        assert_eq!((new.account().eod_balance, new.account().start_balance), (start, start));
        assert_eq!(new.account().floor, pack.program().max_loss.first_floor(start));
    }
}

#[test]
fn the_daily_loss_limit_is_an_option_where_the_pack_lets_it_be() {
    assert!(profile("topstep-combine-50k", &[]).daily_limit().is_none());
    let on = profile("topstep-combine-50k", &["daily_loss=on"]);
    assert_eq!(on.daily_limit().unwrap().effective(&on.first_day()), usd("1000"));
    assert!(profile("shape-live-ladder", &[]).daily_limit().is_some());
    assert!(profile("shape-live-ladder", &["daily_loss=off"]).daily_limit().is_none());
    for (id, setting, words) in [
        (
            "shape-never-locks",
            "daily_loss=off",
            "the daily loss limit of shape-never-locks cannot be switched off",
        ),
        (
            "shape-static",
            "daily_loss=on",
            "shape-static has no daily loss limit; personal_daily_loss=AMOUNT is one of your own",
        ),
        ("topstep-combine-50k", "daily_loss=yes", "daily_loss=yes: it must be on or off"),
    ] {
        let said = refused(id, &[setting]);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn the_figures_of_an_account_follow_from_one_another() {
    let found = |id: &str, settings: &[&str]| {
        let account = *profile(id, settings).account();
        [account.eod_balance, account.peak_eod_balance, account.peak_equity, account.floor]
            .map(|it| it.to_string())
    };
    let texts = |rows: [&str; 4]| rows.map(str::to_owned);
    assert_eq!(
        found("topstep-combine-50k", &["eod_balance=51250.75"]),
        texts(["51250.75", "51250.75", "51250.75", "49250.75"])
    );
    assert_eq!(
        found("topstep-combine-50k", &["eod_balance=49000"]),
        texts(["49000.00", "50000.00", "50000.00", "48000.00"])
    );
    // In any order: the peak came before the balance of now.
    let settings = ["peak_eod_balance=52500", "eod_balance=51000"];
    assert_eq!(
        found("topstep-combine-50k", &settings),
        texts(["51000.00", "52500.00", "52500.00", "50000.00"])
    );
    assert_eq!(
        found("shape-intraday-trailing", &["eod_balance=50500", "peak_equity=51900"]),
        texts(["50500.00", "50500.00", "51900.00", "49900.00"])
    );
    assert_eq!(
        found("topstep-xfa-50k", &["eod_balance=900", "payouts=1"]),
        texts(["900.00", "900.00", "900.00", "0.00"])
    );
    assert_eq!(
        found("topstep-combine-50k", &["floor=49000"]),
        texts(["50000.00", "50000.00", "50000.00", "49000.00"])
    );
    assert_eq!(
        found("shape-static", &["start_balance=100000"]),
        texts(["100000.00", "100000.00", "100000.00", "98000.00"])
    );
}

#[test]
fn figures_that_cannot_be_are_refused() {
    for (settings, words) in [
        (
            &["eod_balance=48000"][..],
            "the balance 48000.00 would be at or below the floor 48000.00: the account has ended",
        ),
        (&["floor=47000"], "must not be below 48000.00, the first floor: a floor never falls"),
        (&["floor=50000"], "the account has ended"),
        (&["eod_balance=51000", "peak_eod_balance=50500"], "must not be below 51000.00, eod_balance"),
        (&["peak_eod_balance=51500", "peak_equity=51000"], "must not be below 51500.00, peak_eod_balance"),
        (&["eod_balance=fifty"], "eod_balance=fifty: it must be an amount of US dollars"),
        (&["best_day=-1"], "not below zero"),
        (&["trading_days=1.5"], "a whole number"),
        (&["payouts=-1"], "a whole number"),
    ] {
        let said = refused("topstep-combine-50k", settings);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn personal_limits_are_set_line_by_line() {
    let own = profile(
        "topstep-combine-50k",
        &[
            "personal_daily_loss=500",
            "personal_daily_loss_trail=unrealised",
            "personal_daily_loss_action=flatten",
            "personal_daily_profit=750",
            "personal_daily_profit_action=warn",
            "personal_trade_count=6",
            "personal_trade_counting=entries_and_exits",
            "personal_position_max=1.5",
            "order_max=1",
            "flat_by=14:55",
            "flatten_before_min=10",
            "symbol_blocked=NQ, ENQ,MNQ",
            "price_collar_ticks=40",
            "act_at=0.9",
            "warn_at=0.6,0.8",
            "worst_case=warn",
        ],
    );
    let limits = own.personal();
    let loss = limits.daily_loss.unwrap();
    assert_eq!(
        (loss.amount, loss.trail, loss.action),
        (usd("500"), LossTrail::Unrealised, LimitAction::Flatten)
    );
    let target = limits.daily_profit.unwrap();
    assert_eq!((target.amount, target.action), (usd("750"), LimitAction::Warn));
    let trades = limits.trades.unwrap();
    assert_eq!((trades.max, trades.counting), (6, TradeCounting::EntriesAndExits));
    assert_eq!((limits.position_max, limits.order_max), (Some(minis("1.5")), Some(minis("1"))));
    assert_eq!(limits.blocked.iter().map(String::as_str).collect::<Vec<_>>(), ["MNQ", "NQ"]);
    assert_eq!((limits.price_collar_ticks, limits.worst_case), (Some(40), Effect::Warn));
    assert_eq!(own.acts_at(usd("2000")), usd("1800"));
    assert_eq!(limits.warn_at.iter().map(ToString::to_string).collect::<Vec<_>>(), ["60 %", "80 %"]);
}

#[test]
fn pdll_t19_and_t21_fixed_and_trailing_lines() {
    let line = |settings: &[&str], peak: &str| {
        profile("topstep-combine-50k", settings).personal().daily_loss.unwrap().line(usd(peak)).to_string()
    };
    assert_eq!(line(&["personal_daily_loss=500"], "50000"), "49500.00");
    assert_eq!(line(&["personal_daily_loss=500", "personal_daily_loss_trail=realised"], "51200"), "50700.00");
}

#[test]
fn defaults_lock_block_and_count_entries_only() {
    let own = profile(
        "topstep-combine-50k",
        &["personal_daily_loss=500", "personal_daily_profit=500", "personal_trade_count=3"],
    );
    let limits = own.personal();
    assert_eq!(limits.daily_loss.unwrap().action, LimitAction::FlattenAndLock);
    assert_eq!(limits.daily_profit.unwrap().action, LimitAction::FlattenAndLock);
    assert_eq!(limits.trades.unwrap().counting, TradeCounting::Entries);
    assert_eq!(limits.worst_case, Effect::Block);
    assert_eq!(limits.warn_at.iter().map(ToString::to_string).collect::<Vec<_>>(), ["50 %", "75 %", "90 %"]);
}

#[test]
fn what_is_not_taken_is_told_what_would_be() {
    for (setting, words) in [
        ("personal_daily_loss", "\"personal_daily_loss\" is not KEY=VALUE, such as personal_daily_loss=500"),
        (
            "personal_daly_loss=5",
            "no setting \"personal_daly_loss\"; there are: daily_loss, payout_path, start_balance, ",
        ),
        ("overlay.fomc=warn", "no setting \"overlay.fomc\"; there are: "),
        ("overlay.cpi=maybe", "overlay.cpi=maybe: it must be off, warn or block"),
        (
            "personal_daily_loss=0",
            "personal_daily_loss=0: it must be an amount of US dollars above zero, or off",
        ),
        ("personal_daily_loss=1e3", "an amount of US dollars above zero"),
        ("personal_daily_loss_action=lock", "it must be warn, flatten or flatten_and_lock"),
        ("personal_daily_loss_trail=fixed", "needs personal_daily_loss=AMOUNT"),
        ("personal_trade_count=three", "a whole number of trades"),
        ("order_max=0", "a size in minis such as 5 or 0.5, or off"),
        ("flat_by=15:11", "must not be after 15:10 in Chicago"),
        ("flat_by=3pm", "a time in Chicago such as 15:00, or off"),
        ("flatten_before_min=481", "a whole number of minutes from 0 to 480"),
        ("symbol_blocked=NQX", "no instrument \"NQX\""),
        ("price_collar_ticks=0", "a whole number of ticks from 1"),
        ("act_at=1.1", "above 0 and at most 1"),
        ("act_at=0", "above 0 and at most 1"),
        ("warn_at=0.9,0.5", "ascending shares such as 0.5,0.75,0.9"),
        ("worst_case=off", "warn or block"),
        ("payout_path=standard", "topstep-combine-50k has no payouts"),
    ] {
        let said = refused("topstep-combine-50k", &[setting]);
        assert!(said.contains(words), "{words:?} is not in {said:?}");
    }
    assert!(
        refused("topstep-combine-50k", &["daily_loss=on", "daily_loss=off"])
            .contains("daily_loss is given twice")
    );
    assert!(refused("topstep-xfa-50k", &["payout_path=fast"]).contains("there are: standard, consistency"));
    assert_eq!(
        profile("topstep-xfa-50k", &["payout_path=consistency"]).payout_path().unwrap().trading_days_min,
        3
    );
}

#[test]
fn a_setting_that_is_refused_changes_nothing() {
    let before = profile("topstep-combine-50k", &["personal_daily_loss=500"]);
    let copy = before.clone();
    assert!(before.set(["order_max=2", "act_at=2"]).is_err());
    assert_eq!(before, copy);
    let after = before.set(["order_max=2", "personal_daily_loss=off"]).unwrap();
    assert_eq!(after.settings(), ["order_max=2"]);
}

#[test]
fn every_setting_has_a_form_and_a_value() {
    for pack in SHIPPED.iter() {
        let all = Profile::new(pack.clone()).all_settings();
        assert!(all.len() >= 27, "{}", pack.id());
        assert!(all.iter().all(|it| !it.key.is_empty() && !it.right.is_empty() && !it.value.is_empty()));
    }
}

#[test]
fn the_page_on_rule_packs_names_every_setting_and_every_key_of_the_shipped_files() {
    let page = include_str!("../../../../../docs/rule-packs.md");
    let named = |word: &str| page.contains(&format!("`{word}`"));
    for setting in profile("topstep-xfa-50k", &[]).all_settings() {
        let key = if setting.key.starts_with("overlay.") { "overlay.ID" } else { setting.key.as_str() };
        assert!(named(key), "{key} is not on the page");
    }
    for file in [include_str!("../../data/packs/topstep.toml"), include_str!("../../data/packs/shapes.toml")]
    {
        let keys = file.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key.trim());
        for key in keys.filter(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')) {
            assert!(named(key) || named(&format!("[firm.{key}]")), "{key} is not on the page");
        }
    }
}

/// Lines that go together, each there or not.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let money = (1_i64..9_999, 0_i64..10_000).prop_map(|(dollars, rest)| format!("{dollars}.{rest:04}"));
    let maybe = |line: BoxedStrategy<String>| prop::option::of(line);
    (
        maybe(money.clone().prop_map(|it| format!("personal_daily_loss={it}")).boxed()),
        maybe(money.clone().prop_map(|it| format!("personal_daily_profit={it}")).boxed()),
        maybe((0_i64..100_000).prop_map(|it| format!("eod_balance={}", 50_000 + it)).boxed()),
        maybe((0_u32..50).prop_map(|it| format!("personal_trade_count={it}")).boxed()),
        maybe(
            (1_i64..9_000).prop_map(|it| format!("order_max={}", rust_decimal::Decimal::new(it, 3))).boxed(),
        ),
        maybe((0_u32..24, 0_u32..60).prop_map(|(h, m)| format!("flat_by={:02}:{m:02}", h.min(14))).boxed()),
        maybe(
            (1_i64..=10_000).prop_map(|it| format!("act_at={}", rust_decimal::Decimal::new(it, 4))).boxed(),
        ),
        maybe(Just("symbol_blocked=GC,NQ".to_owned()).boxed()),
        maybe(Just("overlay.cpi=block".to_owned()).boxed()),
        maybe(
            (0_i64..2_000_000_000)
                .prop_map(|it| {
                    let at = jiff::Timestamp::from_second(1_767_225_600 + it / 40).unwrap();
                    format!("news_release=cpi@{at}")
                })
                .boxed(),
        ),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| {
            [a, b, c, d, e, f, g, h, i, j].into_iter().flatten().collect()
        })
}

proptest! {
    #[test]
    fn a_profile_says_itself_back(mut lines in lines(), turned: bool) {
        if turned {
            lines.reverse();
        }
        let pack = pack("topstep-combine-50k");
        let made = Profile::with_settings(pack.clone(), lines.iter().map(String::as_str)).unwrap();
        let said = made.settings();
        let again = Profile::with_settings(pack, said.iter().map(String::as_str)).unwrap();
        prop_assert_eq!(&again, &made);
        prop_assert_eq!(again.settings(), said);
    }
}
