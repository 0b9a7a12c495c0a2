//! `canSubmitOrder`: the checks in their published order, on the state in which the order will leave.

use std::sync::Arc;

use phantom_model::price::Grid;
use phantom_model::{Bracket, ContractStanding, NetQty, OrderId, OrderKind, Price, Qty, Side};
use serde::{Deserialize, Serialize};

use crate::approval::{Approved, ClosingBudget, ExitOrder, NewOrder};
use crate::minis::Minis;
use crate::refusal::Refusal;
use crate::request::OrderRequest;
use crate::rule_check::{Growth, Warning, check_rules, minis_in_use, whole_contracts};
use crate::rule_refusal::RuleRefusal;
use crate::rule_standing::RuleStanding;
use crate::rules::Lockout;

/// What the trader and the rules allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ShortSelling {
    /// It may.
    On,
    /// A sell only closes.
    Off,
}

/// Whether openings are stopped altogether. Exits never are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// The journal takes no more: what is opened now would not survive the end of the program.
    pub journal_lost: bool,
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
    /// Whether the contract still trades, on the desk's terms.
    pub contract: ContractStanding,
    /// The last good trade; `None` before the first.
    pub last_trade: Option<Price>,
    /// The contract's tick grid, for messages.
    pub grid: &'a Grid,
    /// The lock of the account, for messages: that it is locked is told by `halt`.
    pub lock: Option<Lockout>,
    /// What is known of the rules.
    pub rules: Rules<'a>,
}

impl Standing<'_> {
    /// Whether nothing stops openings altogether: no halt, no latch, rules that can be used, and a contract
    /// that trades.
    #[must_use]
    pub fn lets_openings_leave(&self) -> bool {
        check_halt(self).is_ok() && check_contract(self).is_ok()
    }
}

/// What is known of the rules that an order is judged by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rules<'a> {
    /// None are in force: the desk's own checks only.
    None,
    /// How the account stands under them.
    Stand(&'a RuleStanding),
    /// There are rules, but they cannot be used: nothing opens.
    Unusable(&'a Arc<str>),
}

impl<'a> Rules<'a> {
    /// How the account stands under them, where they can be judged.
    #[must_use]
    pub const fn standing(self) -> Option<&'a RuleStanding> {
        match self {
            Self::Stand(rules) => Some(rules),
            Self::None | Self::Unusable(_) => None,
        }
    }
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
/// The first refusal in the order of the checks: input, halt, latch, direction, contract, and then time,
/// product, size, losses, price and rate.
pub fn can_submit(
    limits: &Limits,
    standing: &Standing<'_>,
    id: OrderId,
    request: &OrderRequest,
) -> Result<Permit, Refusal> {
    can_submit_warned(limits, standing, id, request, &mut |_| ())
}

/// The same, telling what does not stop the order but should be seen before it goes.
///
/// # Errors
/// As [`can_submit`].
pub fn can_submit_warned(
    limits: &Limits,
    standing: &Standing<'_>,
    id: OrderId,
    request: &OrderRequest,
    warn: &mut dyn FnMut(Warning),
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
            check_halt(standing)?;
            Err(crossing(standing, request.qty))
        }
        Aim::Open => {
            check_halt(standing)?;
            check_direction(limits, standing, request.side)?;
            check_contract(standing)?;
            check_growth(limits, standing, Growth::of_order(request), warn)?;
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

pub(crate) fn check_halt(standing: &Standing<'_>) -> Result<(), Refusal> {
    let Halt { killed, locked_out, flattening, not_connected, reconciling, journal_lost, latched } =
        standing.halt;
    if killed {
        Err(Refusal::Killed)
    } else if locked_out {
        Err(Refusal::LockedOut(standing.lock))
    } else if flattening {
        Err(Refusal::Flattening)
    } else if not_connected {
        Err(Refusal::NotConnected)
    } else if reconciling {
        Err(Refusal::Reconciling)
    } else if journal_lost {
        Err(Refusal::JournalLost)
    } else if latched {
        Err(Refusal::Latched)
    } else if let Rules::Unusable(why) = standing.rules {
        Err(Refusal::by_rule(RuleRefusal::Unusable { why: Arc::clone(why) }))
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

/// A contract that trades no more, or on other terms than the desk's, is not opened.
pub(crate) const fn check_contract(standing: &Standing<'_>) -> Result<(), Refusal> {
    match standing.contract {
        ContractStanding::Current | ContractStanding::RolledAway | ContractStanding::LastDay => Ok(()),
        ContractStanding::Expired => Err(Refusal::ContractExpired),
        ContractStanding::OtherTerms => Err(Refusal::InstrumentChanged),
    }
}

/// What an order, or a change of one, adds to risk.
pub(crate) fn check_growth(
    limits: &Limits,
    standing: &Standing<'_>,
    growth: Growth<'_>,
    warn: &mut dyn FnMut(Warning),
) -> Result<(), Refusal> {
    match standing.rules {
        Rules::Stand(rules) => check_rules(limits, standing, rules, growth, warn),
        Rules::None | Rules::Unusable(_) => check_own_size(limits, standing, growth),
    }
}

/// The trader's own sizes of an order and of the position.
pub(crate) fn check_own_size(
    limits: &Limits,
    standing: &Standing<'_>,
    growth: Growth<'_>,
) -> Result<(), Refusal> {
    let whole = standing.weight * u64::from(growth.request.qty.contracts());
    if let Some(limit) = limits.order_max.filter(|&limit| whole > limit) {
        return Err(Refusal::OrderSize { wanted: whole, limit });
    }
    if growth.contracts == 0 {
        return Ok(());
    }
    let wanted = standing.weight * growth.contracts;
    let Some(limit) = limits.position_max else { return Ok(()) };
    let in_use = minis_in_use(standing, growth.request.side);
    if in_use + wanted <= limit {
        return Ok(());
    }
    let contracts_more = whole_contracts(limit - in_use, standing.weight);
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
