//! Text that the user wants to have as a file.

use std::fs;

use phantom_wire::WireFault;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;

use super::body::Body;
use crate::error::stopped;

/// More than the longest log that the window keeps.
const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Asks where, and writes the text there. False when the user chose nothing.
#[tauri::command(rename = "saveText")]
pub(crate) async fn save_text<R: Runtime>(
    app: AppHandle<R>,
    name: Body<String>,
    text: Body<String>,
) -> Result<bool, WireFault> {
    if !is_file_name(&name.0) || text.0.len() > TEXT_BYTES_MAX {
        return Err(WireFault::BadRequest(
            "name: must be a plain file name, and the text not too long".to_owned(),
        ));
    }
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name.0).save_file(move |path| {
        // Whoever asked may be gone; then there is nobody to tell.
        tell.send(path).ok();
    });
    let Some(path) = told.await.map_err(|_| stopped())? else { return Ok(false) };
    let path = path.into_path().map_err(|error| WireFault::BadRequest(error.to_string()))?;
    let written = tauri::async_runtime::spawn_blocking(move || fs::write(path, text.0)).await;
    match written.map_err(|_| stopped())? {
        Ok(()) => Ok(true),
        Err(error) => Err(WireFault::BadRequest(format!("the file could not be written: {error}"))),
    }
}

/// One word of letters, digits, dots and dashes: no folder, no hidden file.
fn is_file_name(name: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '.' || it == '-';
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_plain_word() {
        for good in ["order-log.csv", "a", "2026-11-23.csv"] {
            assert!(is_file_name(good), "{good}");
        }
        for wrong in ["", "../a", "a/b", "a\\b", ".hidden", "a b", &"x".repeat(65)] {
            assert!(!is_file_name(wrong), "{wrong}");
        }
    }
}
