//! A day on `NinjaTrader`: the stand-in with the real `AddOn`, switched to in the settings and traded.

use desktop::standin::{SECRET, StandIn, traded_today};
use desktop::{Program, Start, story};

/// Switches to the stand-in in the settings, looks who is there, and connects.
async fn connect(desk: &Program, platform: &StandIn, account: &str) {
    desk.click("button", "Settings").await;
    desk.find("radiogroup", "Broker").await;
    desk.click("radio", "NinjaTrader").await;
    desk.type_into("Port", &platform.port().to_string()).await;
    desk.type_into("Account", account).await;
    desk.type_into("Password", SECRET).await;
    desk.click("button", "Test connection").await;
    desk.wait_for_words("status", "Connection test", account).await;
    desk.click("button", "Connect").await;
    desk.wait_for_words("status", "Connection", "Connected").await;
    desk.close("Settings").await;
}

#[test]
fn a_desk_is_switched_to_ninjatrader_and_trades_its_simulation_account() {
    let Some(mut platform) = StandIn::start() else { return };
    story("ninjatrader-trades", &Start::quick(), async |desk| {
        platform.trades("NQ", "23000");
        connect(desk, &platform, "Sim101").await;
        desk.wait_until("return document.title.startsWith('SIM')", "the mode in the title").await;
        desk.wait_until("return document.querySelector('.frame.sim') !== null", "the frame").await;
        desk.wait_until("return document.body.textContent.includes('Sim101 · Simulator')", "the provider")
            .await;

        desk.choose("Symbol", "ENQ").await;
        desk.type_into("Stop loss", "22900.00").await;
        desk.type_into("Take profit", "23200.00").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        desk.click("button", "Buy").await;
        let contract = traded_today("NQ");
        let position = desk.wait_for_row("Positions", &[("Contract", &contract), ("Qty", "+1")]).await;
        assert_eq!(position["Protected"], "1 of 1", "{position:?}");
        desk.wait_for_row("Order log", &[("Action", "FILL"), ("Order", "T1")]).await;
        assert!(platform.say("positions").contains("NQ"), "the position is there too");

        desk.click("button", "Flatten all").await;
        desk.wait_for_words("status", "Flatten result", "1 position closed").await;
        desk.wait_for_row("Positions", &[("Contract", &contract), ("Qty", "0")]).await;
        assert_eq!(platform.say("submitted"), "2", "one entry and one exit have reached the broker");
    });
}

#[test]
fn real_money_asks_for_its_name_in_the_window_and_sends_nothing_before() {
    let Some(mut platform) = StandIn::start() else { return };
    story("ninjatrader-live", &Start::quick(), async |desk| {
        platform.trades("NQ", "23000");
        connect(desk, &platform, "LIVE-777").await;
        desk.wait_until("return document.title.startsWith('LIVE')", "the mode in the title").await;
        desk.choose("Symbol", "ENQ").await;
        desk.wait_for_words("status", "Gate", "cannot be reached").await;
        desk.type_into("Account name", "LIVE-778").await;
        desk.click("button", "Let orders out").await;
        desk.wait_until(
            "return document.body.textContent.includes('not the name of this account')",
            "the refusal of a wrong name",
        )
        .await;
        assert_eq!(platform.say("submitted"), "0");
        desk.type_into("Account name", "LIVE-777").await;
        desk.click("button", "Let orders out").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    });
}

#[test]
fn a_platform_that_dies_is_told_and_the_desk_comes_back_by_itself() {
    let Some(mut platform) = StandIn::start() else { return };
    story("ninjatrader-lost", &Start::quick(), async |desk| {
        platform.trades("NQ", "23000");
        connect(desk, &platform, "Sim101").await;
        desk.choose("Symbol", "ENQ").await;
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
        platform.say("lost");
        desk.wait_for_words("status", "Broker", "lost the broker").await;
        desk.wait_for_words("status", "Gate", "cannot be reached").await;
        platform.say("reconnect");
        desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    });
}
