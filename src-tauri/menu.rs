//! The native menu.

use phantom_engine::{HaltChange, Origin};
use phantom_runtime::{DeskFault, DeskHandle};
use phantom_wire::FlattenNews;
use tauri::menu::{Menu, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Emitter, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;

use crate::commands::about::show_folder;
use crate::commands::orders::flatten_now;
use crate::shell::Shell;
use crate::window::{self, leave};

const SETTINGS: &str = "settings";
pub(crate) const QUIT: &str = "quit";
pub(crate) const FLATTEN: &str = "flatten";
/// Brings the window to the front.
pub(crate) const SHOW: &str = "show";
const CONNECT: &str = "connect";
const RECONCILE: &str = "reconcile";
const HALT: &str = "halt";
const DATA_FOLDER: &str = "data-folder";
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
    let item = |id: &str, text: &str| MenuItemBuilder::with_id(id, text).build(app);
    let (connect, reconcile) =
        (item(CONNECT, "Connect to the broker")?, item(RECONCILE, "Ask the broker now")?);
    let halt = item(HALT, "Halt entries")?;
    let folder = item(DATA_FOLDER, "Show the data folder")?;
    let file =
        SubmenuBuilder::new(app, "File").item(&settings).item(&folder).separator().item(&quit).build()?;
    let edit = SubmenuBuilder::new(app, "Edit").cut().copy().paste().select_all().build()?;
    let trade = SubmenuBuilder::new(app, "Trade").item(&flatten).separator().item(&halt).build()?;
    let broker = SubmenuBuilder::new(app, "Broker").item(&connect).item(&reconcile).build()?;
    let help = SubmenuBuilder::new(app, "Help").item(&about).build()?;
    Menu::with_items(app, &[&file, &edit, &trade, &broker, &help])
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
        SHOW => window::show(app),
        CONNECT => connect(app),
        // From the menu entries are halted only: who wants them on again looks at the window first.
        HALT => tell_desk(app, |desk| desk.halt(HaltChange::Kill, Origin::Window)),
        RECONCILE => tell_desk(app, DeskHandle::reconcile),
        DATA_FOLDER => show_data_folder(app),
        ABOUT => about(app),
        _ => {}
    }
}

fn tell_desk<R: Runtime>(app: &AppHandle<R>, tell: impl FnOnce(&DeskHandle) -> Result<(), DeskFault>) {
    let Some(shell) = app.try_state::<Shell>() else { return };
    if let Err(fault) = tell(shell.session().desk()) {
        tracing::error!(%fault, "the desk did not take a choice from the menu");
    }
}

/// Makes the connection anew where it does not stand. What becomes of it is shown in the header.
fn connect<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(shell) = app.try_state::<Shell>() else { return };
        let is_down = shell.session().link().is_some_and(|link| link.board.waits());
        if is_down && let Err(fault) = shell.reconnect().await {
            tracing::error!(?fault, "connecting from the menu");
        }
    });
}

fn show_data_folder<R: Runtime>(app: &AppHandle<R>) {
    let Some(shell) = app.try_state::<Shell>() else { return };
    if let Err(fault) = show_folder(shell.storage().folder()) {
        tracing::warn!(%fault, "the data folder could not be shown");
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
        "Version {}\n\nAn order-entry desk for prop-firm futures traders, on a simulated market or through \
         NinjaTrader 8. Versions and licences: in the settings, under About.",
        env!("CARGO_PKG_VERSION")
    );
    app.dialog().message(words).title("Phantom Desk").show(|_| {});
}
