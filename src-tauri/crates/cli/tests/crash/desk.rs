//! One run of the headless desk.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::signals;

/// A desk that runs, and what it has said so far.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    said: Vec<Value>,
    // Held open: at its end the desk would end in order.
    _keeps: Option<std::process::ChildStdin>,
}

impl Running {
    pub(crate) fn start(folder: &Path, run: u32, more: &[&str]) -> Self {
        let signals = signals::write(folder, run, crate::ACCOUNT);
        let mut child = Command::new(env!("CARGO_BIN_EXE_phantom"))
            .args(["desk", "--seed", "7", "--date", "2026-11-23", "--speed", "20", "--latency-ms", "40"])
            .arg("--data")
            .arg(folder)
            .arg("--signals")
            .arg(signals)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let keeps = child.stdin.take();
        Self { child, lines, said: Vec::new(), _keeps: keeps }
    }

    /// Takes what it says for so long.
    pub(crate) fn listen_for(&mut self, span: Duration) {
        let until = Instant::now() + span;
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.take(&line);
        }
    }

    /// Kills it as the system would, and answers what it had said by then.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.rest()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> Vec<Value> {
        let said = self.rest();
        self.child.wait().unwrap();
        said
    }

    fn rest(&mut self) -> Vec<Value> {
        while let Ok(line) = self.lines.recv() {
            self.take(&line);
        }
        std::mem::take(&mut self.said)
    }

    fn take(&mut self, line: &str) {
        // What was being written at the kill was not said.
        if let Ok(value) = serde_json::from_str(line) {
            self.said.push(value);
        }
    }
}
