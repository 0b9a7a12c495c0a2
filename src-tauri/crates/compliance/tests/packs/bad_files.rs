//! A file of packs that is not right says where, and what would be. What is missing or wrong is never
//! taken for something else.

use std::io::Write;
use std::path::Path;

use phantom_compliance::{Pack, PackFault};
use proptest::prelude::*;

const TOPSTEP: &str = include_str!("../../data/packs/topstep.toml");
const SHAPES: &str = include_str!("../../data/packs/shapes.toml");

/// What is said of a file once `from` is `to`, after `own.toml:LINE: `, and whether LINE is where
/// `to` stands.
fn check(text: &str, from: &str, to: &str, words: &str) {
    let at = text.find(from).unwrap_or_else(|| panic!("{from:?} is not in the file"));
    let changed = text.replacen(from, to, 1);
    let fault = Pack::from_toml("own.toml", &changed).unwrap_err();
    let PackFault::Wrong { file, line, what } = fault else { panic!("{fault:?}") };
    assert_eq!(file, "own.toml");
    assert!(what.contains(words), "{words:?} is not in {what:?}");
    let (first, last) =
        (1 + text[..at].matches('\n').count(), 1 + text[..at + from.len()].matches('\n').count());
    assert!((first..=last).contains(&line), "line {line} is not {first} to {last}: {what}");
}

#[test]
fn a_key_that_is_not_known_is_wrong_and_the_known_ones_are_named() {
    check(
        TOPSTEP,
        "trading_days_min = 2",
        "trading_day_min = 2",
        "\"trading_day_min\" is not known here; there are: ",
    );
    check(TOPSTEP, "oversize_grace_s = 10", "oversize_grace = 10", "oversize_grace_s");
    check(TOPSTEP, "[firm.limit_zone]", "[firm.limitzone]", "\"limitzone\" is not known here");
    check(
        SHAPES,
        "kind = \"none\" }",
        "kind = \"none\", amount = \"5\" }",
        "\"amount\" is not known here; there are: kind",
    );
}

#[test]
fn what_is_missing_is_named_with_what_is_there() {
    let without = TOPSTEP.replacen("flat_by = \"15:10\"\n", "", 1);
    assert!(Pack::from_toml("own.toml", &without).unwrap()[0].firm().times.flat_by.is_none(), "it may be");
    let misspelt = TOPSTEP.replacen("hedging = ", "hedgeing = ", 1);
    let said = Pack::from_toml("own.toml", &misspelt).unwrap_err().to_string();
    assert!(said.contains("firm: hedging is missing among ") && said.contains("hedgeing"), "{said}");
    for (text, words) in [
        ("", "schema_version is missing"),
        ("schema_version = 1", "at least one [[source]] is missing"),
        ("schema_version = 2", "layout 2 is not known; this program reads layout 1"),
        ("schema_version = \"1\"", "must be a whole number"),
        ("a = [", "this is no TOML"),
    ] {
        let said = Pack::from_toml("own.toml", text).unwrap_err().to_string();
        assert!(said.starts_with("own.toml:1: ") && said.contains(words), "{said}");
    }
    let (head, _) = TOPSTEP.split_once("[[program]]").unwrap();
    let said = Pack::from_toml("own.toml", head).unwrap_err().to_string();
    assert!(said.contains("at least one [[program]] is missing"), "{said}");
}

#[test]
fn amounts_are_exact_text() {
    for (to, words) in [
        ("profit_target = 3000", "must be text: put it in quotes"),
        ("profit_target = 3000.5", "must be text: put it in quotes"),
        ("profit_target = \"3,000\"", "is not an amount of US dollars"),
        ("profit_target = \"3e3\"", "is not an amount of US dollars"),
        ("profit_target = \"1.00001\"", "at most four decimals"),
        ("profit_target = \"0\"", "must be above zero"),
        ("profit_target = \"-3000\"", "must be above zero"),
        ("profit_target = \"1000000001\"", "is not an amount of US dollars"),
        ("profit_target = true", "must be text in quotes"),
    ] {
        check(TOPSTEP, "profit_target = \"3000\"", to, words);
    }
}

#[test]
fn words_and_numbers_outside_their_lists_are_wrong() {
    for (from, to, words) in [
        (
            "kind = \"eod_trailing\"",
            "kind = \"trailing\"",
            "there are: \"eod_trailing\", \"intraday_trailing\", \"static\"",
        ),
        ("stage = \"evaluation\"", "stage = \"test\"", "there are: \"evaluation\", \"funded\""),
        ("shares = [\"0.55\"]", "shares = [\"1.5\"]", "must not be above 1"),
        ("shares = [\"0.55\"]", "shares = [\"0\"]", "is not a share such as \"0.55\""),
        ("shares = [\"0.55\"]", "shares = []", "is empty"),
        ("trading_days_min = 2", "trading_days_min = -2", "must be a whole number from 0 to 365"),
        ("checked_on = \"2026-10-03\"", "checked_on = \"2026-02-30\"", "is not a date such as"),
        ("flat_by = \"15:10\"", "flat_by = \"3:10 pm\"", "is not a time such as \"15:10\""),
        (
            "zone = \"America/Chicago\"",
            "zone = \"UTC\"",
            "there are: \"America/Chicago\", \"America/New_York\"",
        ),
        ("id = \"topstep-combine-50k\"", "id = \"Topstep Combine\"", "an id of small letters, digits and -"),
        ("title = \"Topstep Trading Combine 50K\"", "title = \" \"", "is empty"),
        ("minis = \"5\" }", "minis = \"0.0005\" }", "is not a size in minis"),
        ("minis = \"5\" }", "minis = \"0\" }", "is not a size in minis"),
    ] {
        check(TOPSTEP, from, to, words);
    }
}

#[test]
fn times_must_fit_the_trading_day_and_one_another() {
    for (from, to, words) in [
        (
            "day_start = \"17:00\"",
            "day_start = \"18:00\"",
            "must be 17:00 in America/Chicago or 18:00 in America/New_York",
        ),
        (
            "no_new_entries_from = \"15:08\"",
            "no_new_entries_from = \"15:11\"",
            "must not be after flat_by, 15:10 in Chicago",
        ),
        ("flat_by = \"15:10\"", "flat_by = \"17:00\"", "must be before the trading day's end"),
        (
            "resume = \"17:00\"",
            "resume = \"16:30\"",
            "must be at the trading day's begin or later that evening",
        ),
        ("offset_min = 15", "offset_min = 1000", "must be a whole number from 0 to 240"),
    ] {
        check(TOPSTEP, from, to, words);
    }
    check(SHAPES, "day_start = \"18:00\"", "day_start = \"17:00\"", "18:00 in America/New_York");
    check(
        SHAPES,
        "no_new_entries_from = \"16:55\"",
        "no_new_entries_from = \"17:00\"",
        "must not be after flat_by, 15:59",
    );
}

#[test]
fn roots_must_be_known_and_none_twice() {
    check(
        TOPSTEP,
        "\"ES\", \"MES\", \"NQ\"",
        "\"ES\", \"ENQ\", \"NQ\"",
        "\"ENQ\" is no product that is known here; there are: 6A",
    );
    check(TOPSTEP, "\"ES\", \"MES\", \"NQ\"", "\"ES\", \"ES\", \"NQ\"", "ES is here twice");
    check(TOPSTEP, "exceptions = { SIL = \"0.2\"", "exceptions = { SLI = \"0.2\"", "\"SLI\" is no product");
    check(
        TOPSTEP,
        "exceptions = { SIL = \"0.2\"",
        "exceptions = { SIL = \"0.00001\"",
        "is not a weight in minis",
    );
    check(TOPSTEP, "contract_caps = { CL = 3", "contract_caps = { XX = 3", "\"XX\" is no product");
    check(TOPSTEP, "micros_per_mini = 10", "micros_per_mini = 3", "must divide 1000");
    check(SHAPES, "products = \"all\"", "products = []", "name products, or write \"all\"");
    check(SHAPES, "products = \"all\"", "products = \"some\"", "must be a list of roots");
}

#[test]
fn ladders_and_tiers_must_ascend_and_end() {
    for (from, to, words) in [
        (
            "{ up_to = \"2000\", minis = \"3\" }",
            "{ up_to = \"1500\", minis = \"3\" }",
            "it must be above 1500.00",
        ),
        ("{ up_to = \"2000\", minis = \"3\" }", "{ up_to = \"2000\", minis = \"1\" }", "rungs must ascend"),
        (
            "{ up_to = \"2000\", minis = \"3\" }",
            "{ up_to = \"2000\", below = \"1\", minis = \"3\" }",
            "exactly one of below, up_to and above",
        ),
        (
            "{ above = \"2000\", minis = \"5\" }",
            "{ above = \"2500\", minis = \"5\" }",
            "must be the bound of the rung before it: 2000.00",
        ),
    ] {
        check(TOPSTEP, from, to, words);
    }
    check(SHAPES, "below = \"53000\"", "below = \"51500\"", "tiers must ascend: it must be above 51500.00");
    // What is wrong with a list as a whole is told where the list begins.
    for (text, from, to, words) in [
        (
            TOPSTEP,
            "{ above = \"2000\", minis = \"5\" }",
            "{ up_to = \"2500\", minis = \"5\" }",
            "the last rung must be \"above\"",
        ),
        (
            SHAPES,
            "{ limit = \"3000\" }",
            "{ below = \"54000\", limit = \"3000\" }",
            "the last tier must have no \"below\"",
        ),
        (SHAPES, "{ below = \"53000\", limit", "{ limit", "comes after the tier without an end"),
    ] {
        let said = Pack::from_toml("own.toml", &text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn rules_must_go_together() {
    for (text, from, to, words) in [
        (
            SHAPES,
            "kind = \"static\", distance = \"2000\",",
            "kind = \"static\", distance = \"2000\", locks_at = \"start\",",
            "a static floor does not move",
        ),
        (TOPSTEP, "locks_at = \"start\", severity", "severity", "locks_at is missing"),
        (
            TOPSTEP,
            "locks_at = \"start\"",
            "locks_at = \"47999\"",
            "must not be below the first floor, 48000.00",
        ),
        (
            TOPSTEP,
            "locks_at = \"start\"",
            "locks_at = \"start+0\"",
            "\"never\", \"start\", \"start+100\" or an amount",
        ),
        (
            TOPSTEP,
            "on_first_payout = \"0\"",
            "on_first_payout = \"-2001\"",
            "must not be below the first floor, -2000.00",
        ),
        (TOPSTEP, "scope = \"account\"", "scope = \"payout_cycle\", extra = 1", "\"extra\" is not known"),
        (
            SHAPES,
            "scope = \"payout_cycle\"",
            "scope = \"account\"",
            "must be \"payout_cycle\" where the share changes",
        ),
        (TOPSTEP, "width = \"0.02\"", "width = \"0.08\"", "must be below equity_limit, 7 %"),
        (SHAPES, "exits_reserve = \"0.5\"", "exits_reserve = \"1\"", "no entry can ever be sent"),
        (SHAPES, "per_second = 10", "per_second = 200", "must not be above per_minute, 120"),
        (
            SHAPES,
            "id = \"shape-static\"",
            "id = \"static\"",
            "begins with \"shape-\" exactly where kind is \"exercise\"",
        ),
        (
            TOPSTEP,
            "id = \"topstep-combine-50k\"",
            "id = \"shape-combine-50k\"",
            "begins with \"shape-\" exactly",
        ),
    ] {
        check(text, from, to, words);
    }
    let twice = TOPSTEP.replacen("id = \"topstep-combine-100k\"", "id = \"topstep-combine-50k\"", 1);
    let said = Pack::from_toml("own.toml", &twice).unwrap_err().to_string();
    assert!(said.contains("the id \"topstep-combine-50k\" is here twice"), "{said}");
    let no_target = TOPSTEP.replacen("profit_target = \"3000\"\n", "", 1);
    let said = Pack::from_toml("own.toml", &no_target).unwrap_err().to_string();
    assert!(said.contains("program[0].consistency: needs a profit_target"), "{said}");
}

#[test]
fn overlays_must_name_programs_of_the_file_and_end() {
    check(
        SHAPES,
        "valid_through = \"2027-12-31\"",
        "valid_through = \"2026-11-26\"",
        "must not be before checked_on, 2026-11-27",
    );
    check(SHAPES, "at = \"2026-12-10T07:30\"", "at = \"10.12.2026\"", "is not a moment such as");
    check(
        SHAPES,
        "{ action = \"must_be_flat\" }",
        "{ roots = [\"GC\"], action = \"must_be_flat\" }",
        "another part names already",
    );
    check(
        SHAPES,
        "action = \"contracts_max\", contracts = 3",
        "action = \"contracts_max\"",
        "contracts is missing",
    );
    for (from, to, words) in [
        (
            "programs = [\"shape-news\"]",
            "programs = [\"shape-new\"]",
            "no program \"shape-new\" in this file",
        ),
        (
            "[overlay.news]",
            "contract_caps = { ES = 1 }\n[overlay.news]",
            "exactly one of news and contract_caps",
        ),
    ] {
        let said = Pack::from_toml("own.toml", &SHAPES.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn g_14_a_file_that_is_missing_or_too_long_is_a_fault() {
    let said = Pack::load(Path::new("there/is/none.toml")).unwrap_err().to_string();
    assert!(said.starts_with("there/is/none.toml: cannot be read: "), "{said}");
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all("# long\n".repeat(150_000).as_bytes()).unwrap();
    let said = Pack::load(file.path()).unwrap_err().to_string();
    assert!(said.contains("it has 1050000 bytes, a rule pack at most 1000000"), "{said}");
    file.as_file().set_len(0).unwrap();
    file.write_all(&[0xff, 0xfe]).unwrap();
    assert!(matches!(Pack::load(file.path()), Err(PackFault::Unreadable { .. })), "no text");
}

#[test]
fn a_file_of_ones_own_is_named_by_its_path_and_a_program_of_several_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let several = write("topstep.toml", TOPSTEP);
    let one = write("plain.toml", include_str!("../../data/packs/shapes-plain.toml"));
    assert_eq!(Pack::named(&one).unwrap().id(), "shape-micros-are-minis");
    assert_eq!(Pack::named(&format!("{several}#topstep-xfa-100k")).unwrap().id(), "topstep-xfa-100k");
    let said = Pack::named(&several).unwrap_err().to_string();
    let right = format!("has several programs; name one, such as {several}#topstep-combine-50k");
    assert_eq!(said, format!("{several} {right}"));
    let said = Pack::named(&format!("{several}#none")).unwrap_err().to_string();
    assert!(said.contains("no rule pack named \"none\"; there are: topstep-combine-50k"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is cut out of a file or put into it, it is taken whole or told where it is wrong.
    #[test]
    fn a_damaged_file_is_read_or_told_its_line(
        at in 0..SHAPES.len(), length in 0_usize..40, put in "[ -~\\n]{0,8}"
    ) {
        let end = (at + length).min(SHAPES.len());
        prop_assume!(SHAPES.is_char_boundary(at) && SHAPES.is_char_boundary(end));
        let damaged = format!("{}{put}{}", &SHAPES[..at], &SHAPES[end..]);
        match Pack::from_toml("own.toml", &damaged) {
            Ok(packs) => prop_assert!(!packs.is_empty()),
            Err(PackFault::Wrong { line, what, .. }) => {
                prop_assert!((1..=damaged.lines().count() + 1).contains(&line) && !what.is_empty());
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
