//! How the web view draws on Linux.
//!
//! `WebKitGTK` hands its frames over in buffers of the graphics card. Where there is no card it draws
//! them in software and is slow: measured on a machine without one, 36 ms a frame in place of 16, and
//! a click was seen after 160 ms in place of 50. With NVIDIA's own driver many windows stay blank
//! (tauri-apps/tauri, issue 9394). There the older way is taken, unless the user has said which.

use std::path::Path;

/// The user's word to the web view.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts the program again with the switch where the machine needs it; returns where it does not.
///
/// The environment of a running program cannot be changed safely, so it becomes another one: same
/// process, same arguments.
pub(crate) fn choose() {
    if !cfg!(target_os = "linux") || std::env::var_os(SWITCH).is_some() {
        return;
    }
    if needs_older_way(Path::new("/dev/dri"), Path::new("/proc/driver/nvidia")) {
        again();
    }
}

fn needs_older_way(cards: &Path, nvidia: &Path) -> bool {
    let has_card = std::fs::read_dir(cards).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    });
    !has_card || nvidia.exists()
}

#[cfg(unix)]
fn again() {
    use std::os::unix::process::CommandExt;

    let Ok(program) = std::env::current_exe() else { return };
    let fault = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
    // Still here: slow, but working.
    eprintln!("the window draws in the slower way: {fault}");
}

#[cfg(not(unix))]
const fn again() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, create_dir};

    #[test]
    fn the_older_way_is_for_machines_without_a_card_and_for_nvidias_driver() {
        let folder = tempfile::tempdir().unwrap();
        let (cards, nvidia) = (folder.path().join("dri"), folder.path().join("nvidia"));
        assert!(needs_older_way(&cards, &nvidia), "no folder of cards");
        create_dir(&cards).unwrap();
        File::create(cards.join("card0")).unwrap();
        assert!(needs_older_way(&cards, &nvidia), "a screen without a renderer");
        File::create(cards.join("renderD128")).unwrap();
        assert!(!needs_older_way(&cards, &nvidia), "a card");
        create_dir(&nvidia).unwrap();
        assert!(needs_older_way(&cards, &nvidia), "a card under NVIDIA's driver");
    }
}
