//! The small parent: the program runs itself again and starts it anew when it crashes or hangs.
//!
//! It never trades and knows nothing of orders. The child beats its heart over its standard output; without
//! a beat for some seconds it is ended and started again, and recovers as after any kill. After more than
//! three restarts within a minute the parent gives up and says so, on its error output and in a window of its
//! own: whatever is wrong then is not cured by another start.

use std::collections::VecDeque;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How the child is told that it is one.
const CHILD: &str = "--supervised-child";
/// How the program is told that all it has to do is to say that the desk has stopped.
const STOPPED: &str = "--stopped";
/// Runs the program without a parent when it is set.
pub const SWITCH: &str = "PHANTOM_NO_SUPERVISOR";
/// Runs it with one when it is set, a build for debugging too.
pub const ALWAYS: &str = "PHANTOM_SUPERVISOR";
/// What a beat of the heart looks like. Nothing else is ever written there.
const BEAT: &str = "phantom-desk beats";
const BEATS_EVERY: Duration = Duration::from_secs(1);
/// Without a beat for so long the child hangs. Its first beat comes once the desk runs.
const HANGS_AFTER: Duration = Duration::from_secs(5);
const STARTS_WITHIN: Duration = Duration::from_secs(45);
/// More restarts than this within the window are a storm.
const RESTARTS_MAX: usize = 3;
const STORM_WINDOW: Duration = Duration::from_mins(1);

/// How the program is to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// As the parent of the desk.
    Parent,
    /// As the desk under a parent.
    Child,
    /// As the desk alone: under a debugger, a driver of windows, or a test.
    Alone,
    /// As the window that says that the desk has stopped.
    Stopped,
}

impl Role {
    /// The role of this process, from how it was started.
    #[must_use]
    pub fn of_process() -> Self {
        let is = |role: &str| env::args().any(|argument| argument == role);
        if is(CHILD) {
            Self::Child
        } else if is(STOPPED) {
            Self::Stopped
        } else if is_alone(|name| env::var_os(name).is_some()) {
            Self::Alone
        } else {
            Self::Parent
        }
    }
}

/// A driver of windows starts the program itself and must see it, not its parent.
fn is_alone(is_set: impl Fn(&str) -> bool) -> bool {
    (cfg!(debug_assertions) && !is_set(ALWAYS))
        || [SWITCH, "TAURI_AUTOMATION", "TAURI_WEBVIEW_AUTOMATION"].iter().any(|name| is_set(name))
}

/// Restarts so far, and whether they are a storm.
#[derive(Debug, Default)]
struct Restarts {
    at: VecDeque<Instant>,
}

impl Restarts {
    /// Whether one more restart is too many.
    fn is_storm(&mut self, now: Instant) -> bool {
        self.at.push_back(now);
        self.at.retain(|&at| now.duration_since(at) < STORM_WINDOW);
        self.at.len() > RESTARTS_MAX
    }
}

/// How a child ended.
enum Ended {
    /// Of its own accord: whoever ended it wanted the program to end.
    InOrder(ExitStatus),
    Crashed(ExitStatus),
    Hung,
}

/// Runs the desk as a child until it ends in order.
#[must_use]
pub fn run() -> ExitCode {
    let mut restarts = Restarts::default();
    loop {
        let ended = match spawn() {
            Ok((child, beats)) => watch(child, &beats),
            Err(fault) => {
                eprintln!("Phantom Desk cannot be started: {fault}");
                return ExitCode::FAILURE;
            }
        };
        match ended {
            Ended::InOrder(status) => {
                return status
                    .code()
                    .and_then(|code| u8::try_from(code).ok())
                    .map_or(ExitCode::FAILURE, ExitCode::from);
            }
            Ended::Crashed(status) => eprintln!("Phantom Desk has crashed ({status}); it is started again"),
            Ended::Hung => eprintln!("Phantom Desk does not answer any more; it is started again"),
        }
        if restarts.is_storm(Instant::now()) {
            say_stopped();
            return ExitCode::from(70);
        }
    }
}

/// What a person is told when the program is not started again.
#[must_use]
pub fn stopped_words() -> String {
    format!(
        "Phantom Desk has ended {} times within a minute and is not started again.\n\n\
         STOPS AND TARGETS ARE NOT WATCHED. Look at your positions and orders at the broker, and close there \
         what must not stay open.\n\n\
         Then start Phantom Desk again: what was armed is recovered. If it ends again, send the log files of \
         the data folder with your report.",
        RESTARTS_MAX + 1
    )
}

/// Says it on the error output and in a window, and waits until the window was closed.
fn say_stopped() {
    eprintln!("{}", stopped_words());
    let window = env::current_exe().and_then(|program| Command::new(program).arg(STOPPED).status());
    if let Err(fault) = window {
        eprintln!("and there is no window to say so: {fault}");
    }
}

fn spawn() -> std::io::Result<(Child, Receiver<()>)> {
    let mut child = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .arg(CHILD)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let (tell, beats) = channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if line == BEAT && tell.send(()).is_err() {
                    return;
                }
            }
        });
    }
    Ok((child, beats))
}

/// Waits until the child ends, or its heart stops.
fn watch(mut child: Child, beats: &Receiver<()>) -> Ended {
    let mut patience = STARTS_WITHIN;
    loop {
        match beats.recv_timeout(patience) {
            Ok(()) => patience = HANGS_AFTER,
            // Its end of the pipe is closed: it has ended, or is about to.
            Err(RecvTimeoutError::Disconnected) => {
                return match child.wait() {
                    Ok(status) if is_in_order(status) => Ended::InOrder(status),
                    Ok(status) => Ended::Crashed(status),
                    Err(_) => Ended::Hung,
                };
            }
            Err(RecvTimeoutError::Timeout) => {
                // It must not go on beside the next one: the lease of the data folder ends with it.
                child.kill().ok();
                child.wait().ok();
                return Ended::Hung;
            }
        }
    }
}

/// A window that was closed, and a start that was refused with a reason, are ends in order.
fn is_in_order(status: ExitStatus) -> bool {
    matches!(status.code(), Some(0 | 1))
}

/// Beats the heart of this process, if a parent listens: as long as the desk answers. `answers` asks it,
/// and waits for the answer; a desk that hangs leaves it waiting, and the heart stands still.
pub(crate) fn beat(answers: impl Fn() -> bool + Send + 'static) {
    if Role::of_process() != Role::Child {
        return;
    }
    thread::spawn(move || {
        while answers() {
            let mut out = std::io::stdout().lock();
            if writeln!(out, "{BEAT}").and_then(|()| out.flush()).is_err() {
                // The parent has gone: nobody would start this program again.
                tracing::error!("the supervisor has gone; a crash of this program would not be noticed");
                return;
            }
            drop(out);
            thread::sleep(BEATS_EVERY);
        }
        tracing::error!("the desk has stopped: the heart of the program stands still");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_that_nothing_is_watched_and_what_to_do() {
        let words = stopped_words();
        for part in ["ended 4 times", "NOT WATCHED", "at the broker", "start Phantom Desk again"] {
            assert!(words.contains(part), "{part:?} in {words}");
        }
    }

    #[test]
    fn a_switch_says_whether_there_is_a_parent() {
        let set = |names: &'static [&'static str]| move |name: &str| names.contains(&name);
        assert!(!is_alone(set(&[ALWAYS])));
        assert!(is_alone(set(&[ALWAYS, SWITCH])) && is_alone(set(&["TAURI_AUTOMATION"])));
        assert_eq!(is_alone(set(&[])), cfg!(debug_assertions));
    }

    #[test]
    fn a_fourth_restart_within_a_minute_is_a_storm_and_one_later_is_none() {
        let start = Instant::now();
        let mut restarts = Restarts::default();
        let storms: Vec<bool> =
            [0, 10, 20, 61, 65, 66].map(|s| restarts.is_storm(start + Duration::from_secs(s))).to_vec();
        assert_eq!(storms, [false, false, false, false, true, true]);
    }
}
