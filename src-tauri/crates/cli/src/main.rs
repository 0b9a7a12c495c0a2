//! `phantom`: the desk on the command line.

mod args;
mod fact_json;
mod fault;
mod instruments;
mod log;
mod mock_broker;
mod money_text;
mod ninjatrader;
mod replay;
mod secret_file;
mod text_table;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, NinjatraderCommand};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = log::start().and_then(|()| match &arguments.command {
        Command::Replay(options) => replay::replay(options),
        Command::Instruments(options) => instruments::show(options),
        Command::MockBroker(options) => mock_broker::run(options),
        Command::Ninjatrader(NinjatraderCommand::Conformance(options)) => ninjatrader::conformance(options),
    });
    done.map_or_else(|fault| fault.exit(), |()| ExitCode::SUCCESS)
}
