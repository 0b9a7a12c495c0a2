//! The gate for a change of a working order: the growing part is judged as a new order would be.
//!
//! A change of an entry that grows it, or moves its limit towards the market, raises risk and is an
//! opening. A change of a reduction must fit into the closing budget with what it grows by. Every other
//! change only shrinks or steps back, and no rule for openings refuses it.

use phantom_model::price::Grid;
use phantom_model::{Bracket, ContractId, Guard, OrderId, OrderKind, Price, Qty, Side, Ticks};
use serde::{Deserialize, Serialize};

use crate::approval::ClosingBudget;
use crate::gate::{
    Limits, Standing, check_bracket, check_contract, check_direction, check_growth, check_halt, crossing,
};
use crate::refusal::{PriceField, Refusal};
use crate::request::OrderRequest;
use crate::rule_check::Growth;
use crate::ticket::{given, read_price, read_qty};

/// A change as it was typed: what is empty stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChangeTicket {
    /// Contracts of the whole order, what is filled included.
    pub qty: Option<String>,
    /// The limit price.
    pub price: Option<String>,
}

/// What a change asks for: what is `None` stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChangeRequest {
    /// Contracts of the whole order, what is filled included.
    pub qty: Option<Qty>,
    /// The limit price.
    pub limit: Option<Price>,
}

impl ChangeTicket {
    /// Reads the words onto the grid of the order's contract.
    ///
    /// # Errors
    /// `bad_qty`, `price_off_grid`.
    pub fn read(&self, grid: &Grid) -> Result<ChangeRequest, Refusal> {
        let qty = given(self.qty.as_deref()).map(read_qty).transpose()?;
        let limit = given(self.price.as_deref());
        let limit = limit.map(|text| read_price(grid, PriceField::Limit, text)).transpose()?;
        Ok(ChangeRequest { qty, limit })
    }
}

/// The working order that is to change, as the gate must know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorkingOrder {
    /// Our id.
    pub id: OrderId,
    /// The contract that it trades.
    pub contract: ContractId,
    /// Buy or sell.
    pub side: Side,
    /// Contracts of the whole order.
    pub qty: Qty,
    /// Contracts filled.
    pub filled: u32,
    /// Market or limit.
    pub kind: OrderKind,
    /// What it does to the position.
    pub aim: WorkingAim,
}

/// What a working order does to the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WorkingAim {
    /// It opens or adds; its lot is watched with this bracket.
    Opens(Bracket),
    /// It only closes.
    Closes,
}

/// New terms of a working order that have passed the gate. Only this crate can make one: outside, this
/// does not compile.
///
/// ```compile_fail,E0451
/// use phantom_compliance::{OrderChange, WorkingOrder};
/// use phantom_model::Price;
///
/// fn forge(order: WorkingOrder, limit: Price) -> OrderChange {
///     OrderChange { id: order.id, contract: order.contract, qty: order.qty, limit }
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderChange {
    id: OrderId,
    contract: ContractId,
    qty: Qty,
    limit: Price,
}

impl OrderChange {
    /// The order's id, which stays.
    #[must_use]
    pub const fn id(&self) -> OrderId {
        self.id
    }

    /// The contract that it trades.
    #[must_use]
    pub const fn contract(&self) -> ContractId {
        self.contract
    }

    /// Contracts of the whole order, what is filled included.
    #[must_use]
    pub const fn qty(&self) -> Qty {
        self.qty
    }

    /// The limit price.
    #[must_use]
    pub const fn limit(&self) -> Price {
        self.limit
    }
}

/// The gate: may this order be changed so, in this state? The order itself is counted in `standing`.
///
/// # Errors
/// The first refusal: what the change alone has wrong, then halt, direction and size for the part that
/// raises risk.
pub fn can_change(
    limits: &Limits,
    standing: &Standing<'_>,
    order: &WorkingOrder,
    change: &ChangeRequest,
) -> Result<OrderChange, Refusal> {
    let OrderKind::Limit(old_limit) = order.kind else { return Err(Refusal::NotALimitOrder) };
    let (qty, limit) = (change.qty.unwrap_or(order.qty), change.limit.unwrap_or(old_limit));
    if (qty, limit) == (order.qty, old_limit) {
        return Err(Refusal::NothingChanges);
    }
    if qty.contracts() <= order.filled {
        return Err(Refusal::AlreadyFilled { filled: order.filled, wanted: qty.contracts() });
    }
    let grown = Qty::new(qty.contracts().saturating_sub(order.qty.contracts()));
    match order.aim {
        WorkingAim::Opens(bracket) => {
            check_bracket(standing, &as_request(order, qty, limit, bracket))?;
            let nearer = (limit - old_limit).count() * order.side.sign();
            if nearer > 0 || grown.is_some() {
                check_halt(standing)?;
                check_direction(limits, standing, order.side)?;
                check_contract(standing)?;
                if let Some(grown) = grown {
                    check_still_opens(standing, order.side, grown)?;
                }
                let request = as_request(order, qty, limit, bracket);
                let contracts = grown.map_or(0, |grown| u64::from(grown.contracts()));
                let growth = Growth::of_change(&request, contracts, Ticks::new(nearer.max(0)));
                check_growth(limits, standing, growth, &mut |_| ())?;
            }
        }
        WorkingAim::Closes => check_fits(standing, order.side, grown)?,
    }
    Ok(OrderChange { id: order.id, contract: order.contract, qty, limit })
}

const fn as_request(order: &WorkingOrder, qty: Qty, limit: Price, bracket: Bracket) -> OrderRequest {
    let (contract, side, kind) = (order.contract, order.side, OrderKind::Limit(limit));
    OrderRequest { contract, side, qty, kind, bracket, guard: Guard::NONE }
}

/// An entry whose position has turned against it since would now close, and then cross.
fn check_still_opens(standing: &Standing<'_>, side: Side, grown: Qty) -> Result<(), Refusal> {
    let against = standing.position.side().is_some_and(|held| held != side);
    if against { Err(crossing(standing, grown)) } else { Ok(()) }
}

/// A reduction may grow by what no exit will close, and only while there is something on its other side.
fn check_fits(standing: &Standing<'_>, side: Side, grown: Option<Qty>) -> Result<(), Refusal> {
    let Some(grown) = grown else { return Ok(()) };
    let budget = ClosingBudget::new(standing.position, standing.exits_outstanding);
    let closes = standing.position.side() == Some(side.opposite());
    if closes && u64::from(grown.contracts()) <= budget.left() {
        Ok(())
    } else {
        Err(crossing(standing, grown))
    }
}

/// Why an order that is there cannot be changed now, whatever the change is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Unchangeable {
    /// It works no more.
    NotWorking,
    /// Its cancel is on the way.
    CancelUnderWay,
    /// Another change is on the way.
    ChangeUnderWay,
    /// The broker owes an answer about it.
    Unknown,
    /// It is an exit that the desk sends and pursues by itself.
    OwnExit,
    /// Somebody else placed it, not this desk.
    NotOurs,
}

impl Unchangeable {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NotWorking => "not_working",
            Self::CancelUnderWay => "cancel_under_way",
            Self::ChangeUnderWay => "change_under_way",
            Self::Unknown => "order_unknown",
            Self::OwnExit => "own_exit",
            Self::NotOurs => "order_not_ours",
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::NotWorking => "the order works no more: there is nothing to change",
            Self::CancelUnderWay => "its cancel is on the way: wait for the broker's answer",
            Self::ChangeUnderWay => "an earlier change is on the way: wait for the broker's answer",
            Self::Unknown => "the broker's answer is overdue: how the order stands is being asked",
            Self::NotOurs => "the order is not the desk's own: it can be changed only where it was placed",
            Self::OwnExit => "this exit is the desk's own: it can be cancelled, not changed",
        }
    }
}
