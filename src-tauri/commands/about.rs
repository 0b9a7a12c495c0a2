//! What the program says of itself: versions, licences, its data folder, its sounds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use phantom_wire::{AboutAnswer, FolderAnswer, LicenceRow, SoundAnswer, SoundKind, WireFault};
use tauri::State;

use super::body::Body;
use super::{EVENTS, NAMES};
use crate::error::stopped;
use crate::shell::Shell;
use crate::sound::Speaker;

/// Written when the program is built.
const LICENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/licences.txt"));
/// Folders below folders that are counted.
const DEPTH_MAX: u32 = 8;

#[tauri::command]
pub(crate) async fn about() -> Result<AboutAnswer, WireFault> {
    Ok(AboutAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shell: format!("Tauri {}", tauri::VERSION),
        web_view: tauri::webview_version().ok(),
        bridge: phantom_bridge::VERSION,
        licences: licences(LICENCES),
        commands: NAMES.map(str::to_owned).to_vec(),
        events: EVENTS.map(str::to_owned).to_vec(),
    })
}

/// Where the desk keeps what must not be lost, and how much room there is.
#[tauri::command(rename = "dataFolder")]
pub(crate) async fn data_folder(shell: State<'_, Shell>) -> Result<FolderAnswer, WireFault> {
    let folder = shell.storage().folder().to_owned();
    let settings = shell.file().path().display().to_string();
    let journal = shell.session().kept().map(|kept| kept.journal.display().to_string());
    let looked = tauri::async_runtime::spawn_blocking(move || {
        let (bytes, files) = size_of(&folder, DEPTH_MAX);
        let free = fs4::available_space(&folder).ok();
        (folder, bytes, files, free)
    });
    let (folder, bytes, files, free) = looked.await.map_err(|_| stopped())?;
    Ok(FolderAnswer {
        path: folder.display().to_string(),
        bytes: bytes.to_string(),
        free_bytes: free.map(|bytes| bytes.to_string()),
        files,
        journal,
        settings,
    })
}

/// Shows the data folder in the system's own window for folders.
#[tauri::command(rename = "openDataFolder")]
pub(crate) async fn open_data_folder(shell: State<'_, Shell>) -> Result<(), WireFault> {
    let folder = shell.storage().folder().to_owned();
    show_folder(&folder).map_err(|fault| {
        WireFault::BadRequest(format!("the folder could not be shown: {fault}; it is {}", folder.display()))
    })
}

/// Plays a sound as loud as asked, to try it.
#[tauri::command(rename = "trySound")]
pub(crate) async fn try_sound(
    speaker: State<'_, Speaker>,
    kind: Body<SoundKind>,
    volume: Body<u32>,
) -> Result<SoundAnswer, WireFault> {
    if volume.0 > 100 {
        return Err(WireFault::BadRequest("volume: must be from 0 to 100".to_owned()));
    }
    Ok(speaker.try_out(kind.0, volume.0).await)
}

fn licences(text: &str) -> Vec<LicenceRow> {
    let row = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        Some(LicenceRow { name: parts.next()?, version: parts.next()?, licence: parts.next()? })
    };
    text.lines().filter_map(row).collect()
}

/// Bytes and number of the files of a folder. What cannot be read is left out.
fn size_of(folder: &Path, depth: u32) -> (u64, u32) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    let mut sum = (0_u64, 0_u32);
    for entry in entries.flatten() {
        // A link is counted as itself: it may lead anywhere.
        let Ok(about) = entry.metadata() else { continue };
        let (bytes, files) = match (about.is_dir(), depth.checked_sub(1)) {
            (true, Some(depth)) => size_of(&entry.path(), depth),
            (true, None) => (0, 0),
            (false, _) => (about.len(), 1),
        };
        sum = (sum.0.saturating_add(bytes), sum.1.saturating_add(files));
    }
    sum
}

/// The program with which the system shows a folder.
const SHOWS_FOLDERS: &str = if cfg!(windows) {
    "explorer"
} else if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};

/// Shows a folder in the system's own window for folders.
///
/// # Errors
/// What the system says.
pub(crate) fn show_folder(folder: &Path) -> io::Result<()> {
    let folder: PathBuf = folder.to_owned();
    let mut command = Command::new(SHOWS_FOLDERS);
    let mut shown =
        command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Its end is awaited by somebody who has the time.
    thread::Builder::new().name("folder".to_owned()).spawn(move || shown.wait())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licences_of_the_crates_inside_are_named_and_none_is_without() {
        let rows = licences(LICENCES);
        for name in ["tauri", "rusqlite", "tokio", "rodio"] {
            assert!(rows.iter().any(|row| row.name == name), "{name}");
        }
        assert!(!rows.iter().any(|row| row.name.starts_with("phantom-")), "our own are no others'");
        let without: Vec<_> = rows.iter().filter(|row| row.licence.is_empty()).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn the_files_of_a_folder_are_counted_with_those_below_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("a"), [0; 10]).unwrap();
        fs::write(folder.path().join("below/b"), [0; 5]).unwrap();
        assert_eq!(size_of(folder.path(), DEPTH_MAX), (15, 2));
        assert_eq!(size_of(&folder.path().join("gone"), DEPTH_MAX), (0, 0));
    }
}
