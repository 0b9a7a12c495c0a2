//! What a person finds in the window: by role and accessible name, by the words that are shown.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::prelude::ScriptRet;
use thirtyfour::{Key, WebDriver, WebElement};

use crate::program::PATIENCE;

/// The page's side: roles and names as the accessibility rules define them, tables as text.
const EYES: &str = include_str!("eyes.js");

/// One row of a table: what stands under each column's header.
pub type Row = BTreeMap<String, String>;

/// The window.
pub struct Window {
    driver: WebDriver,
}

impl Window {
    pub(crate) const fn of(driver: WebDriver) -> Self {
        Self { driver }
    }

    pub(crate) fn let_go(&self) {
        self.driver.clone().leak().ok();
    }

    /// Runs a script with the eyes and answers what it returns.
    pub async fn run(&self, script: &str) -> Value {
        let script = format!("{EYES}\n{script}");
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.unwrap_or_else(|fault| panic!("{fault}")).json().clone()
    }

    /// Waits until the script returns true. The page tells by itself: the script runs again when
    /// something in it has changed. `what` is for the person who reads why it failed.
    pub async fn wait_until(&self, script: &str, what: &str) {
        self.driver.set_script_timeout(PATIENCE + Duration::from_secs(5)).await.unwrap();
        let script = format!(
            "{EYES}\nconst done = arguments[0];\nconst is = () => {{ {script} }};\n\
             watch(is, {}, done);",
            PATIENCE.as_millis()
        );
        let came = self.driver.execute_async(script, Vec::new()).await;
        let came = came.unwrap_or_else(|fault| panic!("{what}: {fault}")).json().clone();
        assert_eq!(came, json!(true), "{what} never came");
    }

    /// The element with this role and accessible name; waits for it.
    pub async fn find(&self, role: &str, name: &str) -> WebElement {
        let here = format!("byRole({}, {})", json!(role), json!(name));
        self.wait_until(&format!("return {here} !== null"), &format!("{role} {name:?}")).await;
        let found = self.driver.execute(format!("{EYES}\nreturn {here}"), Vec::new()).await;
        found.and_then(ScriptRet::element).unwrap_or_else(|fault| panic!("{role} {name:?}: {fault}"))
    }

    /// Whether there is something with this role and name.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.run(&format!("return byRole({}, {}) !== null", json!(role), json!(name))).await == json!(true)
    }

    /// Clicks it with the pointer.
    pub async fn click(&self, role: &str, name: &str) {
        let element = self.find(role, name).await;
        element.click().await.unwrap_or_else(|fault| panic!("click on {role} {name:?}: {fault}"));
    }

    /// Puts text into a field, key by key, in place of what was there.
    pub async fn type_into(&self, name: &str, text: &str) {
        let field = self.find("textbox", name).await;
        field.click().await.unwrap();
        let chain = self.driver.action_chain().key_down(Key::Control).send_keys("a").key_up(Key::Control);
        let chain = chain.send_keys(Key::Delete.value().to_string()).send_keys(text);
        chain.perform().await.unwrap();
        let shown = field.prop("value").await.unwrap().unwrap_or_default();
        assert_eq!(shown, text, "{name}");
    }

    /// Presses keys, as if at the keyboard.
    pub async fn press(&self, keys: impl AsRef<str>) {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.unwrap();
    }

    /// Presses a key while others are held.
    pub async fn press_with(&self, held: &[Key], key: &str) {
        let mut chain = self.driver.action_chain();
        for one in held {
            chain = chain.key_down(one.clone());
        }
        chain = chain.send_keys(key);
        for one in held.iter().rev() {
            chain = chain.key_up(one.clone());
        }
        chain.perform().await.unwrap();
    }

    /// Chooses an option of a list.
    pub async fn choose(&self, name: &str, option: &str) {
        let list = self.find("combobox", name).await;
        let offered = format!(
            "return [...byRole('combobox', {}).options].some((option) => textOf(option) === {})",
            json!(name),
            json!(option)
        );
        self.wait_until(&offered, &format!("the choice {option}")).await;
        let choice = format!(".//option[normalize-space()='{option}']");
        list.find(thirtyfour::By::XPath(choice.as_str())).await.unwrap().click().await.unwrap();
        assert_eq!(list.prop("value").await.unwrap().as_deref(), Some(option), "{name}");
    }

    /// Ticks or clears a box.
    pub async fn tick(&self, name: &str, on: bool) {
        let tick = self.find("checkbox", name).await;
        if tick.is_selected().await.unwrap() != on {
            tick.click().await.unwrap();
        }
    }

    /// Closes a dialog and waits until what lies under it can be reached again.
    pub async fn close(&self, dialog: &str) {
        self.click("button", "Close").await;
        self.wait_until(&format!("return byRole('dialog', {}) === null", json!(dialog)), "its end").await;
        self.wait_until("return document.querySelector('main[inert]') === null", "the window below").await;
    }

    /// The words of an element.
    pub async fn words(&self, role: &str, name: &str) -> String {
        let found = self.run(&format!("return wordsOf({}, {})", json!(role), json!(name))).await;
        found.as_str().unwrap_or_else(|| panic!("no {role} {name:?}")).to_owned()
    }

    /// Waits until an element's words hold these.
    pub async fn wait_for_words(&self, role: &str, name: &str, words: &str) {
        let (asked, wanted) = (format!("{}, {}", json!(role), json!(name)), json!(words));
        let script = format!("return (wordsOf({asked}) ?? '').includes({wanted})");
        self.wait_until(&script, &format!("{words:?} in {role} {name:?}")).await;
    }

    /// The rows of a table that are in the page.
    pub async fn rows(&self, table: &str) -> Vec<Row> {
        let rows = self.run(&format!("return rowsOf({})", json!(table))).await;
        serde_json::from_value(rows).unwrap_or_else(|fault| panic!("no table {table:?}: {fault}"))
    }

    /// Waits until a table has a row in which each of these columns begins with these words.
    pub async fn wait_for_row(&self, table: &str, cells: &[(&str, &str)]) -> Row {
        let wanted: BTreeMap<&str, &str> = cells.iter().copied().collect();
        let asked = format!("{}, {}", json!(table), json!(wanted));
        self.wait_until(&format!("return rowLike({asked}) !== null"), &format!("{cells:?} in {table}")).await;
        let row = self.run(&format!("return rowLike({asked})")).await;
        serde_json::from_value(row).unwrap_or_else(|_| panic!("{cells:?} in {table} came and went"))
    }

    /// Waits until a table has so many rows.
    pub async fn wait_for_count(&self, table: &str, count: usize) {
        let script = format!("return rowsOf({}).length === {count}", json!(table));
        self.wait_until(&script, &format!("{count} rows in {table}")).await;
    }

    /// The role and name of what has the focus.
    pub async fn focused(&self) -> (String, String) {
        let focus = self.run("return [roleOf(document.activeElement), nameOf(document.activeElement)]").await;
        let word = |at: usize| focus[at].as_str().unwrap_or_default().to_owned();
        (word(0), word(1))
    }

    /// Loads the page anew.
    pub async fn reload(&self) {
        self.driver.refresh().await.unwrap();
    }

    /// Puts the window away; there must be a window manager.
    pub async fn minimize(&self) {
        self.driver.minimize_window().await.unwrap();
    }

    /// Makes the window so large.
    pub async fn resize(&self, width: u32, height: u32) {
        self.driver.set_window_rect(0, 0, width, height).await.unwrap();
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        self.driver.title().await.unwrap()
    }

    /// Writes what is shown as a picture.
    ///
    /// # Errors
    /// When the driver has none or the file cannot be written.
    pub async fn take_picture(&self, path: &Path) -> WebDriverResult<()> {
        self.driver.screenshot(path).await
    }
}
