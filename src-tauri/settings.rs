//! The settings: what a new install has, what is allowed, where they lie, where the password lies.

pub(crate) mod file;
pub(crate) mod rules;
pub(crate) mod vault;

pub(crate) use file::{Loaded, SettingsFile};
pub(crate) use rules::{Checked, check};
pub(crate) use vault::Vault;

use phantom_wire::{BrokerChoice, MarketSource, MockMarket, NinjaTrader, Settings, Trading};

/// The layout of settings that this version reads and writes.
pub(crate) const VERSION: u32 = 1;

/// What a new install has: the simulated market, short selling off, five minis.
pub(crate) fn new_install() -> Settings {
    Settings {
        version: VERSION,
        broker: BrokerChoice::Mock,
        ninjatrader: NinjaTrader {
            host: "127.0.0.1".to_owned(),
            port: 36_985,
            account: "Sim101".to_owned(),
            username: String::new(),
        },
        mock: MockMarket {
            seed: "1".to_owned(),
            delay_ms_min: 100,
            delay_ms_max: 500,
            slippage_ticks_min: 0,
            slippage_ticks_max: 1,
            source: MarketSource::Simulated {},
            speed: 1,
            symbols: None,
        },
        trading: Trading {
            short_selling: false,
            order_max_minis: "5".to_owned(),
            position_max_minis: "5".to_owned(),
            default_qty: 1,
            default_symbol: "NQ".to_owned(),
            passed_policy: None,
            handling: None,
        },
        rules: None,
        sounds: None,
    }
}
