//! No view has an accessibility fault that axe-core can find, in either theme.

use std::fs;
use std::path::PathBuf;

use desktop::{Program, Start, story};

/// Runs axe-core's WCAG 2.2 A and AA rules on what is shown.
async fn assert_clean(desk: &Program, view: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(path).unwrap();
    desk.run(&format!("{axe}; window.axe = axe; return true")).await;
    let script = "window.verdict ??= (window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', \
                  'wcag21aa', 'wcag22aa'] }).then((found) => { window.found = found; }), true); \
                  return window.found !== undefined";
    desk.wait_until(script, &format!("axe-core's answer for {view}")).await;
    let faults = desk
        .run(
            "const { violations, passes } = window.found; delete window.found; delete window.verdict; \
             return [violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))]), \
             passes.length]",
        )
        .await;
    assert_eq!(faults[0], serde_json::json!([]), "{view}");
    assert!(faults[1].as_u64().unwrap() > 10, "{view}: axe-core has looked at something");
}

async fn look_at_everything(desk: &Program, theme: &str) {
    assert_clean(desk, &format!("{theme}, empty")).await;
    desk.type_into("Stop loss", "1").await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.click("button", "Buy").await;
    desk.wait_for_row("Phantoms", &[("Qty", "1")]).await;
    desk.choose("Order type", "LIMIT").await;
    desk.type_into("Limit price", "0.10").await;
    desk.wait_for_words("status", "Gate", "Buy: ").await;
    assert_clean(desk, &format!("{theme}, a position and a refusal")).await;
    desk.click("button", "Flatten all").await;
    desk.wait_for_words("status", "Flatten result", "1 position closed").await;
    assert_clean(desk, &format!("{theme}, flattened")).await;
    desk.click("tab", "History").await;
    desk.wait_for_words("status", "History read", "fact").await;
    assert_clean(desk, &format!("{theme}, history")).await;
    desk.click("button", "Dispute bundle").await;
    desk.wait_for_words("status", "Written from the history", "Verified").await;
    assert_clean(desk, &format!("{theme}, dispute bundle")).await;
    desk.click("tab", "Rules").await;
    assert_clean(desk, &format!("{theme}, rules")).await;
    desk.click("button", "Settings").await;
    assert_clean(desk, &format!("{theme}, settings of the mock broker")).await;
    desk.click("radio", "NinjaTrader").await;
    assert_clean(desk, &format!("{theme}, settings of NinjaTrader")).await;
    desk.close("Settings").await;
    desk.click("button", "Keys").await;
    assert_clean(desk, &format!("{theme}, keys")).await;
}

#[test]
fn the_dark_window_has_no_fault_in_any_view() {
    story("axe-dark", &Start::quick(), async |desk| look_at_everything(desk, "dark").await);
}

#[test]
fn the_light_window_has_no_fault_in_any_view() {
    story("axe-light", &Start::quick(), async |desk| {
        desk.click("button", "Settings").await;
        desk.click("radio", "Light").await;
        desk.close("Settings").await;
        look_at_everything(desk, "light").await;
    });
}

/// Nothing in the tables that matter is cut with dots: a price without its end is another price.
async fn assert_nothing_is_cut(desk: &Program) {
    let cut = desk
        .run(
            "const cells = ['Positions', 'Phantoms', 'Working orders']\n\
               .flatMap((name) => [...byRole('table', name).querySelectorAll('td, th')]);\n\
             return cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => [textOf(cell), cell.scrollWidth, cell.clientWidth])",
        )
        .await;
    assert_eq!(cut, serde_json::json!([]), "cut off");
}

#[test]
fn no_cell_of_a_table_is_cut() {
    story("nothing-cut", &Start::quick(), async |desk| {
        for (symbol, root, stop) in [("ENQ", "NQ", "24000.00"), ("6J", "6J", "0.0060000")] {
            desk.choose("Symbol", symbol).await;
            desk.type_into("Stop loss", stop).await;
            desk.wait_for_words("status", "Gate", "Buy: allowed").await;
            desk.click("button", "Buy").await;
            desk.wait_for_row("Phantoms", &[("Symbol", root)]).await;
        }
        desk.choose("Order type", "LIMIT").await;
        desk.type_into("Limit price", "0.0062000").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        desk.wait_for_count("Working orders", 1).await;
        assert_nothing_is_cut(desk).await;
        desk.click("button", "Settings").await;
        desk.click("checkbox", "A button that reverses a position").await;
        desk.close("Settings").await;
        desk.find("button", "Reverse NQ 12-26").await;
        assert_nothing_is_cut(desk).await;
        desk.type_into("Quantity", "1000").await;
        let field = "byRole('textbox', 'Quantity')";
        let fits = desk.run(&format!("return {field}.scrollWidth <= {field}.clientWidth")).await;
        assert_eq!(fits, true, "a quantity of four figures is seen whole");
    });
}
