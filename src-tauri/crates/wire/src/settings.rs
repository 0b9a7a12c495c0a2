//! What the user can set. The same shape lies in the settings file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::recovery::PassedPolicy;
use crate::rules::RulesChoice;
use crate::sound::Sounds;

/// All settings. A field that is not listed is refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The layout of these settings.
    #[ts(type = "1")]
    pub version: u32,
    /// Which broker to trade with.
    pub broker: BrokerChoice,
    /// How to reach `NinjaTrader`.
    #[ts(inline)]
    pub ninjatrader: NinjaTrader,
    /// The simulated market.
    #[ts(inline)]
    pub mock: MockMarket,
    /// What the trader allows, and what the ticket starts with.
    #[ts(inline)]
    pub trading: Trading,
    /// The rules of the account; without any, only what the trader allows holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rules: Option<RulesChoice>,
    /// What is heard; left out: everything, at half the loudness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sounds: Option<Sounds>,
}

/// Which broker to trade with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum BrokerChoice {
    /// The simulated one.
    Mock,
    /// `NinjaTrader` on this or another machine.
    NinjaTrader,
}

/// How to reach `NinjaTrader`. The password is not here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NinjaTrader {
    /// A host name or an address.
    pub host: String,
    /// 1 to 65 535.
    pub port: u32,
    /// The account's name there.
    pub account: String,
    /// The user's name there.
    pub username: String,
}

/// The simulated market.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockMarket {
    /// What every draw comes from: a whole number of at most 64 bits.
    pub seed: String,
    /// The shortest way to the market, in milliseconds.
    pub delay_ms_min: u32,
    /// The longest way to the market, in milliseconds.
    pub delay_ms_max: u32,
    /// The least that a market fill is worse than the print, in ticks.
    pub slippage_ticks_min: u32,
    /// The most that a market fill is worse than the print, in ticks.
    pub slippage_ticks_max: u32,
    /// Where prices come from.
    pub source: MarketSource,
    /// Times the speed of the clock, 1 to 1000; 0 is as fast as possible.
    pub speed: u32,
    /// What a simulated session has prices of from the start, besides what the ticket starts with and what is
    /// open; left out: every instrument. What is asked for later gets prices then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub symbols: Option<Vec<String>>,
}

/// Where prices come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "UPPERCASE", deny_unknown_fields)]
pub enum MarketSource {
    /// A simulated session.
    Simulated {},
    /// A tick file.
    File {
        /// Where it lies.
        path: String,
    },
}

/// What the trader allows, and what the ticket starts with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trading {
    /// Whether a sell may open a short position.
    pub short_selling: bool,
    /// The largest order, in mini-equivalents.
    pub order_max_minis: String,
    /// The largest position of the account, in mini-equivalents.
    pub position_max_minis: String,
    /// The quantity that a ticket starts with.
    pub default_qty: u32,
    /// The symbol that a ticket starts with.
    pub default_symbol: String,
    /// What becomes of a stop or target whose price was passed while the desk was away; left out: it exits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub passed_policy: Option<PassedPolicy>,
    /// How prints are judged and how a flatten works; left out: the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub handling: Option<HandlingChoice>,
}

/// Which prints are suspect, and how a flatten works.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandlingChoice {
    /// A print further than this from the last good one is suspect, in ticks: 4 or more.
    pub band_ticks: u32,
    /// The same in hundredths of a percent of the price; the wider of the two counts.
    pub band_basis_points: u32,
    /// The most contracts of one exit of a flatten, 1 to 1000.
    pub clip: u32,
    /// How long a flatten waits for its cancels before its exits leave, in milliseconds, 0 to 2000.
    pub flatten_wait_ms: u32,
    /// How far beyond each stop a second one stands at the broker, in ticks, up to 10000; 0 for none. Only
    /// `NinjaTrader` keeps such stops.
    #[serde(default)]
    pub disaster_ticks: u32,
}
