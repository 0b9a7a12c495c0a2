//! `phantom`: the desk on the command line.

mod args;
mod fact_json;
mod fault;
mod instruments;
mod log;
mod money_text;
mod replay;
mod rule_json;
mod text_table;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = log::start().and_then(|()| match &arguments.command {
        Command::Replay(options) => replay::replay(options),
        Command::Instruments(options) => instruments::show(options),
    });
    done.map_or_else(|fault| fault.exit(), |()| ExitCode::SUCCESS)
}
