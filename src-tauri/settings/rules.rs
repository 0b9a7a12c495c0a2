//! What settings may be. The first setting that is wrong is named, with what would be right.

use std::fmt::Display;
use std::sync::Arc;

use phantom_broker_mock::{MockSettings, Range};
use phantom_compliance::{Limits, Minis, Profile, ShortSelling};
use phantom_engine::Handling;
use phantom_engine::config::PrintBand;
use phantom_engine::fact::GapPolicy;
use phantom_model::qty::ORDER_QTY_MAX;
use phantom_model::{InstrumentTable, Offset, Qty, Span};
use phantom_wire::{
    HandlingChoice, MarketSource, MockMarket, NinjaTrader, PassedPolicy, SettingFault, Settings, Trading,
};
use rust_decimal::Decimal;

use super::VERSION;
use crate::commands::rules::profile_of;
use crate::market::Pace;

/// The longest way to the market: longer than a broker's answer may take, so that this can be tried.
const DELAY_MS_MAX: u32 = 60_000;
const SLIPPAGE_TICKS_MAX: u32 = 100;
const SPEED_MAX: u32 = 1_000;
/// No prop firm allows this much; above it a limit is a typing error.
const MINIS_MAX: u32 = 10_000;
const TEXT_BYTES_MAX: usize = 256;
/// A band wider than this lets everything through.
const BAND_TICKS_MAX: u32 = 10_000;
/// The exits of a flatten must not wait longer for its cancels.
const FLATTEN_WAIT_MS_MAX: u32 = 2_000;
/// A stop further than this beyond another protects nothing.
const DISASTER_TICKS_MAX: u32 = 10_000;
const PATH_BYTES_MAX: usize = 4_096;

/// Settings as the desk means them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Checked {
    pub(crate) mock: MockSettings,
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    /// What a simulated market has prices of, the ticket's first symbol among them; `None` for everything.
    pub(crate) symbols: Option<Vec<String>>,
    pub(crate) policy: GapPolicy,
    pub(crate) handling: Handling,
    /// The rules of the account.
    pub(crate) profile: Option<Arc<Profile>>,
}

/// Checks all settings.
///
/// # Errors
/// The first setting that is wrong.
pub(crate) fn check(settings: &Settings) -> Result<Checked, SettingFault> {
    if settings.version != VERSION {
        return Err(fault(
            "version",
            format_args!("{} is not {VERSION}, the one layout known", settings.version),
        ));
    }
    check_ninjatrader(&settings.ninjatrader)?;
    let mock = check_mock(&settings.mock)?;
    let pace = check_pace(&settings.mock)?;
    let limits = check_trading(&settings.trading)?;
    let symbols = check_symbols(settings)?;
    let policy = match settings.trading.passed_policy.unwrap_or_default() {
        PassedPolicy::Fire => GapPolicy::Fire,
        PassedPolicy::Ask => GapPolicy::Ask,
        PassedPolicy::Hold => GapPolicy::Hold,
    };
    if let Some(sounds) = &settings.sounds {
        within("sounds.volume", sounds.volume, 0, 100)?;
    }
    let profile = settings.rules.as_ref().map(profile_of).transpose()?;
    let handling = settings.trading.handling.map_or(Ok(Handling::STANDARD), check_handling)?;
    Ok(Checked { mock, limits, pace, symbols, policy, handling, profile })
}

/// Checks where `NinjaTrader` is and which account is meant.
///
/// # Errors
/// The first setting that is wrong.
pub(crate) fn check_ninjatrader(to: &NinjaTrader) -> Result<(), SettingFault> {
    for (field, text) in [
        ("ninjatrader.host", &to.host),
        ("ninjatrader.account", &to.account),
        ("ninjatrader.username", &to.username),
    ] {
        if text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(fault(field, format_args!("must be plain text of at most {TEXT_BYTES_MAX} bytes")));
        }
    }
    if to.host.trim().is_empty() || to.host.contains(char::is_whitespace) {
        return Err(fault("ninjatrader.host", "must be a host name or an address, such as 127.0.0.1"));
    }
    if to.account.trim().is_empty() {
        return Err(fault(
            "ninjatrader.account",
            "must be the account's name in NinjaTrader, such as Sim101",
        ));
    }
    within("ninjatrader.port", to.port, 1, 65_535)
}

fn check_mock(mock: &MockMarket) -> Result<MockSettings, SettingFault> {
    let seed = mock.seed.parse::<u64>().map_err(|_| {
        fault("mock.seed", format_args!("{:?} is not a whole number from 0 to {}", mock.seed, u64::MAX))
    })?;
    within("mock.delayMsMax", mock.delay_ms_max, 0, DELAY_MS_MAX)?;
    within("mock.delayMsMin", mock.delay_ms_min, 0, mock.delay_ms_max)?;
    within("mock.slippageTicksMax", mock.slippage_ticks_max, 0, SLIPPAGE_TICKS_MAX)?;
    within("mock.slippageTicksMin", mock.slippage_ticks_min, 0, mock.slippage_ticks_max)?;
    if let MarketSource::File { path } = &mock.source
        && (path.trim().is_empty() || path.len() > PATH_BYTES_MAX || path.contains('\0'))
    {
        return Err(fault("mock.source.path", "must be the path of a tick file"));
    }
    let nanos = |millis: u32| u64::from(millis) * 1_000_000;
    Ok(MockSettings {
        delay_nanos: Range::between(nanos(mock.delay_ms_min), nanos(mock.delay_ms_max)),
        slippage_ticks: Range::between(mock.slippage_ticks_min.into(), mock.slippage_ticks_max.into()),
        ..MockSettings::frictionless(seed)
    })
}

fn check_pace(mock: &MockMarket) -> Result<Pace, SettingFault> {
    pace(&mock.source, mock.speed).map_err(|message| fault("mock.speed", message))
}

fn check_symbols(settings: &Settings) -> Result<Option<Vec<String>>, SettingFault> {
    let Some(symbols) = &settings.mock.symbols else { return Ok(None) };
    for symbol in symbols {
        check_symbol("mock.symbols", symbol)?;
    }
    let shown = std::iter::once(&settings.trading.default_symbol);
    Ok(Some(symbols.iter().chain(shown).cloned().collect()))
}

fn check_symbol(field: &str, symbol: &str) -> Result<(), SettingFault> {
    let table = InstrumentTable::built_in().map_err(|error| fault(field, error))?;
    match table.resolve(symbol) {
        Some(_) => Ok(()),
        None => Err(fault(field, format_args!("{symbol:?} is no instrument of this desk"))),
    }
}

/// The pace of a speed, 0 being as fast as possible.
///
/// # Errors
/// What is wrong with the speed, in words.
pub(crate) fn pace(source: &MarketSource, speed: u32) -> Result<Pace, String> {
    match (source, speed) {
        (MarketSource::Simulated {}, 0) => {
            Err("as fast as possible needs a tick file: a simulated session never ends".to_owned())
        }
        (MarketSource::File { .. }, 0) => Ok(Pace { paused: false, times: None }),
        (_, 1..=SPEED_MAX) => Ok(Pace { paused: false, times: Some(speed) }),
        (_, _) => Err(format!("{speed} is not within 1 to {SPEED_MAX}, or 0 for as fast as possible")),
    }
}

fn check_trading(trading: &Trading) -> Result<Limits, SettingFault> {
    let order_max = minis("trading.orderMaxMinis", &trading.order_max_minis)?;
    let position_max = minis("trading.positionMaxMinis", &trading.position_max_minis)?;
    within("trading.defaultQty", trading.default_qty, 1, ORDER_QTY_MAX)?;
    check_symbol("trading.defaultSymbol", &trading.default_symbol)?;
    let short_selling = if trading.short_selling { ShortSelling::On } else { ShortSelling::Off };
    Ok(Limits { short_selling, order_max: Some(order_max), position_max: Some(position_max) })
}

fn check_handling(wanted: HandlingChoice) -> Result<Handling, SettingFault> {
    within("trading.handling.bandTicks", wanted.band_ticks, PrintBand::TICKS_MIN, BAND_TICKS_MAX)?;
    within("trading.handling.bandBasisPoints", wanted.band_basis_points, 0, PrintBand::BASIS_POINTS_MAX)?;
    within("trading.handling.clip", wanted.clip, 1, ORDER_QTY_MAX)?;
    within("trading.handling.flattenWaitMs", wanted.flatten_wait_ms, 0, FLATTEN_WAIT_MS_MAX)?;
    within("trading.handling.disasterTicks", wanted.disaster_ticks, 0, DISASTER_TICKS_MAX)?;
    let band = PrintBand::new(wanted.band_ticks, wanted.band_basis_points).unwrap_or(PrintBand::STANDARD);
    let clip = Qty::new(wanted.clip).unwrap_or(Qty::MAX);
    let flatten_wait = Span::from_millis(wanted.flatten_wait_ms);
    Ok(Handling { band, clip, flatten_wait, disaster: Offset::new(wanted.disaster_ticks) })
}

fn minis(field: &str, text: &str) -> Result<Minis, SettingFault> {
    let wrong = || {
        fault(
            field,
            format_args!("{text:?} is not a number of minis from 0.1 to {MINIS_MAX}, such as 5 or 0.5"),
        )
    };
    let value = Decimal::from_str_exact(text.trim()).map_err(|_| wrong())?;
    let thousandths = value.checked_mul(Decimal::ONE_THOUSAND).map(|it| it.normalize());
    let whole = thousandths.filter(Decimal::is_integer).and_then(|it| i64::try_from(it).ok());
    whole
        .filter(|it| (100..=i64::from(MINIS_MAX) * 1_000).contains(it))
        .map(Minis::from_thousandths)
        .ok_or_else(wrong)
}

fn within(field: &str, value: u32, min: u32, max: u32) -> Result<(), SettingFault> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(fault(field, format_args!("{value} is not within {min} to {max}")))
}

fn fault(field: &str, message: impl Display) -> SettingFault {
    SettingFault { field: field.to_owned(), message: message.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::new_install;

    type Spoil = fn(&mut Settings);

    fn handled(settings: &mut Settings, change: fn(&mut HandlingChoice)) {
        let mut it = HandlingChoice {
            band_ticks: 20,
            band_basis_points: 50,
            clip: 10,
            flatten_wait_ms: 500,
            disaster_ticks: 0,
        };
        change(&mut it);
        settings.trading.handling = Some(it);
    }

    fn rules(pack: &str, settings: &[&str]) -> phantom_wire::RulesChoice {
        let settings = settings.iter().map(|&it| it.to_owned()).collect();
        phantom_wire::RulesChoice { pack: pack.to_owned(), settings }
    }

    #[test]
    fn a_new_install_is_the_simulated_market_with_the_limits_of_a_new_install() {
        let checked = check(&new_install()).unwrap();
        assert_eq!(checked.mock, MockSettings::window(1));
        assert_eq!(checked.limits, Limits::NEW_INSTALL);
        assert_eq!(checked.pace, Pace { paused: false, times: Some(1) });
    }

    #[test]
    fn the_first_wrong_setting_is_named() {
        let file = || MarketSource::File { path: "x.txt".to_owned() };
        let cases: [(&str, Spoil); 26] = [
            ("version", |s| s.version = 2),
            ("ninjatrader.host", |s| s.ninjatrader.host = " ".into()),
            ("ninjatrader.account", |s| s.ninjatrader.account = "a\nb".into()),
            ("ninjatrader.account", |s| s.ninjatrader.account = " ".into()),
            ("sounds.volume", |s| s.sounds = Some(phantom_wire::Sounds { volume: 101, off: Vec::new() })),
            ("ninjatrader.port", |s| s.ninjatrader.port = 0),
            ("ninjatrader.port", |s| s.ninjatrader.port = 65_536),
            ("mock.seed", |s| s.mock.seed = "-1".into()),
            ("mock.delayMsMin", |s| s.mock.delay_ms_min = 501),
            ("mock.delayMsMax", |s| s.mock.delay_ms_max = 60_001),
            ("mock.slippageTicksMin", |s| s.mock.slippage_ticks_min = 2),
            ("mock.source.path", |s| s.mock.source = MarketSource::File { path: String::new() }),
            ("mock.speed", |s| s.mock.speed = 1_001),
            ("mock.speed", |s| s.mock.speed = 0),
            ("mock.symbols", |s| s.mock.symbols = Some(vec!["ES".into(), "XX".into()])),
            ("trading.orderMaxMinis", |s| s.trading.order_max_minis = "0".into()),
            ("trading.positionMaxMinis", |s| s.trading.position_max_minis = "1.0001".into()),
            ("trading.defaultQty", |s| s.trading.default_qty = 0),
            ("trading.defaultSymbol", |s| s.trading.default_symbol = "XX".into()),
            ("trading.handling.bandTicks", |s| handled(s, |it| it.band_ticks = 3)),
            ("trading.handling.bandBasisPoints", |s| {
                handled(s, |it| it.band_basis_points = 10_001);
            }),
            ("trading.handling.clip", |s| handled(s, |it| it.clip = 0)),
            ("trading.handling.flattenWaitMs", |s| {
                handled(s, |it| it.flatten_wait_ms = 2_001);
            }),
            ("trading.handling.disasterTicks", |s| {
                handled(s, |it| it.disaster_ticks = 10_001);
            }),
            ("rules.pack", |s| s.rules = Some(rules("no-such-pack", &[]))),
            ("rules.settings", |s| s.rules = Some(rules("topstep-combine-50k", &["daily_loss=perhaps"]))),
        ];
        for (field, spoil) in cases {
            let mut settings = new_install();
            spoil(&mut settings);
            assert_eq!(check(&settings).unwrap_err().field, field);
        }
        assert_eq!(pace(&file(), 0), Ok(Pace { paused: false, times: None }));
    }

    #[test]
    fn the_symbol_that_the_ticket_starts_with_always_has_prices() {
        let mut settings = new_install();
        settings.mock.symbols = Some(vec!["ES".to_owned()]);
        assert_eq!(check(&settings).unwrap().symbols, Some(vec!["ES".to_owned(), "NQ".to_owned()]));
    }

    #[test]
    fn a_second_stop_stands_so_far_beyond_the_first_or_not_at_all() {
        for (ticks, beyond) in [(0, None), (40, Offset::new(40)), (10_000, Offset::new(10_000))] {
            let mut settings = new_install();
            handled(&mut settings, |it| it.disaster_ticks = 1);
            settings.trading.handling.as_mut().unwrap().disaster_ticks = ticks;
            assert_eq!(check(&settings).unwrap().handling.disaster, beyond);
        }
        assert_eq!(check(&new_install()).unwrap().handling.disaster, None);
    }

    #[test]
    fn limits_are_read_in_thousandths_of_a_mini() {
        for (text, thousandths) in [("5", 5_000), ("0.5", 500), ("0.1", 100), (" 12.50 ", 12_500)] {
            assert_eq!(minis("x", text).unwrap(), Minis::from_thousandths(thousandths));
        }
        for wrong in ["", "five", "-1", "0.05", "10000.1", "1e3", "99999999999999999999999999999"] {
            assert!(minis("x", wrong).is_err(), "{wrong:?}");
        }
    }
}
