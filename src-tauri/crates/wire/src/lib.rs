//! What crosses between the shell and the interface: requests, answers, rows, events, faults.
//!
//! Plain shapes and nothing else: no shape knows what it means, and no trading value has one of these
//! as its own. Prices, money and ids are text, counts and whole contracts are numbers, times are UTC
//! text with seven fractional digits. The TypeScript of the interface is written from these types.

pub mod about;
pub mod amend;
pub mod broker;
pub mod decimal;
pub mod event;
pub mod fault;
pub mod order;
pub mod receipt;
pub mod recovery;
pub mod row;
pub mod rules;
pub mod settings;
pub mod sound;
pub mod standing;

pub use about::{AboutAnswer, FolderAnswer, LicenceRow};
pub use amend::{
    AmendAnswer, BreakEvenChange, ChangeRequest, ClosePart, DecideRequest, Decision, LotProtection,
    ProtectAnswer, ProtectRequest, Protected, StopChange, TargetChange,
};
pub use broker::{AccountKind, BrokerLink, ConnectionFound, ConnectionTest, LinkStage};
pub use decimal::DecimalText;
pub use event::{DeskUpdateEvent, FlattenNews, OrderLogEvent, PositionUpdateEvent, Snapshot};
pub use fault::{SettingFault, WireFault};
pub use order::{
    ClosedPosition, Effect, FlattenAnswer, FlattenStatus, MarketControl, MarketSpeed, Maximum, OpenPosition,
    OrderQuestion, OrderRequest, OrderType, PasswordAnswer, PasswordPlace, PlaceAnswer, Side, Verdict,
    WarningRow, WorstCase, WorstLeft,
};
pub use receipt::{ExitFillRow, ExitRow, FlattenReceipt, LegWord, TriggerReceipt};
pub use recovery::{
    BundleAnswer, DecidedRow, HistoryAnswer, HistoryIndex, HistoryLine, HistoryQuestion, MissedRow,
    PassedPolicy, RecoveryAnswer, WrittenAnswer,
};
pub use row::{
    DeskMode, DeskStatus, FeedState, InstrumentRow, LogAction, LogRow, PhantomRow, PhantomState, PositionRow,
    QuoteRow, TradeBy, TradeRow, WorkingRow,
};
pub use rules::{
    AllowedRow, LockoutRow, PackRow, RuleAct, RuleLevel, RuleSetting, RuleUse, RulesChoice, RulesPanel,
    SourceRow,
};
pub use settings::{BrokerChoice, HandlingChoice, MarketSource, MockMarket, NinjaTrader, Settings, Trading};
pub use sound::{SoundAnswer, SoundKind, Sounds};
pub use standing::{
    DeskStanding, DifferenceRow, DifferenceState, FlattenProgress, FlattenStage, LatchRow, LimitUse,
    OrderLatency, ProtectionLine,
};
