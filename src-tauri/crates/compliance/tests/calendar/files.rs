//! A calendar that is not right says where, and what would be.

use phantom_compliance::Calendar;
use phantom_model::InstrumentTable;

use super::calendar;

const BUILT_IN: &str = include_str!("../../data/calendar.toml");

/// What is said of the calendar once `from` is `to`.
fn fault(from: &str, to: &str) -> String {
    assert!(BUILT_IN.contains(from), "{from:?} is not in the calendar");
    Calendar::from_toml("own.toml", &BUILT_IN.replacen(from, to, 1)).unwrap_err().to_string()
}

fn line_of(text: &str) -> usize {
    BUILT_IN.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn a_fault_names_the_line_and_what_would_be_right() {
    let king = line_of("\"2026-01-19\"");
    for (from, to, line, words) in [
        ("schema_version = 1", "schema_version = 2", line_of("schema_version"), "reads layout 1"),
        (
            "\"2027-12-31\"",
            "\"2025-12-31\"",
            line_of("valid_through"),
            "must be after valid_from, 2026-01-01",
        ),
        ("date = \"2026-01-19\"", "date = \"2026-01-18\"", king, "no trading day ends on it"),
        ("date = \"2026-01-19\"", "date = \"2026-01-01\"", king, "is here twice"),
        ("date = \"2026-01-19\"", "date = \"2028-01-18\"", king, "must be from 2026-01-01 to 2027-12-31"),
        ("date = \"2026-01-19\"", "date = \"19.1.2026\"", king, "is not a date such as \"2026-11-27\""),
        (
            "energy_metals = \"13:30\"",
            "energy_metal = \"13:30\"",
            king + 3,
            "\"energy_metal\" is not known here",
        ),
        (
            "energy_metals = \"13:30\"",
            "energy_metals = \"16:30\"",
            king + 3,
            "must not close later than always, at 16:00",
        ),
        ("energy_metals = \"13:30\"", "energy_metals = \"1:30\"", king + 3, "a time such as \"12:00\""),
        (
            "grains = \"08:30-13:20\"",
            "grains = \"13:20-13:20\"",
            line_of("\"08:30-13:20\""),
            "write \"closed\"",
        ),
        (
            "[\"08:30\", \"13:20\"]",
            "[\"07:30\", \"13:20\"]",
            line_of("\"19:00\", \"07:45\""),
            "must follow one another",
        ),
        (
            "[\"17:00\", \"16:00\"]",
            "[\"17:00\", \"17:00\"]",
            line_of("[\"17:00\", \"16:00\"]"),
            "must be before 17:00",
        ),
        (
            "roots = [\"ES\",",
            "roots = [\"HE\",",
            line_of("roots = [\"HE\""),
            "HE is already under equity_index",
        ),
        (
            "projected = [\"fx\"",
            "projected = [\"forex\"",
            line_of("projected = [\"fx\""),
            "\"forex\" is not known here",
        ),
    ] {
        let said = fault(from, to);
        assert!(said.starts_with(&format!("own.toml:{line}: ")), "{said}");
        assert!(said.contains(words), "{words:?} is not in {said:?}");
    }
}

#[test]
fn every_instrument_of_the_desk_has_its_hours() {
    let (calendar, table) = (calendar(), InstrumentTable::built_in().unwrap());
    for instrument in table.iter() {
        let hours = calendar.hours_of(instrument.root());
        let word = hours.unwrap_or_else(|| panic!("{instrument} has no hours")).word();
        let group = instrument.group().word();
        let expected = if matches!(group, "energy" | "metals") { "energy_metals" } else { group };
        assert_eq!(word, expected, "{instrument}");
    }
    assert_eq!(calendar.roots().len(), 52, "the 51 products of Topstep and BTC");
    assert_eq!(calendar.hours_of("XX"), None);
}

#[test]
fn the_calendar_says_until_when_it_holds_and_where_it_is_from() {
    let calendar = calendar();
    let said = [calendar.valid_from(), calendar.valid_through()].map(|it| it.to_string());
    assert_eq!(said, ["2026-01-01", "2027-12-31"]);
    assert!(
        calendar.sources().len() >= 2 && calendar.sources().iter().all(|it| it.url.starts_with("https://"))
    );
}
