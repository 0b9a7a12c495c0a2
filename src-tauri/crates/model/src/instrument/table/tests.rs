//! Checks of the built-in table, of what a faulty table says, and of finding symbols.

use super::*;
use crate::Money;
use crate::instrument::{LastTradeRule, MiniWeight, RollRule, Verification};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::LazyLock;

fn built_in() -> &'static InstrumentTable {
    static TABLE: LazyLock<InstrumentTable> = LazyLock::new(|| InstrumentTable::built_in().unwrap());
    &TABLE
}

/// The error of the built-in table with the first `old` after the row of `root` made `new`.
fn fault(root: &str, old: &str, new: &str) -> TableError {
    let (before, row) = BUILT_IN.split_at(BUILT_IN.find(&format!("\nroot = \"{root}\"")).unwrap());
    let text = format!("{before}{}", row.replacen(old, new, 1));
    assert_ne!(text, BUILT_IN, "{old:?} is not in the row of {root}");
    InstrumentTable::from_toml(&text).unwrap_err()
}

#[test]
fn every_row_holds_the_identity_of_tick_size_point_value_and_tick_value() {
    let table = built_in();
    assert_eq!((table.iter().len(), table.as_of().to_string()), (37, "2026-11-22".to_owned()));
    for row in table.iter() {
        let product = row.grid().tick_size() * row.point_value();
        assert_eq!(row.tick_value().decimal(), product, "{row}");
    }
}

#[test]
fn a_row_carries_what_the_file_says() {
    let table = built_in();
    let silver = table.resolve("SIL").unwrap();
    assert_eq!((silver.name(), silver.exchange().word()), ("Micro Silver (1,000 oz)", "COMEX"));
    assert_eq!((silver.group().word(), silver.session()), ("metals", "globex_metals"));
    assert_eq!(
        (silver.grid().tick_size().to_string(), silver.tick_value()),
        ("0.005".into(), Money::from_units(50_000))
    );
    assert_eq!(
        (silver.listed_months().to_string(), silver.active_months().to_string()),
        ("FHKNUZ".into(), "HKNUZ".into())
    );
    assert_eq!(
        (silver.micro_of(), silver.micros_per_mini(), silver.hedge_group()),
        (Some("SI"), Some(5), "SI")
    );
    assert_eq!(
        (silver.last_trade_rule(), silver.roll_rule()),
        (LastTradeRule::Metals, RollRule::MetalsVolume)
    );
    assert_eq!(
        (silver.ninjatrader_root(), silver.tradovate_root(), silver.projectx_root()),
        ("SIL", "SIL", Some("SIL"))
    );
    assert_eq!((silver.topstep_permitted(), silver.mini_weight().thousandths()), (true, 200));
    assert_eq!(silver.topstepx_fee_round_turn(), Some(Money::from_units(27_200)));
    assert_eq!(silver.verified(), Verification::Full);

    let bitcoin = table.resolve("BTC").unwrap();
    assert_eq!((bitcoin.topstep_permitted(), bitcoin.mini_weight()), (false, MiniWeight::ONE));
    assert_eq!((bitcoin.micro_of(), bitcoin.micros_per_mini(), bitcoin.projectx_root()), (None, None, None));
    assert_eq!((bitcoin.topstepx_fee_round_turn(), bitcoin.verified()), (None, Verification::SingleSource));
}

#[test]
fn roots_and_aliases_resolve_as_a_whole_and_letter_for_letter() {
    let table = built_in();
    for row in table.iter() {
        assert_eq!(table.resolve(row.root()), Some(row));
        for alias in row.aliases() {
            assert_eq!(table.resolve(alias), Some(row), "{alias}");
        }
    }
    let pairs = [
        ("ENQ", "NQ"),
        ("@NQ", "NQ"),
        ("EP", "ES"),
        ("@ES", "ES"),
        ("MEP", "MES"),
        ("GCE", "GC"),
        ("CLE", "CL"),
        ("MCLE", "MCL"),
        ("NGE", "NG"),
        ("MNGE", "MNG"),
        ("SIE", "SI"),
        ("CPE", "HG"),
        ("USA", "ZB"),
        ("TYA", "ZN"),
        ("FVA", "ZF"),
        ("TUA", "ZT"),
        ("TNA", "TN"),
        ("ULA", "UB"),
        ("EU6", "6E"),
        ("JY6", "6J"),
        ("BP6", "6B"),
        ("DA6", "6A"),
        ("CA6", "6C"),
        ("SF6", "6S"),
        ("EEU", "E7"),
        ("GMET", "MET"),
        ("MNQ", "MNQ"),
        ("SIL", "SIL"),
    ];
    for (symbol, root) in pairs {
        assert_eq!(table.resolve(symbol).map(|row| row.root()), Some(root), "{symbol}");
    }
    for symbol in
        ["", " ", "NQM", "NQG", "enq", "nq", "NQ ", " NQ", "NQZ6", "NQ 12-26", "@", "N", "ESS", "@GC"]
    {
        assert_eq!(table.resolve(symbol), None, "{symbol:?}");
    }
}

#[test]
fn a_suggestion_is_a_known_symbol_in_other_clothes() {
    let table = built_in();
    for (text, root) in [
        ("nq", Some("NQ")),
        (" NQ\t", Some("NQ")),
        ("enq", Some("NQ")),
        ("Mnq", Some("MNQ")),
        ("@es", Some("ES")),
        ("NQ 12-26", Some("NQ")),
        ("nqz6", Some("NQ")),
        ("MNQZ26", Some("MNQ")),
        ("SILZ6", Some("SIL")),
        ("NQM", None),
        ("NQM126", None),
        ("NQ12", None),
        ("6", None),
        ("", None),
        ("TSLA", None),
    ] {
        assert_eq!(table.suggest(text).map(|row| row.root()), root, "{text:?}");
    }
}

/// For a row: a text in it, what stands there instead, and what the table then says of the row.
fn check_faults(root: &str, faults: &[(&str, &str, &str)]) {
    for (old, new, message) in faults {
        assert_eq!(fault(root, old, new).to_string(), format!("instrument {root:?}, {message}"));
    }
}

#[test]
fn a_figure_that_is_wrong_is_named_with_its_instrument_and_field() {
    check_faults(
        "ES",
        &[
            (r#""12.5""#, r#""12.50001""#, "tick_value: must be 12.5, the tick size times the point value"),
            (r#""12.5""#, r#""""#, r#"tick_value: "" is no exact decimal above zero"#),
            (r#""0.25""#, r#""0,25""#, r#"tick_size: "0,25" is no exact decimal above zero"#),
            (r#""0.25""#, r#""0.0000000001""#, "tick_size: 0.0000000001 is no tick size"),
            (r#""50""#, r#""-50""#, r#"point_value: "-50" is no exact decimal above zero"#),
            (r#""50""#, r#""5e1""#, r#"point_value: "5e1" is no exact decimal above zero"#),
        ],
    );
    check_faults(
        "MNQ",
        &[
            (r#""0.1""#, r#""0.0001""#, "topstep_weight: 0.0001 is no whole count of thousandths"),
            (
                r#""1.22""#,
                r#""1.00001""#,
                "topstepx_fee_rt: 1.00001 is no amount of US dollars that fits here",
            ),
            (r#""1.22""#, r#""0""#, r#"topstepx_fee_rt: "0" is no exact decimal above zero"#),
            ("mini = 10", "mini = 20", "micros_per_mini: must be 10, the ratio of the point values"),
            ("micros_per_mini = 10\n", "", "micros_per_mini: must be given for a micro and for nothing else"),
        ],
    );
}

#[test]
fn a_tick_value_that_could_overflow_a_profit_is_refused() {
    let old = "tick_value = \"12.5\"\npoint_value = \"50\"";
    let new = "tick_value = \"125\"\npoint_value = \"500\"";
    check_faults("ES", &[(old, new, "tick_value: 125 is no amount of US dollars that fits here")]);
}

#[test]
fn a_word_that_is_not_on_its_list_is_named_with_its_instrument_and_field() {
    check_faults(
        "NQ",
        &[
            (r#""CME""#, r#""LME""#, r#"exchange: "LME" is not known here"#),
            ("equity_index", "tulips", r#"group: "tulips" is not known here"#),
            (r#""USD""#, r#""EUR""#, r#"currency: "EUR" is not known here"#),
            ("globex_equity", "globex_moon", r#"session: "globex_moon" is not known here"#),
            ("3rd_friday_0830", "4th_friday", r#"last_trade: "4th_friday" is not known here"#),
            ("equity_roll", "moon_roll", r#"roll: "moon_roll" is not known here"#),
            ("equity_roll", "volume_roll", r#"roll: "volume_roll" is not known here"#),
            (r#"p = "NQ""#, r#"p = "QQ""#, r#"hedge_group: "QQ" is not known here"#),
            (r#""full""#, r#""sure""#, r#"verified: "sure" is not known here"#),
            (r#""E-mini Nasdaq-100""#, r#"" ""#, "name: is empty"),
            (
                r#"months = "HMUZ""#,
                r#"months = "HMUA""#,
                r#"months: "HMUA" are no month letters in calendar order"#,
            ),
            (
                r#"e_months = "HMUZ""#,
                r#"e_months = "HMNZ""#,
                "active_months: HMNZ are not all in the listed HMUZ",
            ),
        ],
    );
    check_faults(
        "MNQ",
        &[
            (r#"micro_of = "NQ""#, r#"micro_of = "QQ""#, r#"micro_of: "QQ" is not known here"#),
            (r#"p = "NQ""#, r#"p = "ES""#, r#"hedge_group: "ES" is not known here"#),
        ],
    );
}

#[test]
fn a_symbol_means_one_instrument_only() {
    check_faults(
        "NQ",
        &[
            (r#""@NQ""#, r#""MES""#, r#"aliases: "MES" already means MES"#),
            (r#""@NQ""#, r#""EP""#, r#"aliases: "EP" already means ES"#),
            (r#""@NQ""#, r#""NQ""#, r#"aliases: "NQ" already means NQ"#),
            (r#""@NQ""#, r#""@@NQ""#, r#"aliases: "@@NQ" is no symbol"#),
            (
                r#"ninjatrader = "NQ""#,
                r#"ninjatrader = "NDX""#,
                r#"ninjatrader: "NDX" is neither its root nor an alias"#,
            ),
        ],
    );
    // The later of two rows has the fault; for ProjectX, where both are at fault, the first.
    let alias_before_root = fault("NQ", r#""@NQ""#, r#""MNQ""#).to_string();
    assert_eq!(alias_before_root, r#"instrument "MNQ", root: "MNQ" already means NQ"#);
    let same_projectx = fault("NQ", r#"projectx = "ENQ""#, r#"projectx = "EP""#).to_string();
    assert_eq!(same_projectx, r#"instrument "ES", projectx: "EP" already means NQ"#);
    let small_letters = fault("NQ", r#"root = "NQ""#, r#"root = "nq""#).to_string();
    assert_eq!(small_letters, r#"instrument "nq", root: "nq" is no symbol"#);
}

#[test]
fn a_root_has_one_row_only() {
    let row = BUILT_IN.rsplit("[[instrument]]").next().unwrap();
    let error = InstrumentTable::from_toml(&format!("{BUILT_IN}\n[[instrument]]{row}")).unwrap_err();
    assert_eq!(error.to_string(), r#"instrument "MET", root: "MET" already means MET"#);
}

#[test]
fn rows_and_the_list_of_permitted_roots_agree() {
    let message = "topstep_permitted: the list of permitted roots says otherwise";
    check_faults("MNQ", &[("permitted = true", "permitted = false", message)]);
    check_faults("BTC", &[("permitted = false", "permitted = true", message)]);
}

#[test]
fn a_table_of_another_shape_is_refused() {
    let table = |old, new| InstrumentTable::from_toml(&BUILT_IN.replacen(old, new, 1)).unwrap_err();
    assert_eq!(table("schema_version = 1", "schema_version = 2"), TableError::Layout { found: 2 });
    assert_eq!(table("as_of = \"2026-11-22\"", "as_of = \"soon\""), TableError::AsOf("soon".into()));
    assert_eq!(table("America/Chicago", "UTC"), TableError::TimeZone("UTC".into()));
    for (old, new) in [
        ("\n[[instrument]]", "\n[[instruments]]"),
        ("verified = \"full\"", "verfied = \"full\""),
        ("root = \"ES\"", "root = ES"),
    ] {
        assert!(matches!(table(old, new), TableError::Unreadable(_)), "{new}");
    }
    assert!(matches!(fault("ES", "currency", "colour = \"red\"\ncurrency"), TableError::Unreadable(_)));
}

#[test]
fn the_words_that_the_file_explains_are_the_words_that_the_code_knows() {
    let file: toml::Table = BUILT_IN.parse().unwrap();
    let explained =
        |section: &str| -> Vec<String> { file[section].as_table().unwrap().keys().cloned().collect() };
    let sorted = |words: Vec<&str>| -> Vec<String> {
        let words: std::collections::BTreeSet<_> = words.into_iter().map(str::to_owned).collect();
        words.into_iter().collect()
    };
    let known = LastTradeRule::ALL.iter().filter(|rule| **rule != LastTradeRule::Unverified);
    assert_eq!(explained("last_trade_rules"), sorted(known.map(|rule| rule.word()).collect()));
    assert_eq!(explained("roll_conventions"), sorted(RollRule::ALL.iter().map(|rule| rule.word()).collect()));
    for (letter, number) in file["month_codes"].as_table().unwrap() {
        let month = Month::from_letter(letter.parse().unwrap()).unwrap();
        assert_eq!(Some(i64::from(month.number())), number.as_integer());
    }
}

fn symbols() -> Vec<String> {
    let table = built_in();
    table.iter().flat_map(|row| row.aliases().iter().cloned().chain([row.root().to_owned()])).collect()
}

proptest! {
    #[test]
    fn nothing_is_found_by_a_part_of_a_symbol_or_by_more_than_a_symbol(
        symbol in select(symbols()),
        from in 0_usize..5,
        length in 0_usize..5,
        (before, after) in ("[ A-Z0-9@]{0,2}", "[ A-Z0-9]{0,3}"),
    ) {
        let (table, known) = (built_in(), symbols());
        let part: String = symbol.chars().skip(from).take(length).collect();
        for text in [part, format!("{before}{symbol}{after}")] {
            prop_assert_eq!(table.resolve(&text).is_some(), known.contains(&text), "{:?}", text);
        }
    }
}
