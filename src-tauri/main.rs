//! The program with a window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match phantom_desk_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("Phantom Desk cannot start: {fault}");
            ExitCode::FAILURE
        }
    }
}
