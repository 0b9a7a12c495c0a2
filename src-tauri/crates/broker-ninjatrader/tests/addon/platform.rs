//! The stand-in `NinjaTrader` as a process, and the words that steer it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use tempfile::TempDir;

use crate::world::{Desk1, PATIENCE, nq};

/// A running stand-in. It ends with the test.
pub(crate) struct Platform {
    pub(crate) address: SocketAddr,
    process: Child,
    said: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

/// A stand-in with the `AddOn` listening; `None` where Mono is missing.
pub(crate) fn platform() -> Option<Platform> {
    let built = built()?;
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("PhantomBridge");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("secret.txt"), "07".repeat(32)).unwrap();
    // Free a moment ago; the AddOn waits should somebody else have been quicker.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut process = Command::new("mono")
        .arg("--debug")
        .arg(built.join("standin.exe"))
        .arg("--addon")
        .arg(built.join("PhantomBridge.dll"))
        .arg("--instruments")
        .arg(root().join("src-tauri/crates/model/data/instruments.toml"))
        .arg("--data")
        .arg(folder.path())
        .arg("--port")
        .arg(address.port().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = process.stdin.take().unwrap();
    let answers = BufReader::new(process.stdout.take().unwrap());
    let mut platform = Platform { address, process, said, answers, folder };
    assert!(platform.line().starts_with("control "));
    platform.waits_for_the_port();
    Some(platform)
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// Where the `AddOn` and the stand-in are, compiled once for all tests.
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

impl Platform {
    /// Gives a command and takes its answer, which must not be a complaint.
    pub(crate) fn say(&mut self, command: &str) -> String {
        writeln!(self.said, "{command}").unwrap();
        self.said.flush().unwrap();
        let answer = self.line();
        let rest = answer.strip_prefix("ok").unwrap_or_else(|| panic!("{command}: {answer}"));
        rest.trim().to_owned()
    }

    /// A trade of one contract in NQ.
    pub(crate) fn trades(&mut self, price: &str) {
        self.say(&format!("tick NQ 12-26 {price} 1"));
    }

    /// Asks until the answer has this in it; the desk goes on meanwhile.
    pub(crate) async fn waits_for(&mut self, command: &str, part: &str) {
        let asking = async {
            while !self.say(command).contains(part) {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, asking).await.is_ok(), "{command} never said {part}");
    }

    #[expect(clippy::disallowed_methods, reason = "how long another process may take to listen")]
    fn waits_for_the_port(&self) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(began.elapsed() < PATIENCE, "the AddOn does not listen");
            std::thread::yield_now();
        }
    }

    /// The journal of the `AddOn` so far.
    pub(crate) fn journal(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("PhantomBridge/journal.jsonl")).unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Desk1 {
    /// Waits until the desk has seen a trade.
    pub(crate) async fn priced(&self) {
        let seen = tokio::time::timeout(PATIENCE, async {
            let at = usize::try_from(phantom_model::ArenaKey::row(nq())).unwrap();
            while self.desk.marks().await.unwrap().last[at].is_none() {}
        });
        seen.await.expect("the trade never came");
    }
}
