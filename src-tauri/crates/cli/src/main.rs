//! `phantom`: the desk on the command line.

mod args;
mod calendar;
mod desk;
mod fault;
mod instruments;
mod journal;
mod log;
mod mock_broker;
mod ninjatrader;
mod output;
mod replay;
mod secret_file;
mod text_table;
mod today;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, NinjatraderCommand};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = log::start().and_then(|()| match &arguments.command {
        Command::Replay(options) => replay::replay(options),
        Command::Instruments(options) => instruments::show(options),
        Command::Calendar(options) => calendar::show(options),
        Command::Desk(options) => desk::run(options),
        Command::Journal(options) => journal::run(&options.action),
        Command::MockBroker(options) => mock_broker::run(options),
        Command::Ninjatrader(NinjatraderCommand::Conformance(options)) => ninjatrader::conformance(options),
    });
    done.map_or_else(|fault| fault.exit(), |()| ExitCode::SUCCESS)
}
