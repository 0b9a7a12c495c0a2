//! The command line of the bridge: the mock broker in a process of its own, and what both servers are
//! held to.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use phantom_model::Span;

use super::{latency, seed};

/// Runs the mock broker in a process of its own, behind the bridge protocol.
///
/// A desk connects to it as it does to NinjaTrader's side of the bridge. It drives its own market and keeps its
/// account while the desk is away, and over its own restarts with --state.
#[derive(Args, Debug)]
#[expect(clippy::doc_markdown, reason = "these words are printed, where backticks would only disturb")]
#[command(after_help = "\
Examples:
  phantom mock-broker --listen 127.0.0.1:36990 --simulated NQ ES --seed 7 --state ./broker
  phantom mock-broker --listen 127.0.0.1:36990 --ticks 'GC 12-13.Last.txt' --speed 10 --latency-ms 20

What a desk needs is printed: where it listens, and the file with the secret that both sides share.")]
pub(crate) struct MockBrokerOptions {
    /// Where to listen; port 0 lets the system choose one, and it is printed
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:36990")]
    pub(crate) listen: SocketAddr,

    /// Allow an address that other machines can reach. Default: this machine alone
    #[arg(long)]
    pub(crate) beyond_loopback: bool,

    /// The file of the shared secret; made, for its owner alone, when it is not there
    #[arg(long, value_name = "FILE", default_value = "phantom-bridge.secret")]
    pub(crate) secret_file: PathBuf,

    /// The account's name
    #[arg(long, value_name = "NAME", default_value = "Sim101")]
    pub(crate) account: String,

    /// Call the account a live one, to try what a desk does with it. No money moves either way
    #[arg(long)]
    pub(crate) live: bool,

    /// Folder of the broker's own books: it knows its account again after a restart. Default: none
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,

    /// Tick files to play, as in `phantom replay`
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "simulated")]
    pub(crate) ticks: Vec<PathBuf>,

    /// Roots whose sessions are simulated
    #[arg(long, value_name = "ROOT", num_args = 1..)]
    pub(crate) simulated: Vec<String>,

    /// How many times faster than recorded the market runs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) speed: u32,

    /// What every draw of chance comes from
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = seed)]
    pub(crate) seed: u64,

    /// One-way delay of orders and cancels to the market, in milliseconds
    #[arg(long = "latency-ms", value_name = "N", default_value = "0", value_parser = latency)]
    pub(crate) latency: Span,

    /// Let a print fill no more contracts than it has
    #[arg(long)]
    pub(crate) partial_fills: bool,

    /// Fault: orders in a thousand that the market refuses for want of margin
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = per_mille())]
    pub(crate) refuse: u16,

    /// Fault: commands in a thousand that are lost before they are done
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = per_mille())]
    pub(crate) lose_commands: u16,

    /// Fault: answers in a thousand that are lost after the command was done
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = per_mille())]
    pub(crate) lose_answers: u16,

    /// Fault: commands in a thousand after which the connection breaks
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = per_mille())]
    pub(crate) hang_up: u16,
}

fn per_mille() -> impl clap::builder::TypedValueParser<Value = u16> {
    clap::value_parser!(u16).range(0..=1_000)
}

/// What can be done with a server of the bridge.
#[derive(Subcommand, Debug)]
pub(crate) enum NinjatraderCommand {
    Conformance(ConformanceOptions),
}

/// Runs the numbered cases of the bridge against a server, one after the other.
///
/// They trade. An account that says it is live is refused; what works in the contract is cancelled and
/// its position is closed after each case.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 every case passed, 1 one did not or the server could not be reached, 2 something given is
not right.

Example:
  phantom ninjatrader conformance --port 36985 --secret-file phantom-bridge.secret --account Sim101")]
pub(crate) struct ConformanceOptions {
    /// Where the server listens
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    pub(crate) host: String,

    /// Its port
    #[arg(long, value_name = "PORT", default_value_t = 36_985)]
    pub(crate) port: u16,

    /// The file of the shared secret
    #[arg(long, value_name = "FILE", default_value = "phantom-bridge.secret")]
    pub(crate) secret_file: PathBuf,

    /// The account
    #[arg(long, value_name = "NAME", default_value = "Sim101")]
    pub(crate) account: String,

    /// What is traded: a root for its front month, or a contract such as 'NQ 12-26'
    #[arg(long, value_name = "CONTRACT", default_value = "NQ")]
    pub(crate) contract: String,

    /// Run these cases only
    #[arg(long, value_name = "N", num_args = 1..)]
    pub(crate) only: Vec<u32>,

    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
