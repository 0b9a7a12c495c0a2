//! The stand-in `NinjaTrader` with the real `AddOn` in it, run by Mono as a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use phantom_model::{InstrumentTable, Timestamp, front_contract, trading_day};
use tempfile::TempDir;

use crate::program::PATIENCE;

/// What the desk must have as its password: 64 hex digits.
pub const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A running stand-in. It ends with the story.
pub struct StandIn {
    port: u16,
    process: Child,
    said: ChildStdin,
    answers: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl StandIn {
    /// Starts one; `None` where Mono is missing.
    #[must_use]
    pub fn start() -> Option<Self> {
        let built = built()?;
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("PhantomBridge");
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("secret.txt"), SECRET).unwrap();
        // Free a moment ago; the AddOn waits should somebody else have been quicker.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new("mono")
            .arg(built.join("standin.exe"))
            .arg("--addon")
            .arg(built.join("PhantomBridge.dll"))
            .arg("--instruments")
            .arg(root().join("src-tauri/crates/model/data/instruments.toml"))
            .arg("--data")
            .arg(folder.path())
            .arg("--port")
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut standin = Self { port, process, said, answers, _folder: folder };
        assert!(standin.line().starts_with("control "));
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "the AddOn does not listen");
            std::thread::yield_now();
        }
        Some(standin)
    }

    /// Where the `AddOn` listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Gives a command and takes its answer, which must not be a complaint.
    pub fn say(&mut self, command: &str) -> String {
        writeln!(self.said, "{command}").unwrap();
        self.said.flush().unwrap();
        let answer = self.line();
        let rest = answer.strip_prefix("ok").unwrap_or_else(|| panic!("{command}: {answer}"));
        rest.trim().to_owned()
    }

    /// The contract of this root that is traded today trades from this price on, ten times a second.
    pub fn trades(&mut self, root: &str, price: &str) {
        let contract = traded_today(root);
        self.say(&format!("ticks {contract} 10 0 {price}"));
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The contract of this root that is traded today: `NQ 12-26`.
#[must_use]
pub fn traded_today(root: &str) -> String {
    let table = InstrumentTable::built_in().unwrap();
    let instrument = Arc::clone(table.resolve(root).unwrap());
    let today = trading_day(Timestamp::from(jiff::Timestamp::now()));
    front_contract(&instrument, today).unwrap().ninjatrader_name()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Where the `AddOn` and the stand-in are, compiled once for all stories.
fn built() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let is_there = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
        if !is_there("mono") || !is_there("mcs") {
            eprintln!("passed by: Mono is missing; scripts/addon installs it");
            return None;
        }
        let out = Command::new(root().join("scripts/addon")).arg("--build").output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let shown = String::from_utf8(out.stdout).unwrap();
        shown.lines().last().map(PathBuf::from)
    };
    BUILT.get_or_init(build).as_deref()
}
