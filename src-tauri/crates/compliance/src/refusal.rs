//! Why the gate says no: a stable code, and words that say what would be allowed.

use std::fmt;

use phantom_model::{NetQty, Side};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Minis;
use crate::change::Unchangeable;
use crate::guard_words::GuardFault;
use crate::rule_refusal::RuleRefusal;
use crate::rules::Lockout;

/// Which price of a ticket a refusal is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PriceField {
    /// The limit price.
    Limit,
    /// The stop-loss.
    Stop,
    /// The take-profit.
    Target,
}

impl PriceField {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Limit => "limit price",
            Self::Stop => "stop",
            Self::Target => "target",
        }
    }
}

/// What is wrong with a price text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PriceFault {
    /// It lies between these two prices of the grid.
    Between {
        /// The nearest below.
        below: Decimal,
        /// The nearest above.
        above: Decimal,
    },
    /// It is no decimal number.
    NotANumber,
    /// It is further from zero than any price can be.
    OutOfRange,
}

/// A refusal. The order of the variants is the order of the checks: the first one wins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Refusal {
    /// Neither a root nor an alias of the contract table.
    UnknownSymbol {
        /// As typed.
        symbol: String,
        /// A symbol that may have been meant.
        meant: Option<String>,
    },
    /// Not a whole number from 1 to 1 000.
    BadQty {
        /// As typed.
        given: String,
    },
    /// A limit order without its price.
    MissingPrice,
    /// A price that does not exist on the tick grid.
    PriceOffGrid {
        /// Which price.
        field: PriceField,
        /// As typed.
        given: String,
        /// What is wrong with it.
        fault: PriceFault,
    },
    /// The stop is not strictly on the losing side of the reference.
    StopWrongSide {
        /// The side of the order.
        side: Side,
        /// The stop.
        stop: Decimal,
        /// Last trade or limit; `None` when nothing has traded yet.
        reference: Option<Decimal>,
    },
    /// The target is not strictly on the winning side of the reference.
    TargetWrongSide {
        /// The side of the order.
        side: Side,
        /// The target.
        target: Decimal,
        /// Last trade or limit; `None` when nothing has traded yet.
        reference: Option<Decimal>,
    },
    /// A distance in ticks, or what goes with it, that cannot be.
    BadBracket(GuardFault),
    /// A stop or target on an order that only closes.
    BracketOnExit,
    /// A change of an order at the market: it has nothing to change.
    NotALimitOrder,
    /// The order, or the stop and target, already are what was asked for.
    NothingChanges,
    /// A change to no more than what is filled already.
    AlreadyFilled {
        /// Contracts filled.
        filled: u32,
        /// Contracts asked for.
        wanted: u32,
    },
    /// The order cannot be changed now, whatever the change is.
    Unchangeable(Unchangeable),
    /// A stop that is to trail has no trade to start from.
    NoLastTrade,
    /// No lot is open there.
    NoOpenLot,
    /// The lot's exit is on its way: a change of its stop or target comes too late.
    LotExiting,
    /// Every exit that the desk sent for the lot was refused: it is a person's now.
    LotUnprotected,
    /// The kill switch is on.
    Killed,
    /// The account is locked; by which rule and until when, where it is known.
    LockedOut(Option<Lockout>),
    /// A flatten has not answered yet.
    Flattening,
    /// The broker cannot be reached.
    NotConnected,
    /// What happened while the broker could not be reached is not known yet.
    Reconciling,
    /// The journal takes no more: openings blocked, exits alive and not recorded.
    JournalLost,
    /// The engine found its own books in doubt: openings blocked, exits alive.
    Latched,
    /// It would close the position and open the other side.
    WouldCrossZero {
        /// The position that fills prove.
        position: NetQty,
        /// Contracts asked for.
        wanted: u64,
        /// Contracts that may still be closed.
        left: u64,
    },
    /// Flat, but an entry on the other side may still fill.
    OppositeEntryWorking {
        /// The side of the working entry.
        working: Side,
    },
    /// Short selling is switched off.
    ShortSellingOff,
    /// The contract trades no more.
    ContractExpired,
    /// The broker's tick size or point value of the contract is not the desk's.
    InstrumentChanged,
    /// Larger than one order may be.
    OrderSize {
        /// The order.
        wanted: Minis,
        /// The limit of one order.
        limit: Minis,
    },
    /// The worst case of position, live orders and this order is over the limit.
    PositionLimit {
        /// The worst case without this order.
        in_use: Minis,
        /// The limit.
        limit: Minis,
        /// Contracts of this instrument that would still be allowed.
        contracts_more: u64,
    },
    /// A rule of the firm, or the trader's own.
    Rule(Box<RuleRefusal>),
}

impl Refusal {
    pub(crate) fn by_rule(refusal: RuleRefusal) -> Self {
        Self::Rule(Box::new(refusal))
    }

    /// The stable reason code.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::UnknownSymbol { .. } => "unknown_symbol",
            Self::BadQty { .. } => "bad_qty",
            Self::MissingPrice => "missing_price",
            Self::PriceOffGrid { .. } => "price_off_grid",
            Self::StopWrongSide { .. } => "stop_wrong_side",
            Self::TargetWrongSide { .. } => "target_wrong_side",
            Self::BadBracket(_) => "bad_bracket",
            Self::BracketOnExit => "bracket_on_exit",
            Self::NotALimitOrder => "not_a_limit_order",
            Self::NothingChanges => "nothing_changes",
            Self::AlreadyFilled { .. } => "already_filled",
            Self::Unchangeable(why) => why.code(),
            Self::NoLastTrade => "no_last_trade",
            Self::NoOpenLot => "no_open_lot",
            Self::LotExiting => "lot_exiting",
            Self::LotUnprotected => "lot_unprotected",
            Self::Killed => "killed",
            Self::LockedOut(_) => "locked_out",
            Self::Flattening => "flattening",
            Self::NotConnected => "not_connected",
            Self::Reconciling => "reconciling",
            Self::JournalLost => "journal_lost",
            Self::Latched => "latched",
            Self::WouldCrossZero { .. } => "would_cross_zero",
            Self::OppositeEntryWorking { .. } => "opposite_entry_working",
            Self::ShortSellingOff => "short_selling_off",
            Self::ContractExpired => "contract_expired",
            Self::InstrumentChanged => "instrument_changed",
            Self::OrderSize { .. } => "order_size",
            Self::PositionLimit { .. } => "position_limit",
            Self::Rule(refusal) => refusal.reason(),
        }
    }
}

impl fmt::Display for Refusal {
    /// The message: what is wrong, and what would be allowed.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each refusal")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSymbol { symbol, meant: Some(meant) } => {
                write!(f, "no instrument {symbol:?}; did you mean {meant}?")
            }
            Self::UnknownSymbol { symbol, meant: None } => {
                write!(f, "no instrument {symbol:?}")
            }
            Self::BadQty { given } => {
                write!(f, "quantity {given:?} is not a whole number from 1 to 1000")
            }
            Self::MissingPrice => f.write_str("a limit order needs a price"),
            Self::PriceOffGrid { field, given, fault } => write_price_fault(f, *field, given, fault),
            Self::StopWrongSide { side, stop, reference } => {
                let word = side_word(*side, "below", "above");
                write_wrong_side(f, "stop", *side, word, *stop, *reference)
            }
            Self::TargetWrongSide { side, target, reference } => {
                let word = side_word(*side, "above", "below");
                write_wrong_side(f, "target", *side, word, *target, *reference)
            }
            Self::BadBracket(fault) => fault.fmt(f),
            Self::BracketOnExit => f.write_str("this order only closes: send it without stop and target"),
            Self::NotALimitOrder => f.write_str("only a limit order can be changed"),
            Self::NothingChanges => f.write_str("nothing would change"),
            Self::AlreadyFilled { filled, wanted } => write!(
                f,
                "{filled} are filled already: {wanted} would leave nothing to fill; cancel the rest instead"
            ),
            Self::Unchangeable(why) => f.write_str(why.words()),
            Self::NoLastTrade => f.write_str("nothing has traded yet: there is nothing to trail"),
            Self::NoOpenLot => f.write_str("no lot is open there"),
            Self::LotExiting => f.write_str("the exit of this lot is on its way"),
            Self::LotUnprotected => {
                f.write_str("every exit of this lot was refused: close it with an order of your own")
            }
            Self::Killed => f.write_str("the kill switch is on; exits still work"),
            Self::LockedOut(None) => f.write_str("the account is locked by a rule; exits still work"),
            Self::LockedOut(Some(lock)) => {
                write!(f, "the account is locked by {} {}; exits still work", lock.cause, lock.until)
            }
            Self::Flattening => f.write_str("flatten all is under way; wait for its answer"),
            Self::NotConnected => f.write_str("the broker cannot be reached"),
            Self::Reconciling => f.write_str("the broker's own account is being compared; wait for it"),
            Self::JournalLost => f.write_str(
                "the journal takes no more, so nothing is opened; exits still work; start again for a new one",
            ),
            Self::Latched => {
                f.write_str("openings are blocked until the books are checked; exits still work")
            }
            Self::WouldCrossZero { position, wanted, left } => write!(
                f,
                "position is {position}: {wanted} would cross zero, up to {left} can be closed; \
                 close first, then open the other side"
            ),
            Self::OppositeEntryWorking { working } => {
                write!(f, "a {working} entry may still fill; cancel it first")
            }
            Self::ShortSellingOff => f.write_str(
                "short selling is off: a sell needs a position to close; switch it on to go short",
            ),
            Self::ContractExpired => {
                f.write_str("this contract trades no more; choose a later one; exits still go out")
            }
            Self::InstrumentChanged => f.write_str(
                "the broker's tick size or point value of this contract is not the desk's: \
                 no price of it can be trusted; exits still work",
            ),
            Self::OrderSize { wanted, limit } => {
                write!(f, "order of {wanted} minis is over the limit of {limit} for one order")
            }
            Self::PositionLimit { in_use, limit, contracts_more } => {
                write!(f, "{in_use} of {limit} contracts in use; {contracts_more} more")
            }
            Self::Rule(refusal) => refusal.fmt(f),
        }
    }
}

fn write_price_fault(
    f: &mut fmt::Formatter<'_>,
    field: PriceField,
    given: &str,
    fault: &PriceFault,
) -> fmt::Result {
    let field = field.word();
    match fault {
        PriceFault::Between { below, above } => {
            write!(f, "{field} {given} is off the tick grid: {below} or {above}")
        }
        PriceFault::NotANumber => write!(f, "{field} {given:?} is not a price"),
        PriceFault::OutOfRange => write!(f, "{field} {given} is out of range"),
    }
}

fn write_wrong_side(
    f: &mut fmt::Formatter<'_>,
    leg: &str,
    side: Side,
    where_to: &str,
    price: Decimal,
    reference: Option<Decimal>,
) -> fmt::Result {
    match reference {
        Some(reference) => {
            write!(f, "{leg} {price} of a {side} must be {where_to} {reference}")
        }
        None => write!(f, "{leg} {price} cannot be checked: nothing has traded yet"),
    }
}

const fn side_word(side: Side, buy: &'static str, sell: &'static str) -> &'static str {
    match side {
        Side::Buy => buy,
        Side::Sell => sell,
    }
}
