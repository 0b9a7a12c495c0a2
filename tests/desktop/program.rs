//! One run of the built program: its data folder, its message bus, its driver.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::ops::Deref;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use phantom_journal::{Verification, verify};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

use crate::process::Process;
use crate::window::Window;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How often a driver is started that ends at once.
const TRIES_MAX: u32 = 5;

/// How far the numbers of screens lie below those of ports.
const SCREENS_BELOW_PORTS: u16 = 19_900;

/// What a window starts with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The settings file; `None` for a new install.
    pub settings: Option<Value>,
    /// Prices from this tick file, in the data folder under this name.
    pub tape: Option<(String, String)>,
    /// Whether the system has a credential store.
    pub keyring: bool,
    /// Whether the screen has a window manager, without which no window is put away.
    pub manager: bool,
}

impl Start {
    /// A new install: nothing is configured.
    #[must_use]
    pub const fn new_install() -> Self {
        Self { settings: None, tape: None, keyring: false, manager: false }
    }

    /// A market without delay and slippage, short selling allowed, limits out of the way.
    #[must_use]
    pub fn quick() -> Self {
        Self { settings: Some(quick_settings()), ..Self::new_install() }
    }

    /// The quick desk on prices from a tick file with this name and text.
    #[must_use]
    pub fn on_tape(name: &str, text: String) -> Self {
        Self { tape: Some((name.to_owned(), text)), ..Self::quick() }
    }

    /// The same with one setting changed or added, named as a JSON pointer.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        let settings = self.settings.get_or_insert_with(quick_settings);
        let (part, key) = pointer.rsplit_once('/').unwrap();
        settings.pointer_mut(part).unwrap()[key] = value;
        self
    }

    fn write(&self, folder: &Path) {
        let config = folder.join("config/app.phantom-desk");
        fs::create_dir_all(&config).unwrap();
        let mut settings = self.settings.clone();
        if let Some((name, text)) = &self.tape {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            let settings = settings.get_or_insert_with(quick_settings);
            settings["mock"]["source"] = json!({ "kind": "FILE", "path": path });
        }
        if let Some(settings) = settings {
            fs::write(config.join("settings.json"), settings.to_string()).unwrap();
        }
    }
}

fn quick_settings() -> Value {
    json!({
        "version": 1,
        "broker": "MOCK",
        "ninjatrader": { "host": "127.0.0.1", "port": 1, "account": "Sim101", "username": "me" },
        "mock": {
            "seed": "7", "delayMsMin": 0, "delayMsMax": 0, "slippageTicksMin": 0, "slippageTicksMax": 0,
            "source": { "kind": "SIMULATED" }, "speed": 1,
        },
        "trading": {
            "shortSelling": true, "orderMaxMinis": "50", "positionMaxMinis": "50",
            "defaultQty": 1, "defaultSymbol": "ES",
        },
    })
}

/// A running program and what drives it.
pub struct Program {
    driver: Child,
    window: Window,
    folder: Arc<TempDir>,
    keyring: bool,
    manager: bool,
}

impl Program {
    /// Starts the built program under a driver and waits until its window is there.
    pub async fn start(start: &Start) -> Self {
        let folder = tempfile::tempdir().unwrap();
        start.write(folder.path());
        Self::start_on(Arc::new(folder), start.keyring, start.manager).await
    }

    /// Kills program, window and driver as the system would, with no word before, and starts them again on
    /// the same folder.
    pub async fn killed_and_started_again(self) -> Self {
        self.killed_and_started_after(|_| ()).await
    }

    /// The same, with something done to its folder in between.
    pub async fn killed_and_started_after(self, meanwhile: impl FnOnce(&Path)) -> Self {
        let (folder, keyring, manager) = (Arc::clone(&self.folder), self.keyring, self.manager);
        self.end();
        meanwhile(folder.path());
        Self::start_on(folder, keyring, manager).await
    }

    async fn start_on(folder: Arc<TempDir>, keyring: bool, manager: bool) -> Self {
        let mut tries = 0;
        let (driver, window) = loop {
            tries += 1;
            assert!(tries <= TRIES_MAX, "the driver ends at once: is everything installed?");
            let (port, native) = (free_port(), free_port());
            let mut driver = driver(folder.path(), port, native, [keyring, manager]);
            // Somebody else took the port or the screen meanwhile: another one.
            let Some(session) = session(&mut driver, port).await else { continue };
            break (driver, Window::of(session));
        };
        window.wait_until("return document.querySelector('header') !== null", "the window").await;
        Self { driver, window, folder, keyring, manager }
    }

    /// The folder that holds settings, data and logs of this run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Memory that the program and its web view hold, in kilobytes, shared pages counted once.
    #[must_use]
    pub fn memory_kb(&self) -> u64 {
        self.processes().iter().map(Process::memory_kb).sum()
    }

    /// The program and the processes of its web view, less the driver's own.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        Process::of_group(self.driver.id())
    }

    /// Ends it, whatever it would ask: as a kill.
    pub fn end(self) {
        self.window.let_go();
    }
}

impl Deref for Program {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.window
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let group = Pid::from_child(&self.driver);
        kill_process_group(group, Signal::KILL).ok();
        self.driver.wait().ok();
    }
}

/// The one journal of a data folder.
#[must_use]
pub fn journal_in(folder: &Path) -> PathBuf {
    let is_journal = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "db");
    let mut files =
        fs::read_dir(folder.join("data/app.phantom-desk")).unwrap().map(|entry| entry.unwrap().path());
    files.find(is_journal).unwrap()
}

/// The driver and the program under it are one process group, with a screen of their own, so that no
/// other window takes the focus, and a message bus of their own, so that the program's "only one of me"
/// does not see those of other tests. The credential store, where there
/// is one, is a real one that lies in the folder.
fn driver(folder: &Path, port: u16, native: u16, [keyring, manager]: [bool; 2]) -> Child {
    let unlock = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && ";
    let drive = format!("exec tauri-driver --port {port} --native-port {native}");
    let manage = "openbox & ";
    let script = [if manager { manage } else { "" }, if keyring { unlock } else { "" }, &drive].concat();
    // No two of them have one port, so the screens have numbers of their own too.
    on_a_screen(folder, port - SCREENS_BELOW_PORTS, &script)
        .spawn()
        .unwrap_or_else(|fault| panic!("xvfb-run, dbus-run-session and tauri-driver are needed: {fault}"))
}

/// A command on a screen and a message bus of its own, whose every folder lies in this one.
fn on_a_screen(folder: &Path, screen: u16, script: &str) -> Command {
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("driver.log")).unwrap();
    let screen = screen.to_string();
    let mut command = Command::new("xvfb-run");
    command
        .args(["-n", &screen, "-s", "-screen 0 1920x1080x24", "dbus-run-session", "--", "sh", "-c", script])
        .env("TMPDIR", folder)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_RUNTIME_DIR", folder)
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .process_group(0);
    command
}

/// The program without a driver, as a person starts it: with its own parent.
pub struct Supervised {
    screen: Child,
    folder: Arc<TempDir>,
}

impl Supervised {
    /// Starts it on the folder of a program that has run.
    #[must_use]
    pub fn start_after(before: Program) -> Self {
        let folder = Arc::clone(&before.folder);
        before.end();
        let script = format!("PHANTOM_SUPERVISOR=1 exec {}", binary().display());
        let mut screen = on_a_screen(folder.path(), free_port() - SCREENS_BELOW_PORTS, &script);
        Self { screen: screen.spawn().unwrap(), folder }
    }

    /// The desk's own process, once there is one other than this; `--supervised-child` for the desk,
    /// `--stopped` for the window that says that it has stopped.
    #[must_use]
    pub fn process(&self, role: &str, other_than: Option<Pid>) -> Pid {
        let began = Instant::now();
        loop {
            let found = self.processes().into_iter().find(|&(pid, ref line)| {
                line.contains(role) && line.contains("phantom-desk") && Some(pid) != other_than
            });
            if let Some((pid, _)) = found {
                return pid;
            }
            assert!(began.elapsed() < PATIENCE, "no process {role}: {:?}", self.processes());
            std::thread::yield_now();
        }
    }

    /// What the journal says, once so many runs have begun in it.
    #[must_use]
    pub fn journal_of_run(&self, run: usize) -> Verification {
        let journal = journal_in(self.folder.path());
        let began = Instant::now();
        loop {
            let found = verify(&journal).unwrap();
            if found.runs.len() >= run {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "run {run} never began: {found:?}");
        }
    }

    fn processes(&self) -> Vec<(Pid, String)> {
        let group = self.screen.id().to_string();
        let list = Command::new("ps").args(["-eo", "pid=,pgid=,args="]).output().unwrap().stdout;
        let list = String::from_utf8_lossy(&list).into_owned();
        let of_group = list.lines().filter_map(|line| {
            let (pid, rest) = line.trim().split_once(' ')?;
            let (leader, args) = rest.trim().split_once(' ')?;
            let pid = Pid::from_raw(pid.parse().ok()?)?;
            (leader == group).then(|| (pid, args.to_owned()))
        });
        of_group.collect()
    }

    /// Waits until what it writes to its error output holds these words so many times.
    pub fn wait_for_words(&self, words: &str, times: usize) {
        let began = Instant::now();
        loop {
            let said = fs::read_to_string(self.folder.path().join("driver.log")).unwrap_or_default();
            if said.matches(words).count() >= times {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{words:?} was never said {times} times: {said}");
            std::thread::yield_now();
        }
    }

    /// Waits until the program has ended, and answers how.
    pub fn wait(&mut self) -> Option<i32> {
        self.screen.wait().unwrap().code()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        kill_process_group(Pid::from_child(&self.screen), Signal::KILL).ok();
        self.screen.wait().ok();
    }
}

/// A session with the program; `None` when the driver ended instead of answering.
async fn session(driver: &mut Child, port: u16) -> Option<WebDriver> {
    let binary = binary();
    let mut wanted = Capabilities::new();
    wanted.set("browserName", "wry").unwrap();
    wanted.set("tauri:options", json!({ "application": binary })).unwrap();
    let began = Instant::now();
    loop {
        match WebDriver::new(format!("http://127.0.0.1:{port}"), wanted.clone()).await {
            Ok(session) => return Some(session),
            // The driver itself is still on its way up.
            Err(fault) => assert!(began.elapsed() < PATIENCE, "no session: {fault}"),
        }
        if driver.try_wait().unwrap().is_some() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The program as it is built with the interface inside.
fn binary() -> PathBuf {
    let path = env::var_os("PHANTOM_DESK_BINARY")
        .map_or_else(|| target_folder().join("debug/phantom-desk"), PathBuf::from);
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

/// Where cargo builds to: this very test runs from there.
pub(crate) fn target_folder() -> PathBuf {
    let own = env::current_exe().unwrap();
    own.ancestors().nth(3).unwrap().to_owned()
}

/// A port that nobody listens on, and that no other test of this process gets. All lie below those that
/// the system gives to outgoing connections.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 120).unwrap();
    loop {
        let port = 20_000 + process * 100 + NEXT.fetch_add(1, Ordering::Relaxed) % 100;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
