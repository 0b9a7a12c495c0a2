//! `phantom`: the desk on the command line.

mod args;
mod desk;
mod fault;
mod instruments;
mod journal;
mod log;
mod replay;
mod text_table;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = log::start().and_then(|()| match &arguments.command {
        Command::Replay(options) => replay::replay(options),
        Command::Instruments(options) => instruments::show(options),
        Command::Desk(options) => desk::run(options),
        Command::Journal(options) => journal::run(&options.action),
    });
    done.map_or_else(|fault| fault.exit(), |()| ExitCode::SUCCESS)
}
