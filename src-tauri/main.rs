//! The program with a window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use phantom_desk_app::supervise::{self, Role};

fn main() -> ExitCode {
    if Role::of_process() == Role::Parent {
        return supervise::run();
    }
    match phantom_desk_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("Phantom Desk cannot start: {fault}");
            ExitCode::FAILURE
        }
    }
}
