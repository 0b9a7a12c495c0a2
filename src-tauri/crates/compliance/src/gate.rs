//! `canSubmitOrder`: the checks in their published order, on the state in which the order will leave.

use phantom_model::price::Grid;
use phantom_model::{Bracket, NetQty, OrderId, OrderKind, Price, Qty, Side};

use crate::approval::{Approved, ClosingBudget, ExitOrder, NewOrder};
use crate::minis::Minis;
use crate::refusal::Refusal;
use crate::request::OrderRequest;

/// What the trader and the rules allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Whether a sell may open a short position.
    pub short_selling: ShortSelling,
    /// The largest order, in mini-equivalents; `None` for no limit.
    pub order_max: Option<Minis>,
    /// The largest worst-case position of the account, in mini-equivalents; `None` for no limit.
    pub position_max: Option<Minis>,
}

impl Limits {
    /// A new install: short selling off, 5 mini-equivalents for an order and for the position.
    pub const NEW_INSTALL: Self = Self {
        short_selling: ShortSelling::Off,
        order_max: Some(Minis::whole(5)),
        position_max: Some(Minis::whole(5)),
    };

    /// No limit at all: a replay without a rule pack.
    pub const NONE: Self = Self { short_selling: ShortSelling::On, order_max: None, position_max: None };
}

/// Whether a sell may open a short position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShortSelling {
    /// It may.
    On,
    /// A sell only closes.
    Off,
}

/// Whether openings are stopped altogether. Exits never are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "causes that can hold together, each with its own end")]
pub struct Halt {
    /// The kill switch is on.
    pub killed: bool,
    /// A rule has locked the account.
    pub locked_out: bool,
    /// A flatten has not answered yet.
    pub flattening: bool,
    /// The broker cannot be reached.
    pub not_connected: bool,
    /// What happened while the broker could not be reached is not known yet.
    pub reconciling: bool,
    /// The engine found its own books in doubt.
    pub latched: bool,
}

/// How the account and the contract stand at the moment of the decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing<'a> {
    /// Whether openings are stopped.
    pub halt: Halt,
    /// The contract's position that fills prove.
    pub position: NetQty,
    /// Contracts in exits that may still fill, or that are decided and about to leave.
    pub exits_outstanding: u64,
    /// Contracts of live buy entries that may still fill.
    pub buy_entry_leaves: u64,
    /// Contracts of live sell entries that may still fill.
    pub sell_entry_leaves: u64,
    /// The worst case of every other contract of the account.
    pub worst_elsewhere: Minis,
    /// The size of one contract.
    pub weight: Minis,
    /// The last good trade; `None` before the first.
    pub last_trade: Option<Price>,
    /// The contract's tick grid, for messages.
    pub grid: &'a Grid,
}

/// What the gate lets through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Permit {
    /// It may open or add.
    Opening(Approved<NewOrder>),
    /// It only closes.
    Reducing(ExitOrder),
}

/// The gate: may this order leave, in this state?
///
/// # Errors
/// The first refusal in the order of the checks: input, halt, latch, direction, size.
pub fn can_submit(
    limits: &Limits,
    standing: &Standing<'_>,
    id: OrderId,
    request: &OrderRequest,
) -> Result<Permit, Refusal> {
    check_bracket(standing, request)?;
    match Aim::of(standing, request) {
        Aim::Reduce(budget) => {
            if !request.bracket.is_none() || !request.guard.is_none() {
                return Err(Refusal::BracketOnExit);
            }
            // The budget holds: `Aim::of` has compared the quantity with what is left.
            budget
                .exit(id, request.contract, request.qty, request.kind)
                .map(Permit::Reducing)
                .ok_or_else(|| crossing(standing, request.qty))
        }
        Aim::Cross => {
            check_halt(standing.halt)?;
            Err(crossing(standing, request.qty))
        }
        Aim::Open => {
            check_halt(standing.halt)?;
            check_direction(limits, standing, request.side)?;
            check_size(limits, standing, request)?;
            Ok(Permit::Opening(Approved::new(new_order(id, request))))
        }
    }
}

/// What an order would do to the position.
enum Aim {
    Open,
    Reduce(ClosingBudget),
    Cross,
}

impl Aim {
    fn of(standing: &Standing<'_>, request: &OrderRequest) -> Self {
        let against = standing.position.side().is_some_and(|side| side != request.side);
        if !against {
            return Self::Open;
        }
        let budget = ClosingBudget::new(standing.position, standing.exits_outstanding);
        if u64::from(request.qty.contracts()) <= budget.left() { Self::Reduce(budget) } else { Self::Cross }
    }
}

const fn new_order(id: OrderId, request: &OrderRequest) -> NewOrder {
    let OrderRequest { contract, side, qty, kind, bracket: _, guard: _ } = *request;
    NewOrder { id, contract, side, qty, kind }
}

pub(crate) const fn crossing(standing: &Standing<'_>, qty: Qty) -> Refusal {
    Refusal::WouldCrossZero {
        position: standing.position,
        wanted: qty.contracts() as u64,
        left: ClosingBudget::new(standing.position, standing.exits_outstanding).left(),
    }
}

/// The stop strictly on the losing, the target strictly on the winning side of the last trade
/// (market) or of the limit.
pub(crate) fn check_bracket(standing: &Standing<'_>, request: &OrderRequest) -> Result<(), Refusal> {
    let Bracket { stop, target } = request.bracket;
    let reference = match request.kind {
        OrderKind::Market => standing.last_trade,
        OrderKind::Limit(price) => Some(price),
    };
    // Without a reference the sides cannot be judged, and what cannot be judged is refused.
    let wins = |price: Price, side: Side| {
        reference.is_some_and(|reference| (price - reference).count() * side.sign() > 0)
    };
    let grid = standing.grid;
    let shown = reference.map(|price| grid.decimal(price));
    if let Some(stop) = stop.filter(|&stop| !wins(stop, request.side.opposite())) {
        let stop = grid.decimal(stop);
        return Err(Refusal::StopWrongSide { side: request.side, stop, reference: shown });
    }
    if let Some(target) = target.filter(|&target| !wins(target, request.side)) {
        let target = grid.decimal(target);
        return Err(Refusal::TargetWrongSide { side: request.side, target, reference: shown });
    }
    Ok(())
}

pub(crate) const fn check_halt(halt: Halt) -> Result<(), Refusal> {
    let Halt { killed, locked_out, flattening, not_connected, reconciling, latched } = halt;
    if killed {
        Err(Refusal::Killed)
    } else if locked_out {
        Err(Refusal::LockedOut)
    } else if flattening {
        Err(Refusal::Flattening)
    } else if not_connected {
        Err(Refusal::NotConnected)
    } else if reconciling {
        Err(Refusal::Reconciling)
    } else if latched {
        Err(Refusal::Latched)
    } else {
        Ok(())
    }
}

pub(crate) fn check_direction(limits: &Limits, standing: &Standing<'_>, side: Side) -> Result<(), Refusal> {
    let opposite_leaves = match side {
        Side::Buy => standing.sell_entry_leaves,
        Side::Sell => standing.buy_entry_leaves,
    };
    if opposite_leaves > 0 {
        return Err(Refusal::OppositeEntryWorking { working: side.opposite() });
    }
    match (side, limits.short_selling) {
        (Side::Sell, ShortSelling::Off) => Err(Refusal::ShortSellingOff),
        (Side::Sell, ShortSelling::On) | (Side::Buy, ShortSelling::On | ShortSelling::Off) => Ok(()),
    }
}

fn check_size(limits: &Limits, standing: &Standing<'_>, request: &OrderRequest) -> Result<(), Refusal> {
    check_growth(limits, standing, request.side, request.qty, request.qty)
}

/// The size of an order of `qty` contracts of which `grown` are not counted in `standing` yet.
pub(crate) fn check_growth(
    limits: &Limits,
    standing: &Standing<'_>,
    side: Side,
    qty: Qty,
    grown: Qty,
) -> Result<(), Refusal> {
    let whole = standing.weight * u64::from(qty.contracts());
    if let Some(limit) = limits.order_max.filter(|&limit| whole > limit) {
        return Err(Refusal::OrderSize { wanted: whole, limit });
    }
    let wanted = standing.weight * u64::from(grown.contracts());
    let Some(limit) = limits.position_max else { return Ok(()) };
    let leaves = match side {
        Side::Buy => standing.buy_entry_leaves,
        Side::Sell => standing.sell_entry_leaves,
    };
    let here = standing.weight * (standing.position.size().saturating_add(leaves));
    let in_use = standing.worst_elsewhere + here;
    if in_use + wanted <= limit {
        return Ok(());
    }
    let room = (limit - in_use).max(Minis::ZERO).thousandths();
    let contracts_more =
        room.checked_div(standing.weight.thousandths()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    Err(Refusal::PositionLimit { in_use, limit, contracts_more })
}

/// The worst case of one contract: the larger of what it is long and what it is short once every
/// live entry on that side has filled and no exit has.
#[must_use]
pub fn worst_case(position: NetQty, buy_leaves: u64, sell_leaves: u64, weight: Minis) -> Minis {
    let size = position.size();
    let worst = match position.side() {
        Some(Side::Buy) => size.saturating_add(buy_leaves).max(sell_leaves.saturating_sub(size)),
        Some(Side::Sell) => size.saturating_add(sell_leaves).max(buy_leaves.saturating_sub(size)),
        None => buy_leaves.max(sell_leaves),
    };
    weight * worst
}
