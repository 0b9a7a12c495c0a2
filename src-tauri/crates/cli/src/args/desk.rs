//! The command line of the desk without a window.

use std::num::NonZeroU16;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use phantom_model::Span;

use super::{date, latency, seed};

/// Runs the desk without a window, with a journal in a folder: on a simulated market with the mock broker
/// inside, or, with --broker, connected to a broker's side of the bridge. What was open when the last run
/// ended, or was killed, is recovered before anything else.
///
/// Prints one JSON object per line: how it started, how the connection stands, what was recovered, every
/// answered signal, the end.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  phantom desk --data ~/desk --signals signals.jsonl --seconds 60
  phantom desk --data ~/desk --broker 127.0.0.1:36990 --secret-file phantom-bridge.secret")]
pub(crate) struct DeskOptions {
    /// Folder of the journal and of the mock broker's own account; made where it is not there. At most
    /// one desk uses it at a time
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,

    /// Connect to the bridge that listens there, of a trading program or of `phantom mock-broker`, instead of
    /// running a market and a broker of its own. Simulated accounts only
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    #[arg(conflicts_with_all = ["seed", "speed", "latency"])]
    pub(crate) broker: Option<HostPort>,

    /// The file of the secret that both sides share
    #[arg(long, value_name = "FILE", default_value = "phantom-bridge.secret", requires = "broker")]
    pub(crate) secret_file: PathBuf,

    /// The account at the broker, exactly as it is written there
    #[arg(long, value_name = "NAME", default_value = "Sim101", requires = "broker")]
    pub(crate) account: String,

    /// Signals to act on at their time of the market's clock; one whose time has passed is not acted
    /// on late. Default: none
    #[arg(long, value_name = "FILE")]
    pub(crate) signals: Option<PathBuf>,

    /// Trading day whose front months are traded; a simulated market opens at 08:30 in Chicago on it.
    /// Default: today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Date>,

    /// What the prices and every draw of chance come from
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = seed)]
    pub(crate) seed: u64,

    /// Times the speed of the clock at which the market runs, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) speed: u32,

    /// One-way delay to the mock broker, in milliseconds of the market's clock
    #[arg(long = "latency-ms", value_name = "N", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = latency)]
    pub(crate) latency: Span,

    /// What becomes of a stop or target whose price was passed while the desk was away
    #[arg(long, value_name = "POLICY", value_enum, default_value_t = Gap::Fire)]
    pub(crate) gap: Gap,

    /// End in order after so many seconds. Default: at a line, or the end, of standard input
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,
}

/// What becomes of a phantom that was passed while the desk was away.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gap {
    /// It fires as soon as position and price are fresh
    Fire,
    /// It waits for a person, and watches again once the price has come back
    Ask,
    /// It is told, and watches again once the price has come back
    Hold,
}

/// Where something listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HostPort {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// A text that is no host and port.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it must be a host and a port, such as 127.0.0.1:36990")]
struct NoHostPort;

fn host_and_port(text: &str) -> Result<HostPort, NoHostPort> {
    let (host, port) = text.rsplit_once(':').ok_or(NoHostPort)?;
    let port: NonZeroU16 = port.parse().map_err(|_| NoHostPort)?;
    // An IPv6 address stands in brackets, so that its colons are its own.
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() { Err(NoHostPort) } else { Ok(HostPort { host: host.to_owned(), port: port.get() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_a_host_and_a_port() {
        let read = |text| host_and_port(text).map(|it| (it.host, it.port));
        assert_eq!(read("127.0.0.1:36990"), Ok(("127.0.0.1".to_owned(), 36_990)));
        assert_eq!(read("[::1]:1"), Ok(("::1".to_owned(), 1)));
        for wrong in ["", "localhost", ":36990", "localhost:", "localhost:0", "localhost:70000"] {
            assert_eq!(read(wrong), Err(NoHostPort), "{wrong:?}");
        }
    }
}
