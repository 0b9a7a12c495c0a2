//! What the client may ask for.

use serde::{Deserialize, Serialize};

use crate::body::{Env, OrderSide};
use crate::json::Object;
use crate::text::{
    Amount, Contracts, ExpiryYear, Id, MonthNumber, Name, OrderContracts, PlatformId, Root, SubNumber,
};

/// A command, its members read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// A new order.
    Place(Place),
    /// Other terms for a working limit order.
    Change(Change),
    /// Take an order out of the market.
    Cancel(ById),
    /// Close one instrument by the platform's own means.
    Flatten(Flatten),
    /// Say again what is known of an order.
    Query(ById),
    /// A further snapshot.
    Snapshot,
    /// Stream the trades and quotes of a contract.
    Subscribe(ContractName),
    /// Stop streaming.
    Unsubscribe(Unsubscribe),
    /// The accounts that the platform has.
    Accounts,
    /// Protect a phantom while the app is away.
    Arm(Arm),
    /// Protect a phantom no more, or all but some.
    Disarm(Disarm),
}

/// Why the server did not do a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// A member is missing, of the wrong type, out of range or unknown.
    BadRequest,
    /// No such command.
    UnknownOp,
    /// The platform has no way to the market.
    NotConnected,
    /// The order was born for the other kind of account.
    WrongEnv,
    /// The platform has no such contract.
    UnknownInstrument,
    /// Off the tick grid, or not a price that the platform takes.
    BadPrice,
    /// Not a quantity for this order.
    BadQty,
    /// The account may not trade now.
    NotPermitted,
    /// The client id is known with other terms.
    IdReused,
    /// No order with this client id.
    UnknownOrder,
    /// The order works no more.
    Ended,
    /// A change or cancel of the order is outstanding.
    Pending,
    /// Not a limit order.
    NotChangeable,
    /// The server's journal could not be written.
    Journal,
    /// The platform failed; the order may exist.
    Platform,
    /// More phantoms or subscriptions than the server keeps.
    TooMany,
    /// No phantom of this name is armed.
    NoSuchPhantom,
    /// No such subscription.
    NoSuchSub,
}

/// How an order meets the market.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// At the next price.
    Market,
    /// At the limit or better.
    Limit,
}

/// How long an order stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceTif {
    /// Until the end of the session.
    Day,
    /// Until it is cancelled.
    Gtc,
}

/// Whether a person or a program decided on an order: the exchange wants to know (CME tag 1028).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A person, by a click or a key.
    Manual,
    /// A program.
    Automated,
}

/// A new order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Our id.
    pub client_id: Id,
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// Buy or sell.
    pub side: OrderSide,
    /// Market or limit.
    #[serde(rename = "type")]
    pub kind: PlaceKind,
    /// Contracts.
    pub qty: OrderContracts,
    /// The limit price of a limit order.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<Amount>,
    /// How long it stays.
    pub tif: PlaceTif,
    /// Who decided.
    pub entry: Entry,
    /// The kind of account that it was born for.
    pub env: Env,
}

/// Other terms for a working limit order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Our id.
    pub client_id: Id,
    /// Contracts of the whole order.
    pub qty: OrderContracts,
    /// The limit price.
    pub limit: Amount,
    /// The kind of account that it was born for.
    pub env: Env,
}

/// An order of ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ById {
    /// Our id.
    pub client_id: Id,
}

/// A close of one instrument.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flatten {
    /// Our id of the closing order.
    pub client_id: Id,
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// The closing side.
    pub side: OrderSide,
    /// The most that may be closed.
    pub qty: OrderContracts,
    /// Who decided.
    pub entry: Entry,
    /// The kind of account that it was born for.
    pub env: Env,
}

/// A contract.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractName {
    /// The root of the instrument.
    pub root: Root,
    /// The month.
    pub month: MonthNumber,
    /// The year.
    pub year: ExpiryYear,
}

/// A subscription to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// Which one.
    pub sub: SubNumber,
}

/// A phantom to protect while the app is away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// The phantom's name: that of its lot.
    pub phantom: Id,
    /// The id that its exit would have.
    pub exit_id: Id,
    /// The root of the instrument.
    pub root: Root,
    /// The month of the contract.
    pub month: MonthNumber,
    /// The year of the contract.
    pub year: ExpiryYear,
    /// The closing side.
    pub side: OrderSide,
    /// Contracts.
    pub qty: Contracts,
    /// The phantom's stop.
    pub stop: Amount,
    /// The wider stop that works at the broker all the time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disaster: Option<Amount>,
    /// The kind of account that it was born for.
    pub env: Env,
}

/// The most phantoms that a server protects at once.
pub const ARMED_MAX: usize = 1_000;

/// Phantoms to protect no more: one, all but some, or all of them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disarm {
    /// Which one. Never beside `but`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phantom: Option<Id>,
    /// All that are not listed here: at most [`ARMED_MAX`], and what is not armed may be listed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub but: Option<Vec<Id>>,
}

impl Disarm {
    /// One phantom.
    #[must_use]
    pub const fn one(phantom: Id) -> Self {
        Self { phantom: Some(phantom), but: None }
    }

    /// All phantoms but these.
    #[must_use]
    pub fn all_but<'a>(kept: impl IntoIterator<Item = &'a Id>) -> Self {
        Self { phantom: None, but: Some(kept.into_iter().take(ARMED_MAX).cloned().collect()) }
    }

    /// Whether a phantom that is armed is to be protected no more.
    #[must_use]
    pub fn names(&self, armed: &Id) -> bool {
        let is_kept = self.but.as_ref().is_some_and(|kept| kept.contains(armed));
        !is_kept && self.phantom.as_ref().is_none_or(|phantom| phantom == armed)
    }
}

/// The answer to `subscribe`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Subscribed {
    /// The number that its trades and quotes carry.
    pub sub: SubNumber,
    /// The platform's tick size.
    pub tick_size: Amount,
    /// What a point of one contract is worth.
    pub point_value: Amount,
    /// The month of the contract that the platform calls current.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub front_month: Option<MonthNumber>,
    /// Its year.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub front_year: Option<ExpiryYear>,
}

/// The answer to `query`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// Whether there is such an order.
    pub found: Found,
}

/// Whether there is an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The platform has it.
    Yes,
    /// The journal has it and the platform does not.
    Lost,
    /// The journal has never seen it.
    No,
}

/// The answer to `arm` and `disarm`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Armed {
    /// The digest of everything that is armed now.
    pub digest: PlatformId,
}

/// The answer to `accounts`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accounts {
    /// The accounts.
    pub accounts: Vec<AccountRow>,
}

/// One account that the platform has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its name.
    pub name: Name,
    /// Its provider.
    pub provider: Name,
    /// Simulated, or real money.
    pub env: Env,
    /// Whether it may trade.
    pub status: crate::body::AccountStatus,
    /// Whether its connection stands.
    pub connected: bool,
}

/// No answer but that it was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

impl Command {
    /// The word on the wire.
    #[must_use]
    pub const fn op(&self) -> &'static str {
        match self {
            Self::Place(_) => "place",
            Self::Change(_) => "change",
            Self::Cancel(_) => "cancel",
            Self::Flatten(_) => "flatten",
            Self::Query(_) => "query",
            Self::Snapshot => "snapshot",
            Self::Subscribe(_) => "subscribe",
            Self::Unsubscribe(_) => "unsubscribe",
            Self::Accounts => "accounts",
            Self::Arm(_) => "arm",
            Self::Disarm(_) => "disarm",
        }
    }

    /// Reads the members of a command.
    ///
    /// # Errors
    /// [`RefusalCode::UnknownOp`] or [`RefusalCode::BadRequest`].
    pub fn read(op: &str, members: Object) -> Result<Self, RefusalCode> {
        fn typed<T: serde::de::DeserializeOwned>(members: Object) -> Result<T, RefusalCode> {
            serde_json::from_value(members.into()).map_err(|_| RefusalCode::BadRequest)
        }
        let command = match op {
            "place" => Self::Place(typed::<Place>(members)?),
            "change" => Self::Change(typed(members)?),
            "cancel" => Self::Cancel(typed(members)?),
            "flatten" => Self::Flatten(typed(members)?),
            "query" => Self::Query(typed(members)?),
            "snapshot" => typed::<Empty>(members).map(|_| Self::Snapshot)?,
            "subscribe" => Self::Subscribe(typed(members)?),
            "unsubscribe" => Self::Unsubscribe(typed(members)?),
            "accounts" => typed::<Empty>(members).map(|_| Self::Accounts)?,
            "arm" => Self::Arm(typed(members)?),
            "disarm" => Self::Disarm(typed(members)?),
            _ => return Err(RefusalCode::UnknownOp),
        };
        // A limit goes with a limit order and with no other.
        let misfit = |it: &Place| (it.kind == PlaceKind::Limit) != it.limit.is_some();
        let is_two =
            |it: &Disarm| it.but.as_ref().is_some_and(|kept| it.phantom.is_some() || kept.len() > ARMED_MAX);
        if matches!(&command, Self::Place(it) if misfit(it))
            || matches!(&command, Self::Disarm(it) if is_two(it))
        {
            return Err(RefusalCode::BadRequest);
        }
        Ok(command)
    }

    /// The members, to be written.
    #[must_use]
    pub fn members(&self) -> Object {
        match self {
            Self::Place(it) => object_of(it),
            Self::Change(it) => object_of(it),
            Self::Cancel(it) | Self::Query(it) => object_of(it),
            Self::Flatten(it) => object_of(it),
            Self::Snapshot | Self::Accounts => Object::new(),
            Self::Subscribe(it) => object_of(it),
            Self::Unsubscribe(it) => object_of(it),
            Self::Arm(it) => object_of(it),
            Self::Disarm(it) => object_of(it),
        }
    }
}

/// The members of a typed object.
#[must_use]
pub fn object_of<T: Serialize>(it: &T) -> Object {
    match serde_json::to_value(it) {
        Ok(serde_json::Value::Object(object)) => object,
        // The types of the wire are objects of texts and numbers.
        Ok(_) | Err(_) => Object::new(),
    }
}

impl ContractName {
    /// The contract of an expiry of a root; `None` for a root that the wire cannot carry.
    #[must_use]
    pub fn new(root: &str, expiry: phantom_model::Expiry) -> Option<Self> {
        Some(Self {
            root: Root::try_from(root).ok()?,
            month: MonthNumber::new(i64::from(expiry.month().number()))?,
            year: ExpiryYear::new(i64::from(expiry.year()))?,
        })
    }
}
