//! The real window under test: the built program, driven over `WebDriver` under a virtual display.
//!
//! [`Program`] starts one with a data folder of its own; [`Window`] finds what a person finds, by role
//! and accessible name, and waits for what the page shows. Nothing in here knows how the interface is
//! made.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only tests and measurements are built on this: whatever is not there ends the story"
)]

mod process;
mod program;
pub mod standin;
pub mod tape;
mod window;

pub use process::Process;
pub use program::{Program, Start, Supervised, journal_in};
pub use thirtyfour::Key;
pub use window::{Row, Window};

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use futures_util::FutureExt;

/// Runs one story in a window of its own. When it fails, the picture of what was shown then lies in
/// the target folder under its name.
pub fn story(name: &str, start: &Start, told: impl AsyncFnOnce(&Program)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let program = Program::start(start).await;
        let end = AssertUnwindSafe(told(&program)).catch_unwind().await;
        if let Err(panic) = end {
            let picture = pictures_folder().join(format!("{name}.png"));
            if program.take_picture(&picture).await.is_ok() {
                eprintln!("the window at that moment: {}", picture.display());
            }
            program.end();
            std::panic::resume_unwind(panic);
        }
        program.end();
    });
}

/// Runs a story that starts its programs itself.
pub fn tale(told: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(told);
}

fn pictures_folder() -> PathBuf {
    let folder = program::target_folder().join("window-pictures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
