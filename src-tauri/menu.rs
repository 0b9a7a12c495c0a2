//! The native menu.

use phantom_wire::FlattenNews;
use tauri::menu::{Menu, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Emitter, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;

use crate::commands::orders::flatten_now;
use crate::shell::Shell;
use crate::window::leave;

const SETTINGS: &str = "settings";
const QUIT: &str = "quit";
const FLATTEN: &str = "flatten";
const ABOUT: &str = "about";

/// The window opens its settings on this event.
const OPEN_SETTINGS: &str = "open-settings";
/// The window shows a flatten from here as it shows its own.
const FLATTEN_NEWS: &str = "flatten-news";

/// The menu.
pub(crate) fn of<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    let settings = MenuItemBuilder::with_id(SETTINGS, "Settings…").accelerator("CmdOrCtrl+,").build(app)?;
    let quit = MenuItemBuilder::with_id(QUIT, "Quit").accelerator("CmdOrCtrl+Q").build(app)?;
    // No key: the window has one, and works with it whatever else is open.
    let flatten = MenuItemBuilder::with_id(FLATTEN, "Flatten all").build(app)?;
    let about = MenuItemBuilder::with_id(ABOUT, "About Phantom Desk").build(app)?;
    let file = SubmenuBuilder::new(app, "File").item(&settings).separator().item(&quit).build()?;
    let edit = SubmenuBuilder::new(app, "Edit").cut().copy().paste().select_all().build()?;
    let trade = SubmenuBuilder::new(app, "Trade").item(&flatten).build()?;
    let help = SubmenuBuilder::new(app, "Help").item(&about).build()?;
    Menu::with_items(app, &[&file, &edit, &trade, &help])
}

/// Carries out a choice.
pub(crate) fn chosen<R: Runtime>(app: &AppHandle<R>, id: &str) {
    match id {
        SETTINGS => {
            if let Err(error) = app.emit(OPEN_SETTINGS, ()) {
                tracing::error!(%error, "the settings could not be opened");
            }
        }
        QUIT => leave(app),
        FLATTEN => flatten(app),
        ABOUT => about(app),
        _ => {}
    }
}

/// Flattens without the window's help: it must work when the page hangs.
fn flatten<R: Runtime>(app: &AppHandle<R>) {
    let Some(shell) = app.try_state::<Shell>() else { return };
    let session = shell.session();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tell(&app, &FlattenNews::UnderWay);
        let news = match flatten_now(&session).await {
            Ok(answer) => {
                tracing::info!(status = ?answer.status, "flatten all from the menu");
                FlattenNews::Answered { answer }
            }
            Err(fault) => {
                tracing::error!(?fault, "flatten all from the menu");
                FlattenNews::Failed { fault }
            }
        };
        tell(&app, &news);
    });
}

fn tell<R: Runtime>(app: &AppHandle<R>, news: &FlattenNews) {
    if let Err(error) = app.emit(FLATTEN_NEWS, news) {
        tracing::error!(%error, "the window was not told of the flatten");
    }
}

fn about<R: Runtime>(app: &AppHandle<R>) {
    let words = format!(
        "Version {}\n\nAn order-entry desk for prop-firm futures traders. This version trades on a \
         simulated market only: no order leaves this computer.",
        env!("CARGO_PKG_VERSION")
    );
    app.dialog().message(words).title("Phantom Desk").show(|_| {});
}
