//! The window: batches to it, showing it, and leaving the program.

use std::sync::atomic::{AtomicBool, Ordering};

use phantom_wire::{DeskUpdateEvent, OrderLogEvent, PositionUpdateEvent, SoundKind};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, RunEvent, Runtime, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::shell::Shell;
use crate::sound::Speaker;
use crate::stream::{Ask, Window};
use crate::tray::Tray;

/// Whether the question to leave is on the screen.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Whether the window was on a screen when its thread was last asked.
static SEEN: AtomicBool = AtomicBool::new(true);

/// The label of the only window.
pub(crate) const MAIN: &str = "main";

/// Sends batches to the window as events.
pub(crate) struct Batches<R: Runtime>(pub(crate) AppHandle<R>);

impl<R: Runtime> Batches<R> {
    fn emit(&self, name: &str, event: &impl Serialize) {
        if let Err(error) = self.0.emit(name, event) {
            tracing::error!(%error, name, "a batch could not be sent");
        }
    }
}

impl<R: Runtime> Window for Batches<R> {
    fn order_log(&self, event: &OrderLogEvent) {
        self.emit("order-log", event);
    }

    fn position_update(&self, event: &PositionUpdateEvent) {
        self.emit("position-update", event);
    }

    fn desk_update(&self, event: &DeskUpdateEvent) {
        if let Some(tray) = self.0.try_state::<Tray>() {
            tray.tell(event);
        }
        self.emit("desk-update", event);
    }

    fn hear(&self, sound: SoundKind) {
        let (Some(speaker), Some(shell)) = (self.0.try_state::<Speaker>(), self.0.try_state::<Shell>())
        else {
            return;
        };
        speaker.play(sound, &shell.sounds());
    }

    fn is_seen(&self) -> bool {
        let app = self.0.clone();
        let look = move || {
            let is_seen = app.get_webview_window(MAIN).is_none_or(|window| {
                window.is_visible().unwrap_or(true) && !window.is_minimized().unwrap_or(false)
            });
            SEEN.store(is_seen, Ordering::Relaxed);
        };
        // It fails only as the program ends; then what was last known will do.
        self.0.run_on_main_thread(look).ok();
        SEEN.load(Ordering::Relaxed)
    }
}

/// Brings the window to the front: the answer to a second start of the program.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

/// The window's own close button asks first. A window that comes to the front shows prices at once.
pub(crate) fn on_event<R: Runtime>(window: &tauri::Window<R>, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        api.prevent_close();
        leave(window.app_handle());
    } else if let WindowEvent::Focused(true) = event
        && let Some(shell) = window.try_state::<Shell>()
    {
        SEEN.store(true, Ordering::Relaxed);
        shell.stream().tell(Ask::Seen);
    }
}

/// So does every other way out that has not been answered yet.
pub(crate) fn on_run_event<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
        leave(app);
    } else if let RunEvent::Exit = event
        && let Some(shell) = app.try_state::<Shell>()
    {
        shell.close();
    }
}

/// Leaves at once when nothing is open, else asks.
pub(crate) fn leave<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let standing = match app.try_state::<Shell>() {
            Some(shell) => shell.stream().standing().await,
            None => None,
        };
        if standing.is_some_and(|standing| standing.is_anything_open) {
            ask_to_leave(&app);
        } else {
            app.exit(0);
        }
    });
}

fn ask_to_leave<R: Runtime>(app: &AppHandle<R>) {
    // One question is enough, however often the button is pressed.
    if ASKING.swap(true, Ordering::Relaxed) {
        return;
    }
    let leaving = app.clone();
    let mut question = app.dialog().message(
        "A position is open or an order works.\n\nStops and targets are watched by this program only: \
             nothing watches them until it is started again.",
    );
    if let Some(window) = app.get_webview_window(MAIN) {
        question = question.parent(&window);
    }
    question
        .title("Quit Phantom Desk?")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom("Quit anyway".to_owned(), "Stay".to_owned()))
        .show(move |quit| {
            ASKING.store(false, Ordering::Relaxed);
            if quit {
                tracing::warn!("left with something open");
                leaving.exit(0);
            }
        });
}
