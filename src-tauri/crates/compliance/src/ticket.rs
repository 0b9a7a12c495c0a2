//! A ticket: an order as it was typed or sent, before any of it is believed.

use phantom_model::price::GridError;
use phantom_model::{Bracket, ContractId, OrderKind, Price, Qty, Side, price::Grid};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::guard_words::GuardWords;
use crate::refusal::{PriceFault, PriceField, Refusal};
use crate::request::OrderRequest;

/// The words of an order, as given. Decimals are kept as their text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ticket {
    /// A root or an alias.
    pub symbol: String,
    /// Buy or sell.
    pub side: Side,
    /// How many contracts.
    pub qty: String,
    /// Market or limit.
    #[serde(rename = "type")]
    pub kind: TicketKind,
    /// The limit price; ignored on a market order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// The stop-loss; empty means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// The take-profit; empty means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Distances in place of prices, and what moves the stop.
    #[serde(default, skip_serializing_if = "GuardWords::is_none")]
    pub guard: Box<GuardWords>,
}

/// The order type of a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TicketKind {
    /// At the next price.
    Market,
    /// At the ticket's price or better.
    Limit,
}

/// What a symbol stands for on this desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The contract that is traded for the symbol.
    pub contract: ContractId,
    /// Its tick grid.
    pub grid: Grid,
}

/// The answer to a symbol that the desk does not list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotListed {
    /// A symbol that may have been meant.
    pub meant: Option<String>,
}

impl Ticket {
    /// Reads the ticket: the input checks that need nothing but the ticket and the contract table.
    ///
    /// # Errors
    /// The first refusal in the gate's order: `unknown_symbol`, `bad_qty`, `missing_price`,
    /// `price_off_grid`, `bad_bracket`.
    pub fn read(
        &self,
        list: impl FnOnce(&str) -> Result<Listed, NotListed>,
    ) -> Result<OrderRequest, Refusal> {
        let listed = list(&self.symbol)
            .map_err(|NotListed { meant }| Refusal::UnknownSymbol { symbol: self.symbol.clone(), meant })?;
        let qty = read_qty(&self.qty)?;
        let limit = given(self.price.as_deref());
        let kind = match self.kind {
            TicketKind::Market => OrderKind::Market,
            TicketKind::Limit => {
                let text = limit.ok_or(Refusal::MissingPrice)?;
                OrderKind::Limit(read_price(&listed.grid, PriceField::Limit, text)?)
            }
        };
        let leg = |field, text: Option<&str>| {
            given(text).map(|text| read_price(&listed.grid, field, text)).transpose()
        };
        let bracket = Bracket {
            stop: leg(PriceField::Stop, self.stop.as_deref())?,
            target: leg(PriceField::Target, self.target.as_deref())?,
        };
        let guard = self.guard.read(bracket)?;
        Ok(OrderRequest { contract: listed.contract, side: self.side, qty, kind, bracket, guard })
    }
}

pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A decimal in plain or scientific notation: JSON allows both for numbers.
pub(crate) fn read_decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

pub(crate) fn read_qty(text: &str) -> Result<Qty, Refusal> {
    read_decimal(text.trim())
        .filter(Decimal::is_integer)
        .and_then(|whole| u32::try_from(whole).ok())
        .and_then(Qty::new)
        .ok_or_else(|| Refusal::BadQty { given: text.to_owned() })
}

pub(crate) fn read_price(grid: &Grid, field: PriceField, text: &str) -> Result<Price, Refusal> {
    let price = match read_decimal(text) {
        Some(value) => grid.price(value),
        None => grid.parse(text.as_bytes()),
    };
    price.map_err(|error| Refusal::PriceOffGrid {
        field,
        given: text.to_owned(),
        fault: match error {
            GridError::OffGrid { below, above } => {
                PriceFault::Between { below: grid.decimal(below), above: grid.decimal(above) }
            }
            GridError::NotANumber => PriceFault::NotANumber,
            GridError::OutOfRange => PriceFault::OutOfRange,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::ArenaKey;

    fn gold(symbol: &str) -> Result<Listed, NotListed> {
        let grid = Grid::new("0.1".parse().unwrap()).unwrap();
        match symbol {
            "GC" => Ok(Listed { contract: ContractId::from_row(0), grid }),
            _ => Err(NotListed { meant: None }),
        }
    }

    fn ticket(change: impl FnOnce(&mut Ticket)) -> Result<OrderRequest, Refusal> {
        let mut ticket = Ticket {
            symbol: "GC".into(),
            side: Side::Buy,
            qty: "2".into(),
            kind: TicketKind::Limit,
            price: Some("1320.1".into()),
            stop: Some("1319.2".into()),
            target: None,
            guard: Box::default(),
        };
        change(&mut ticket);
        ticket.read(gold)
    }

    #[test]
    fn a_whole_ticket_is_read_onto_the_grid() {
        let request = ticket(|_| ()).unwrap();
        assert_eq!(request.qty.contracts(), 2);
        assert_eq!(request.kind.limit().unwrap().ticks(), 13_201);
        assert_eq!(request.bracket.stop.unwrap().ticks(), 13_192);
        assert_eq!(request.bracket.target, None);
    }

    #[test]
    fn quantities_are_whole_and_one_to_a_thousand() {
        for good in ["1", "1000", "1.0", "1e3", " 7 "] {
            assert!(ticket(|t| t.qty = good.into()).is_ok(), "{good:?}");
        }
        for bad in ["0", "-1", "1001", "1.5", "abc", "", "1e9", "0x10", "99999999999999999999999999999999"] {
            let refusal = ticket(|t| t.qty = bad.into()).unwrap_err();
            assert_eq!(refusal.reason(), "bad_qty", "{bad:?}");
        }
    }

    #[test]
    fn a_limit_needs_a_price_and_a_market_order_ignores_one() {
        for none in [None, Some(""), Some("  ")] {
            let refusal = ticket(|t| t.price = none.map(str::to_owned)).unwrap_err();
            assert_eq!(refusal, Refusal::MissingPrice);
        }
        let market = ticket(|t| {
            t.kind = TicketKind::Market;
            t.price = Some("nonsense".into());
        });
        assert_eq!(market.unwrap().kind, OrderKind::Market);
    }

    #[test]
    fn a_price_off_the_grid_is_refused_and_both_neighbours_are_offered() {
        for (given, message) in [
            ("1319.05", "limit price 1319.05 is off the tick grid: 1319.0 or 1319.1"),
            ("abc", "limit price \"abc\" is not a price"),
            ("1e20", "limit price 1e20 is out of range"),
        ] {
            let refusal = ticket(|t| t.price = Some(given.into())).unwrap_err();
            assert_eq!((refusal.reason(), refusal.to_string().as_str()), ("price_off_grid", message));
        }
        let stop = ticket(|t| t.stop = Some("1319.25".into())).unwrap_err();
        assert_eq!(stop.to_string(), "stop 1319.25 is off the tick grid: 1319.2 or 1319.3");
    }

    #[test]
    fn the_first_refusal_in_the_gates_order_wins() {
        type Change = fn(&mut Ticket);
        let all_wrong: Change = |t| {
            t.symbol = "XX".into();
            t.qty = "0".into();
            t.price = None;
            t.stop = Some("1.23".into());
        };
        assert_eq!(ticket(all_wrong).unwrap_err().reason(), "unknown_symbol");
        let steps: [(Change, &str); 3] = [
            (|t| t.symbol = "GC".into(), "bad_qty"),
            (|t| t.qty = "1".into(), "missing_price"),
            (|t| t.price = Some("1320.0".into()), "price_off_grid"),
        ];
        let mut mended: Vec<Change> = vec![all_wrong];
        for (mend, next) in steps {
            mended.push(mend);
            let refusal = ticket(|t| mended.iter().for_each(|change| change(t))).unwrap_err();
            assert_eq!(refusal.reason(), next);
        }
    }
}
