//! A process of the running program, as the system counts it.

use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Ticks of the system's counters in a second; the same on every Linux.
const TICKS_PER_S: u64 = 100;

/// One process.
#[derive(Clone, Debug)]
pub struct Process {
    pid: u32,
    name: String,
}

impl Process {
    /// The program and the processes of its web view in this group, less the driver.
    pub(crate) fn of_group(leader: u32) -> Vec<Self> {
        let list = Command::new("ps").args(["-eo", "pid=,pgid=,comm="]).output().unwrap().stdout;
        let list = String::from_utf8(list).unwrap();
        let of_group = list.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let (pid, group, name) = (words.next()?, words.next()?, words.next()?);
            let is_ours = name.starts_with("phantom") || name.starts_with("WebKit");
            let counts = group.parse() == Ok(leader) && is_ours && name != "WebKitWebDriver";
            counts.then(|| Self { pid: pid.parse().unwrap(), name: name.to_owned() })
        });
        of_group.collect()
    }

    /// Whether it is the program itself.
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.name.starts_with("phantom")
    }

    /// Whether it is the process that the page runs in.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.name.starts_with("WebKitWeb")
    }

    /// Memory that it holds, in kilobytes, shared pages counted once.
    #[must_use]
    pub fn memory_kb(&self) -> u64 {
        // The process may have gone meanwhile.
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid)).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.map_or(0, |line| line.trim().trim_end_matches("kB").trim().parse().unwrap())
    }

    /// How long all its threads were on a processor so far.
    #[must_use]
    pub fn cpu_ms(&self) -> u64 {
        busy_ms(&format!("/proc/{}/stat", self.pid))
    }

    /// How long its first thread was on a processor so far.
    #[must_use]
    pub fn main_thread_ms(&self) -> u64 {
        busy_ms(&format!("/proc/{0}/task/{0}/stat", self.pid))
    }

    /// When it was started, in milliseconds of the wall's clock; right to a hundredth of a second.
    #[must_use]
    pub fn started_ms(&self) -> u64 {
        let ticks = fields(&format!("/proc/{}/stat", self.pid)).get(STARTED).copied().unwrap_or(0);
        let uptime = fs::read_to_string("/proc/uptime").unwrap();
        let uptime = uptime.split('.').next().zip(uptime.split(['.', ' ']).nth(1)).unwrap();
        let up_ms = uptime.0.parse::<u64>().unwrap() * 1_000 + uptime.1.parse::<u64>().unwrap() * 10;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        u64::try_from(now).unwrap() - up_ms + ticks * 1_000 / TICKS_PER_S
    }
}

/// Places in a `stat` file after the name, which may hold anything.
const USER: usize = 11;
const SYSTEM: usize = 12;
const STARTED: usize = 19;

fn busy_ms(path: &str) -> u64 {
    let fields = fields(path);
    let ticks = [USER, SYSTEM].iter().filter_map(|&place| fields.get(place)).sum::<u64>();
    ticks * 1_000 / TICKS_PER_S
}

fn fields(path: &str) -> Vec<u64> {
    // The process may have gone meanwhile.
    let text = fs::read_to_string(path).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().map(|word| word.parse().unwrap_or(0)).collect()
}
