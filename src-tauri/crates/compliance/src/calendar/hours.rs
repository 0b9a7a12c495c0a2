//! Which hours each kind of product trades in on an ordinary day.

use jiff::civil::Time;

/// The kinds of products that share their hours and their holidays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProductHours {
    /// Stock indices.
    EquityIndex,
    /// Crude oil, its products, natural gas, metals.
    EnergyMetals,
    /// United States treasuries.
    Rates,
    /// Currencies.
    Fx,
    /// Bitcoin and Ether.
    Crypto,
    /// Corn, wheat, soybeans and their products.
    Grains,
    /// Cattle and hogs.
    Livestock,
}

/// The windows of an ordinary trading day, in order; between two of them the exchange takes no order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TradingHours {
    pub(crate) windows: Vec<Window>,
}

/// One window of a trading day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// When it opens: from 17:00 on it is on the evening before the trading day's date.
    pub open: Time,
    /// When it closes, on the trading day's date.
    pub close: Time,
}
