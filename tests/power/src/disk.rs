//! What is durable, what only seems so, and which call fails.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

/// What is torn when the power goes: a write reaches the disk sector by sector.
const SECTOR: usize = 512;

/// What is to go wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// The call that fails first, counted from 1 over writes, truncations, syncs, opens and deletions;
    /// 0 for none.
    pub at: u64,
    /// How it fails.
    pub failure: Failure,
    /// Whether every call after it fails too, as if the machine were gone.
    pub for_good: bool,
}

/// How a call fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Failure {
    /// An error of the device. A sync that fails so leaves its pages marked clean: no later sync writes
    /// them.
    #[default]
    Broken,
    /// No room.
    Full,
}

/// A call that may fail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Open,
    Write,
    Truncate,
    Sync,
    Delete,
}

enum Unsynced {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

#[derive(Default)]
struct Shadow {
    durable: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

struct Disk {
    plan: Plan,
    calls: u64,
    files: BTreeMap<String, Shadow>,
}

static DISK: Mutex<Disk> = Mutex::new(Disk {
    plan: Plan { at: 0, failure: Failure::Broken, for_good: false },
    calls: 0,
    files: BTreeMap::new(),
});

fn disk() -> MutexGuard<'static, Disk> {
    DISK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to count calls, and fails them as planned. What is on the disk stays.
pub fn play(plan: Plan) {
    let mut disk = disk();
    disk.plan = plan;
    disk.calls = 0;
}

/// Forgets every file: another story begins in another folder.
pub fn forget() {
    disk().files.clear();
}

/// How many calls there were since the plan began.
#[must_use]
pub fn calls() -> u64 {
    disk().calls
}

/// The power goes: every file is what was durable of it, plus what chance lets through of the rest.
///
/// # Panics
/// When the real disk fails.
pub fn cut(dice: &mut Dice) {
    let mut disk = disk();
    for (name, shadow) in &mut disk.files {
        let mut bytes = std::mem::take(&mut shadow.durable);
        for change in shadow.unsynced.drain(..) {
            apply(&mut bytes, change, dice.below(4));
        }
        // A new file under the old name: handles that a dead program has left open see the old one, and
        // SQLite takes nothing for known that it remembers of them.
        fs::remove_file(name).expect("the real disk works");
        fs::write(name, &bytes).expect("the real disk works");
        shadow.durable = bytes;
    }
}

/// 0: nothing of a change arrives; 1: its first sectors; else all of it.
fn apply(bytes: &mut Vec<u8>, change: Unsynced, luck: u64) {
    match change {
        Unsynced::Truncate(size) if luck > 0 => bytes.resize(size, 0),
        Unsynced::Write { at, bytes: written } if luck > 0 => {
            let arrived = if luck == 1 { written.len() / 2 / SECTOR * SECTOR } else { written.len() };
            write_at(bytes, at, &written[..arrived]);
        }
        Unsynced::Truncate(_) | Unsynced::Write { .. } => {}
    }
}

fn write_at(bytes: &mut Vec<u8>, at: usize, written: &[u8]) {
    if bytes.len() < at + written.len() {
        bytes.resize(at + written.len(), 0);
    }
    bytes[at..at + written.len()].copy_from_slice(written);
}

/// Counts a call; the code of its failure, if it is to fail.
pub(crate) fn fails(call: Call) -> Option<i32> {
    let mut disk = disk();
    disk.calls += 1;
    let Plan { at, failure, for_good } = disk.plan;
    let hit = at != 0 && (disk.calls == at || (for_good && disk.calls > at));
    hit.then_some(match (call, failure) {
        (Call::Open, _) => ffi::SQLITE_CANTOPEN,
        (Call::Write | Call::Truncate, Failure::Full) => ffi::SQLITE_FULL,
        (Call::Write, Failure::Broken) => ffi::SQLITE_IOERR_WRITE,
        (Call::Truncate, Failure::Broken) => ffi::SQLITE_IOERR_TRUNCATE,
        (Call::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
        (Call::Delete, _) => ffi::SQLITE_IOERR_DELETE,
    })
}

pub(crate) fn opened(name: &str) {
    let mut disk = disk();
    disk.files.entry(name.to_owned()).or_insert_with(|| {
        // What is there when it is first seen has been there for long.
        Shadow { durable: fs::read(name).unwrap_or_default(), unsynced: Vec::new() }
    });
}

pub(crate) fn written(name: &str, at: usize, bytes: &[u8]) {
    if let Some(shadow) = disk().files.get_mut(name) {
        shadow.unsynced.push(Unsynced::Write { at, bytes: bytes.to_vec() });
    }
}

pub(crate) fn truncated(name: &str, size: usize) {
    if let Some(shadow) = disk().files.get_mut(name) {
        shadow.unsynced.push(Unsynced::Truncate(size));
    }
}

/// Everything written is durable; or, where the sync failed, it never will be.
pub(crate) fn synced(name: &str, arrived: bool) {
    if let Some(shadow) = disk().files.get_mut(name) {
        for change in std::mem::take(&mut shadow.unsynced) {
            if arrived {
                apply(&mut shadow.durable, change, 2);
            }
        }
    }
}

pub(crate) fn deleted(name: &str) {
    disk().files.remove(name);
}

/// Chance that is the same every time: xorshift64*.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Chance from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `end`, which is above zero.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % end
    }
}
