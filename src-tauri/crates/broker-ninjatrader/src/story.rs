//! How a connection stands, in words for people: what the settings show of it.

use std::time::Duration;

use phantom_bridge::body::{AccountStatus, ConnectionStatus, Env};
use phantom_bridge::text::{Name, Words};
use phantom_bridge::{ByeCode, HandshakeFault};

/// Why a connection could not be made, or ended.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConnectFault {
    /// Nobody listens there.
    #[error("nothing listens there: start NinjaTrader with the AddOn, and look at host and port ({0})")]
    NothingListens(String),
    /// What listens there is not the bridge, or it does not answer.
    #[error("what listens there does not answer as the bridge does")]
    NoAnswer,
    /// The secrets differ.
    #[error("wrong secret: paste the one that the AddOn shows")]
    WrongSecret,
    /// Another version of the protocol.
    #[error(
        "the AddOn speaks version {theirs} of the bridge, this program version {ours}: install the AddOn that came with this program"
    )]
    WrongVersion {
        /// The version of the other side.
        theirs: u32,
        /// Ours.
        ours: u32,
    },
    /// No such account.
    #[error("NinjaTrader has no account of this name: it must be written exactly as there")]
    UnknownAccount,
    /// Another desk is connected.
    #[error("busy: another desk is connected to this account")]
    Busy,
    /// The account is of the other kind.
    #[error("the account is {is}, and this connection is for {wanted}: nothing is sent")]
    WrongEnv {
        /// What was wanted.
        wanted: &'static str,
        /// What it is.
        is: &'static str,
    },
    /// Nothing was heard for too long.
    #[error("the other side fell silent")]
    Silent,
    /// The connection ended.
    #[error("the connection ended")]
    Closed,
    /// The other side said goodbye.
    #[error("the other side ended it: {0}")]
    Goodbye(ByeCode),
    /// A line that does not belong there, or events with a gap.
    #[error("a line that does not belong there: {0}")]
    Protocol(&'static str),
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
}

impl From<HandshakeFault> for ConnectFault {
    fn from(fault: HandshakeFault) -> Self {
        match fault {
            HandshakeFault::Malformed => Self::NoAnswer,
            HandshakeFault::WrongSecret | HandshakeFault::Refused(ByeCode::BadAuth) => Self::WrongSecret,
            HandshakeFault::WrongVersion(theirs) => {
                Self::WrongVersion { theirs, ours: phantom_bridge::VERSION }
            }
            HandshakeFault::Refused(ByeCode::UnknownAccount) => Self::UnknownAccount,
            HandshakeFault::Refused(ByeCode::Busy) => Self::Busy,
            HandshakeFault::Refused(code) => Self::Goodbye(code),
        }
    }
}

/// How far a connection is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Stage {
    /// A try is on its way.
    #[default]
    Connecting,
    /// The last try failed, or the connection ended; the next try follows.
    Waiting {
        /// Why.
        fault: ConnectFault,
        /// When the next try is made, from then.
        retry_in: Duration,
    },
    /// The account is being read.
    Reading,
    /// Native stops that stood for phantoms are being taken away.
    TakingOver {
        /// How many still stand.
        shadows: usize,
    },
    /// It is an account with real money, and nobody has confirmed it by its name.
    AwaitsConfirmation,
    /// The platform itself has no way to the market.
    PlatformDown(ConnectionStatus),
    /// Orders can be sent.
    Up,
}

/// Something that a person should know although the connection works.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Warning {
    /// The platform calls another contract current.
    NotTheFrontMonth {
        /// Ours.
        contract: String,
        /// The platform's.
        front: String,
    },
    /// The platform has another tick size or point value: nothing opens in it.
    OtherTerms {
        /// Which contract.
        contract: String,
        /// What differs.
        what: &'static str,
    },
    /// The platform does not know the contract.
    UnknownContract {
        /// Which one.
        contract: String,
    },
    /// The account holds or works something that the desk does not list.
    HeldElsewhere {
        /// What.
        contract: String,
    },
    /// The journal of the other side has an order that the platform has lost.
    LostOrder {
        /// Its client id.
        client_id: String,
    },
    /// An execution or a price that cannot be read on the desk's grid.
    UnreadablePrice {
        /// Which contract.
        contract: String,
    },
    /// Prices do not come although the connection stands.
    StalePrices,
    /// An id of ours is known there with other terms.
    IdReused {
        /// Which id.
        client_id: String,
    },
}

/// Everything that is known of a connection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConnectionStory {
    /// How far it is.
    pub stage: Stage,
    /// Name and version of the other side.
    pub server: Option<Name>,
    /// The platform behind it, with its version.
    pub platform: Option<Name>,
    /// The account.
    pub account: Option<Name>,
    /// Who provides it.
    pub provider: Option<Name>,
    /// Simulated, or real money.
    pub env: Option<Env>,
    /// Whether it may trade.
    pub account_status: Option<AccountStatus>,
    /// Words of the platform about its own connection.
    pub text: Option<Words>,
    /// How long the last question and its answer took.
    pub latency: Option<Duration>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// Connections that were made so far.
    pub connections: u64,
}
