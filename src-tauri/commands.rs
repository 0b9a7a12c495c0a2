//! The commands of the window, by what they are about. A command is: the request, a value of the
//! trade, a question to the desk, the answer.

#![expect(
    clippy::let_underscore_must_use,
    reason = "the macro of a command checks the type of its answer with such a let"
)]

pub(crate) mod about;
pub(crate) mod amend;
pub(crate) mod body;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod market;
pub(crate) mod orders;
pub(crate) mod receipts;
pub(crate) mod rules;
pub(crate) mod session;
pub(crate) mod settings;

/// Every event that the window hears.
pub(crate) const EVENTS: [&str; 5] =
    ["order-log", "position-update", "desk-update", "flatten-news", "open-settings"];

/// Every command by the name that the window uses. Each belongs to exactly one set of permissions.
pub const NAMES: [&str; 40] = [
    "placeBuy",
    "placeSell",
    "flattenAll",
    "cancelOrder",
    "canSubmitOrder",
    "changeOrder",
    "protect",
    "closePosition",
    "decideDifference",
    "liftLatch",
    "reconcile",
    "setKill",
    "snapshot",
    "instruments",
    "getSettings",
    "saveSettings",
    "connectBroker",
    "setPassword",
    "testConnection",
    "confirmLive",
    "about",
    "dataFolder",
    "openDataFolder",
    "trySound",
    "marketControl",
    "saveText",
    "recovery",
    "exitPassed",
    "history",
    "historyIndex",
    "exportHistory",
    "disputeBundle",
    "triggerReceipt",
    "flattenReceipts",
    "rulesPanel",
    "rulePacks",
    "ruleSettings",
    "lockOut",
    "lockLimits",
    "switchOn",
];
