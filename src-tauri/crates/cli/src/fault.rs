//! What can go wrong with a run, in words, and the exit status that says so.
//!
//! 0: done; 1: the result could not be written; 2: something that was given is not right. An order
//! that a rule refuses is none of these: it is part of the result.

use std::io::{self, Write};
use std::process::ExitCode;

use phantom_bridge::NoSecret;
use phantom_bridge::text::OutOfRange;
use phantom_broker_server::{BooksFault, ServeFault};
use phantom_compliance::PackFault;
use phantom_compliance::profile::SettingFault;
use phantom_journal::{BundleFault, ExportFault, ImportFault, ReadFault};
use phantom_market::{PriceKind, TickFileError};
use phantom_model::{ContractError, NoContract, TableError};
use phantom_runtime::ListingError;
use phantom_signals::SignalFileError;

use crate::log::LOG_VARIABLE;

/// Why a command did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Lease(#[from] phantom_station::LeaseFault),
    #[error(transparent)]
    Start(#[from] phantom_station::StartFault),
    #[error(transparent)]
    Account(#[from] phantom_broker_mock::AccountFault),
    #[error("the simulated market cannot be made: {0}")]
    Market(String),
    #[error("the journal did not end in order: {0}")]
    End(#[from] phantom_journal::WriteFault),
    #[error(transparent)]
    TickFile(#[from] TickFileError),
    #[error(transparent)]
    SignalFile(#[from] SignalFileError),
    #[error("{file}: the name says no contract, such as GC 12-13.Last.txt, and there is no --symbol")]
    NoContractInName { file: String },
    #[error("{file}: {source}; name the file like GC 12-13.Last.txt, or give --symbol")]
    BadContractInName { file: String, source: ContractError },
    #[error("{file}: {source}; rename the file, --symbol {symbol} is another instrument")]
    NameAgainstSymbol { file: String, source: ContractError, symbol: String },
    #[error("{file}: holds {}; a replay needs trades, the .Last.txt export", quotes(*kind))]
    NoTrades { file: String, kind: PriceKind },
    #[error(
        "no instrument {symbol:?}; {}`phantom instruments` lists them",
        meant.as_ref().map_or(String::new(), |meant| format!("did you mean {meant}? "))
    )]
    UnknownSymbol { symbol: String, meant: Option<String> },
    #[error("the calendar has no hours for {root}")]
    NoHours { root: String },
    #[error(transparent)]
    Listing(#[from] ListingError),
    #[error(transparent)]
    NoFrontMonth(#[from] NoContract),
    #[error(transparent)]
    Pack(#[from] PackFault),
    #[error(transparent)]
    Setting(#[from] SettingFault),
    #[error("{file}: exists already and is not overwritten; name a new file for --journal")]
    JournalExists { file: String },
    #[error("{file}: cannot be made: {source}; --journal needs a folder that can be written to")]
    JournalFolder { file: String, source: io::Error },
    #[error("{LOG_VARIABLE} holds {text:?}, which is no log filter; one is info or phantom_runtime=debug")]
    LogFilter { text: String },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{file}: {source}")]
    Journal { file: String, source: ReadFault },
    #[error("{file}: {damage}")]
    Damaged { file: String, damage: String },
    #[error("{file}: {source}")]
    Lines { file: String, source: io::Error },
    #[error("{file}: {source}")]
    Import { file: String, source: ImportFault },
    #[error(transparent)]
    Export(#[from] ExportFault),
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    #[error("{file}: cannot be written: {source}")]
    JournalWrite { file: String, source: io::Error },
    #[error("{file}: {source}; --secret-file needs a file of its own")]
    SecretFile { file: String, source: io::Error },
    #[error("{file}: {source}")]
    NoSecret { file: String, source: NoSecret },
    #[error("{account:?} is {source}")]
    BadAccount { account: String, source: OutOfRange },
    #[error(transparent)]
    Books(#[from] BooksFault),
    #[error(transparent)]
    Serve(#[from] ServeFault),
    #[error("{contract:?}: {source}")]
    BadContract { contract: String, source: ContractError },
    #[error("the cases could not be run: {0}")]
    Conformance(String),
    #[error("{failed} of {of} cases failed")]
    CasesFailed { failed: usize, of: usize },
    #[error("the program's own threads cannot be started: {0}")]
    Runtime(#[source] io::Error),
    #[error("the result cannot be written to standard output: {0}")]
    Output(#[source] io::Error),
}

impl Fault {
    /// Says what happened on standard error, and how the program ends.
    pub(crate) fn exit(&self) -> ExitCode {
        // When nobody can hear it, the exit status still tells.
        if writeln!(io::stderr(), "{self}").is_err() {
            tracing::error!(fault = %self);
        }
        match self {
            Self::End(_)
            | Self::JournalWrite { .. }
            | Self::Output(_)
            | Self::Runtime(_)
            | Self::Conformance(_)
            | Self::CasesFailed { .. }
            | Self::Damaged { .. }
            | Self::Export(ExportFault::Write(_))
            | Self::Bundle(BundleFault::File { .. } | BundleFault::Export(ExportFault::Write(_)))
            | Self::Import {
                source: ImportFault::Make(_) | ImportFault::Database(_) | ImportFault::File(_),
                ..
            } => ExitCode::from(1),
            Self::Lease(_)
            | Self::Start(_)
            | Self::Account(_)
            | Self::Market(_)
            | Self::TickFile(_)
            | Self::SignalFile(_)
            | Self::NoContractInName { .. }
            | Self::BadContractInName { .. }
            | Self::NameAgainstSymbol { .. }
            | Self::NoTrades { .. }
            | Self::UnknownSymbol { .. }
            | Self::NoHours { .. }
            | Self::Listing(_)
            | Self::NoFrontMonth(_)
            | Self::Pack(_)
            | Self::Setting(_)
            | Self::JournalExists { .. }
            | Self::JournalFolder { .. }
            | Self::LogFilter { .. }
            | Self::Journal { .. }
            | Self::Lines { .. }
            | Self::Import { .. }
            | Self::Export(_)
            | Self::Bundle(_)
            | Self::SecretFile { .. }
            | Self::NoSecret { .. }
            | Self::BadAccount { .. }
            | Self::BadContract { .. }
            | Self::Books(_)
            | Self::Serve(_)
            | Self::Table(_) => ExitCode::from(2),
        }
    }
}

const fn quotes(kind: PriceKind) -> &'static str {
    match kind {
        PriceKind::Bid => "bids",
        PriceKind::Ask => "asks",
        PriceKind::Last => "trades",
    }
}
