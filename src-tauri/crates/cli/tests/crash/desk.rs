//! One run of the headless desk.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::signals;

/// Far longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait for the next line before something else is looked at.
const GLANCE: Duration = Duration::from_micros(100);

/// A desk that runs, and what it has said so far.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    said: Vec<Value>,
    // Held open: at its end the desk would end in order.
    keeps: Option<ChildStdin>,
}

impl Running {
    /// Starts it on the folder of a lane, connected to its broker, with signals or without any.
    pub(crate) fn start(folder: &Path, broker: &str, signals: Option<&Path>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_phantom"))
            .current_dir(folder)
            .args(["desk", "--data", "data", "--broker", broker, "--secret-file", "secret"])
            .arg("--date")
            .arg(signals::DATE.to_string())
            .args(signals.iter().flat_map(|path| [OsStr::new("--signals"), path.as_os_str()]))
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
        Self { child, lines, said: Vec::new(), keeps }
    }

    /// Takes what it says until so long after now, or until a look at something else says that it is
    /// enough. Whether it was.
    pub(crate) fn listen_until(
        &mut self,
        longest: Duration,
        mut enough: impl FnMut(&[Value]) -> bool,
    ) -> bool {
        let end = Instant::now() + longest;
        while Instant::now() < end {
            match self.lines.recv_timeout(GLANCE) {
                Ok(line) => self.take(&line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the desk has ended: {:?}", self.said.last()),
            }
            if enough(&self.said) {
                return true;
            }
        }
        false
    }

    /// What it has said since somebody asked last.
    pub(crate) fn said(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.said)
    }

    /// Kills it as the system would, and answers what it had said by then.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.rest()
    }

    /// Ends it in order.
    pub(crate) fn end(mut self) -> Vec<Value> {
        drop(self.keeps.take());
        let said = self.rest();
        assert!(self.child.wait().unwrap().success());
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

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Whether it has said that the connection stands so.
pub(crate) fn is_stage(line: &Value, stage: &str) -> bool {
    line["kind"] == "connection" && line["stage"] == stage
}
