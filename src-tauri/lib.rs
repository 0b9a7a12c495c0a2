//! The shell: everything that knows the window, nothing that knows a trading rule.
//!
//! [`configure`] and [`start`] work on any Tauri runtime, so that the tests drive the same commands
//! without a window; [`run`] is the program.

mod account_rules;
mod commands;
mod error;
mod graphics;
mod log;
mod market;
mod menu;
mod ninjatrader;
mod session;
mod settings;
mod shell;
mod sleep;
mod sound;
mod storage;
mod stream;
pub mod supervise;
mod tray;
mod window;

use std::path::Path;
use std::sync::Arc;

use tauri::{AppHandle, Builder, Manager, RunEvent, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

pub use commands::NAMES as COMMAND_NAMES;
pub use settings::vault::Store as CredentialStore;

use ninjatrader::Reach;
use phantom_station::Lease;
use session::{Session, SessionFault};
use settings::{Loaded, SettingsFile, Vault, check};
use shell::Shell;
use sound::Speaker;
use storage::Storage;
use stream::Stream;
use tray::Tray;

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The window system or the configuration.
    #[error(transparent)]
    Tauri(#[from] tauri::Error),
    /// The market or a thread.
    #[error("the desk cannot start: {0}")]
    Desk(String),
    /// Another program uses the data folder, or it cannot be used.
    #[error(transparent)]
    Lease(#[from] phantom_station::LeaseFault),
    /// The log.
    #[error("the log cannot be written: {0}")]
    Log(String),
}

/// Adds the commands.
#[must_use]
pub fn configure<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    use commands::{about, amend, files, history, market, orders, receipts, rules, session, settings};
    builder.invoke_handler(tauri::generate_handler![
        orders::place_buy,
        orders::place_sell,
        orders::flatten_all,
        orders::cancel_order,
        orders::can_submit_order,
        amend::change_order,
        amend::protect,
        amend::close_position,
        amend::decide_difference,
        amend::lift_latch,
        amend::reconcile,
        session::set_kill,
        session::snapshot,
        session::instruments,
        settings::get_settings,
        settings::save_settings,
        settings::connect_broker,
        settings::set_password,
        settings::test_connection,
        settings::confirm_live,
        about::about,
        about::data_folder,
        about::open_data_folder,
        about::try_sound,
        market::market_control,
        files::save_text,
        history::recovery,
        history::exit_passed,
        history::history,
        history::history_index,
        history::export_history,
        history::dispute_bundle,
        receipts::trigger_receipt,
        receipts::flatten_receipts,
        rules::rules_panel,
        rules::rule_packs,
        rules::rule_settings,
        rules::lock_out,
        rules::lock_limits,
        rules::switch_on,
    ])
}

/// The window system's description of this program: configuration, permissions, the built interface.
#[must_use]
pub fn context<R: Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// Carries out a choice of the native menu, by its id.
pub fn choose_from_menu<R: Runtime>(app: &AppHandle<R>, id: &str) {
    menu::chosen(app, id);
}

/// Reads the settings of a folder, starts the desk and the stream to the window. Journals lie in a folder
/// beside the settings.
///
/// # Errors
/// [`StartFault::Lease`] when another program uses the folder, [`StartFault::Desk`] when not even the
/// simulated market of a new install can run.
pub fn start<R: Runtime>(
    app: &AppHandle<R>,
    settings_folder: &Path,
    store: CredentialStore,
) -> Result<(), StartFault> {
    start_on(app, settings_folder, &settings_folder.join("data"), store)
}

/// The same with the journals in a folder of their own.
///
/// # Errors
/// As [`start`].
pub fn start_on<R: Runtime>(
    app: &AppHandle<R>,
    settings_folder: &Path,
    data_folder: &Path,
    store: CredentialStore,
) -> Result<(), StartFault> {
    let storage = Storage::new(Lease::take(data_folder)?);
    let file = SettingsFile::in_folder(settings_folder);
    let Loaded { settings, notice } = file.load();
    let (tell_found, mut found) = tokio::sync::mpsc::unbounded_channel();
    let reach = Reach::new(Arc::new(Vault::new(store)), tell_found);
    let (settings, (session, mut stage), replaced) = first_session(settings, &storage, &reach)?;
    for words in notice.into_iter().chain(replaced) {
        tracing::warn!("{words}");
        stage.view.notice(words);
    }
    let (stream, asked) = stream::channel();
    tauri::async_runtime::spawn(Stream::new(window::Batches(app.clone()), stage, asked).run());
    app.manage(Shell::new(session, settings, file, reach, stream, storage));
    app.manage(Speaker::start().map_err(|fault| StartFault::Desk(fault.to_string()))?);
    let shell = app.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(found) = found.recv().await {
            shell.state::<Shell>().trade_on(found).await;
        }
    });
    Ok(())
}

/// A session, what the window needs of it, and the words for a market that had to be replaced.
type First = (phantom_wire::Settings, (Session, stream::Stage), Option<String>);

/// The first session. Where the chosen market cannot run, a tick file that is gone for instance, the
/// simulated one does, and the settings file stays as it is.
fn first_session(
    settings: phantom_wire::Settings,
    storage: &Storage,
    reach: &Reach,
) -> Result<First, StartFault> {
    let begin = |settings: &phantom_wire::Settings| {
        let checked = check(settings).map_err(|fault| StartFault::Desk(fault.message))?;
        let started = Session::start(settings, &checked, storage, reach);
        started.map_err(|fault: SessionFault| StartFault::Desk(fault.to_string()))
    };
    match begin(&settings) {
        Ok(started) => Ok((settings, started, None)),
        Err(fault) => {
            let mut simulated = settings;
            simulated.mock.source = phantom_wire::MarketSource::Simulated {};
            simulated.mock.speed = simulated.mock.speed.max(1);
            let started = begin(&simulated)?;
            Ok((simulated, started, Some(format!("{fault}; the simulated market runs instead"))))
        }
    }
}

/// The window that says that the desk has stopped and is not started again; nothing else runs.
///
/// # Errors
/// [`StartFault::Tauri`] where there is no window system.
pub fn tell_stopped() -> Result<(), StartFault> {
    graphics::choose();
    let mut context = context();
    context.config_mut().app.windows.clear();
    let app = Builder::default().plugin(tauri_plugin_dialog::init()).build(context)?;
    let done = app.handle().clone();
    let message = app.dialog().message(supervise::stopped_words());
    message.title("Phantom Desk has stopped").kind(MessageDialogKind::Error).show(move |_| done.exit(0));
    app.run(|_, event| {
        // Without a window it would end at once.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}

/// The program.
///
/// # Errors
/// [`StartFault`] before the window is shown.
pub fn run() -> Result<(), StartFault> {
    graphics::choose();
    let builder = configure(Builder::default())
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .menu(menu::of)
        .on_menu_event(|app, event| choose_from_menu(app, event.id().as_ref()))
        .on_window_event(window::on_event);
    let app = builder.build(context())?;
    let _log = log::start(&app.path().app_log_dir()?)?;
    let (settings, data) = (app.path().app_config_dir()?, app.path().app_local_data_dir()?);
    start_on(app.handle(), &settings, &data, CredentialStore::System)?;
    app.manage(Tray::start(app.handle()));
    let heart = app.handle().clone();
    supervise::beat(move || {
        let Some(shell) = heart.try_state::<Shell>() else { return false };
        let desk = shell.session().desk().clone();
        tauri::async_runtime::block_on(desk.marks()).is_ok()
    });
    app.run(window::on_run_event);
    Ok(())
}
