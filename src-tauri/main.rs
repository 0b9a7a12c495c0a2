//! The program with a window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use phantom_desk_app::supervise::{self, Role};

fn main() -> ExitCode {
    let done = match Role::of_process() {
        Role::Parent => return supervise::run(),
        Role::Stopped => phantom_desk_app::tell_stopped(),
        Role::Child | Role::Alone => phantom_desk_app::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("Phantom Desk cannot start: {fault}");
            ExitCode::FAILURE
        }
    }
}
