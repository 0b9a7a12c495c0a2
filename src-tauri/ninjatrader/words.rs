//! The connection in plain words: what is the matter, and what to do.

use std::time::Duration;

use phantom_bridge::ByeCode;
use phantom_bridge::body::{AccountStatus, ConnectionStatus};
use phantom_broker_ninjatrader::{ConnectFault, ConnectionStory, Stage, Warning};

/// What is said where no password is kept.
pub(crate) const NO_SECRET: &str = "no password is kept: paste the secret of the AddOn (64 hex digits, in \
     Documents\\NinjaTrader 8\\PhantomBridge\\secret.txt) into the field Password and press Connect";
/// What is said where the password is something else.
pub(crate) const NOT_A_SECRET: &str = "the password is no secret of the AddOn: it has 64 hex digits and is \
     in Documents\\NinjaTrader 8\\PhantomBridge\\secret.txt; it is never your broker's password";

/// How far the connection is.
pub(crate) fn stage(story: &ConnectionStory, place: &str) -> String {
    match &story.stage {
        Stage::Connecting => format!("connecting to {place}"),
        Stage::Waiting { fault: it, .. } => fault(it, place),
        Stage::Reading => "connected; the account is being read".to_owned(),
        Stage::TakingOver { shadows: 1 } => {
            "connected; 1 stop that stood in NinjaTrader is being taken back".to_owned()
        }
        Stage::TakingOver { shadows } => {
            format!("connected; {shadows} stops that stood in NinjaTrader are being taken back")
        }
        Stage::AwaitsConfirmation => {
            "this account trades real money: type its name to let orders out".to_owned()
        }
        Stage::PlatformDown(status) => platform_down(*status, story),
        Stage::Up => "connected".to_owned(),
    }
}

fn platform_down(status: ConnectionStatus, story: &ConnectionStory) -> String {
    let what = match status {
        ConnectionStatus::Connecting => "NinjaTrader is connecting to the broker: nothing to do but wait",
        ConnectionStatus::Lost => {
            "NinjaTrader has lost the broker and tries again by itself: look at its Control Center"
        }
        ConnectionStatus::Connected | ConnectionStatus::Disconnecting | ConnectionStatus::Disconnected => {
            "NinjaTrader is not connected to the broker: connect it there, in the menu Connections"
        }
    };
    match &story.text {
        Some(text) if !text.as_str().is_empty() => format!("{what} ({text})"),
        Some(_) | None => what.to_owned(),
    }
}

/// Why there is no connection, and what to do.
pub(crate) fn fault(fault: &ConnectFault, place: &str) -> String {
    match fault {
        ConnectFault::NothingListens(why) => format!(
            "nothing listens at {place} ({why}): start NinjaTrader, see in its output window that PhantomBridge \
             listens, and compare host and port"
        ),
        ConnectFault::NoAnswer => format!(
            "what listens at {place} is not the AddOn, or it hangs: compare the port with the one in \
             NinjaTrader's output window"
        ),
        ConnectFault::WrongSecret => "wrong secret: paste the 64 hex digits of \
             Documents\\NinjaTrader 8\\PhantomBridge\\secret.txt into the field Password again"
            .to_owned(),
        ConnectFault::WrongVersion { theirs, ours } => format!(
            "the AddOn speaks version {theirs} of the bridge and this program version {ours}: install the AddOn \
             that came with this program, and press F5 in NinjaTrader's editor"
        ),
        ConnectFault::UnknownAccount => {
            "NinjaTrader has no account of this name: write it exactly as in its Accounts tab (the name, not \
             the display name), and connect the account's connection there"
                .to_owned()
        }
        ConnectFault::Busy | ConnectFault::Goodbye(ByeCode::Busy) => {
            "busy: another desk is connected to this account; close it there, and it goes on here by itself"
                .to_owned()
        }
        ConnectFault::WrongEnv { wanted, is } => format!(
            "the account is {} now, and this desk is on its {} side: nothing is sent; close what is open, then \
             press Connect in the settings",
            kind(is),
            kind(wanted)
        ),
        ConnectFault::Silent => {
            "the other side fell silent: NinjaTrader hangs or was closed; it is tried again".to_owned()
        }
        ConnectFault::Closed => {
            "the connection ended: NinjaTrader was closed, or F5 was pressed there; it is tried again".to_owned()
        }
        ConnectFault::Goodbye(ByeCode::Stopping) => {
            "NinjaTrader is being closed, or F5 was pressed there; it is tried again".to_owned()
        }
        ConnectFault::Goodbye(ByeCode::Replaced) => {
            "another desk has taken the connection over: only one can trade this account".to_owned()
        }
        ConnectFault::Goodbye(
            code @ (ByeCode::BadAuth
            | ByeCode::BadVersion
            | ByeCode::UnknownAccount
            | ByeCode::Slow
            | ByeCode::Silent
            | ByeCode::Protocol),
        ) => format!("the other side ended the connection ({code}); it is tried again"),
        ConnectFault::Protocol(what) => format!(
            "the other side said something that does not belong there ({what}): AddOn and program must be of \
             one version; it is tried again"
        ),
        ConnectFault::NoRandom => {
            "the operating system has no random bytes, without which no connection is safe: restart the computer"
                .to_owned()
        }
    }
}

fn kind(word: &str) -> &str {
    match word {
        "live" => "a real-money account",
        "sim" => "simulation",
        other => other,
    }
}

/// What a person should know although the connection works.
pub(crate) fn warning(warning: &Warning) -> String {
    match warning {
        Warning::NotTheFrontMonth { contract, front } => format!(
            "{contract} is not the month that NinjaTrader calls current: that is {front}. Close what is open, then \
             start the program again to trade {front}"
        ),
        Warning::OtherTerms { contract, what } => {
            format!("{contract} has another {what} in NinjaTrader: nothing opens in it")
        }
        Warning::UnknownContract { contract } => {
            format!("NinjaTrader does not know {contract}, or gives no data for it: nothing opens in it")
        }
        Warning::HeldElsewhere { contract } => format!(
            "the account holds or works {contract}, which this desk does not trade: watch it in NinjaTrader"
        ),
        Warning::LostOrder { client_id } => {
            format!("NinjaTrader has lost the order {client_id}: look at the broker's own screen")
        }
        Warning::UnreadablePrice { contract } => {
            format!("a price of {contract} is not on its tick grid and was left out")
        }
        Warning::StalePrices => "prices do not come although the connection stands: stops and targets see \
             nothing; look at NinjaTrader's data connection"
            .to_owned(),
        Warning::IdReused { client_id } => {
            format!("the order id {client_id} was used there for another order: nothing was sent")
        }
    }
}

/// Why an account may not trade; `None` for one that may.
pub(crate) fn account_status(status: AccountStatus) -> Option<String> {
    match status {
        AccountStatus::Enabled => None,
        AccountStatus::Disabled => Some("the account may not trade: its orders are refused".to_owned()),
        AccountStatus::LiquidationOnly => Some("the account may only close what is open".to_owned()),
        AccountStatus::Excluded => {
            Some("NinjaTrader leaves the account out: its orders are refused".to_owned())
        }
        AccountStatus::Unknown => Some("NinjaTrader does not say whether the account may trade".to_owned()),
    }
}

/// Whole microseconds.
pub(crate) fn micros(took: Duration) -> u32 {
    u32::try_from(took.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_to_do() {
        for (it, does) in [
            (ConnectFault::NothingListens("refused".to_owned()), "start NinjaTrader"),
            (ConnectFault::NoAnswer, "compare the port"),
            (ConnectFault::WrongSecret, "paste"),
            (ConnectFault::WrongVersion { theirs: 2, ours: 1 }, "install the AddOn"),
            (ConnectFault::UnknownAccount, "exactly as in its Accounts tab"),
            (ConnectFault::Busy, "close it there"),
            (ConnectFault::WrongEnv { wanted: "sim", is: "live" }, "a real-money account now"),
            (ConnectFault::Silent, "tried again"),
            (ConnectFault::Closed, "tried again"),
            (ConnectFault::Goodbye(ByeCode::Stopping), "tried again"),
            (ConnectFault::Protocol("a gap"), "of one version"),
            (ConnectFault::NoRandom, "restart"),
        ] {
            let words = fault(&it, "127.0.0.1:36985");
            assert!(words.contains(does), "{words}");
        }
    }

    #[test]
    fn a_platform_without_a_broker_says_where_to_connect_it() {
        for (status, does) in [
            (ConnectionStatus::Disconnected, "in the menu Connections"),
            (ConnectionStatus::Lost, "tries again by itself"),
            (ConnectionStatus::Connecting, "wait"),
        ] {
            let story = ConnectionStory { stage: Stage::PlatformDown(status), ..ConnectionStory::default() };
            let words = stage(&story, "x");
            assert!(words.contains(does), "{words}");
        }
    }
}
