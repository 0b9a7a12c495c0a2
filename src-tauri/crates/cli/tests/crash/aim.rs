//! When a kill comes: at a moment that nobody chose, or as soon as something has been written.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a kill waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Aim {
    /// Nothing: it comes this long after the start, in the start, in the recovery or in the trading.
    Moment(Duration),
    /// The broker has written down so many new entries.
    Entry(u32),
    /// The broker has written down the first exit of a phantom after so long.
    Exit(Duration),
    /// The broker has been asked for a cancel.
    Cancel,
    /// The journal has grown so many times: that write is not on the disk yet.
    Commit(u32),
}

impl Aim {
    /// How long the desk trades before the aim counts.
    pub(crate) const fn not_before(self) -> Duration {
        match self {
            Self::Exit(after) => after,
            Self::Moment(_) | Self::Entry(_) | Self::Cancel | Self::Commit(_) => Duration::ZERO,
        }
    }
}

/// Numbers that come out the same every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number from 0 up to, and without, a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn small(&mut self, bound: u64) -> u32 {
        u32::try_from(self.below(bound)).unwrap()
    }

    pub(crate) fn aim(&mut self) -> Aim {
        match self.below(10) {
            0 | 1 => Aim::Moment(Duration::from_millis(10 + self.below(900))),
            2 => Aim::Entry(4 + self.small(30)),
            3..=6 => Aim::Exit(Duration::from_millis(self.below(800))),
            7 => Aim::Cancel,
            _ => Aim::Commit(5 + self.small(60)),
        }
    }
}

/// Watches what is written, from when it was made on.
pub(crate) struct Watch {
    books: Tail,
    wal: PathBuf,
    wal_bytes: u64,
    seen: [u32; 4],
}

impl Watch {
    pub(crate) fn on(books: &Path, journal: &Path) -> Self {
        let mut wal = journal.as_os_str().to_owned();
        wal.push("-wal");
        let wal = PathBuf::from(wal);
        Self { books: Tail::at_the_end_of(books), wal_bytes: length(&wal), wal, seen: [0; 4] }
    }

    /// Whether what is aimed at has been written by now.
    pub(crate) fn is_reached(&mut self, aim: Aim) -> bool {
        match aim {
            Aim::Moment(_) => false,
            Aim::Commit(times) => {
                let bytes = length(&self.wal);
                self.seen[3] += u32::from(bytes != self.wal_bytes);
                self.wal_bytes = bytes;
                self.seen[3] >= times
            }
            Aim::Entry(times) => self.counts(times, 0),
            Aim::Exit(_) => self.counts(1, 1),
            Aim::Cancel => self.counts(1, 2),
        }
    }

    fn counts(&mut self, times: u32, which: usize) -> bool {
        for line in self.books.new_lines() {
            let is_new = line.contains("\"state\":\"pending\"");
            let is_exit = line.contains("-X");
            self.seen[0] += u32::from(is_new && !is_exit);
            self.seen[1] += u32::from(is_new && is_exit);
            self.seen[2] += u32::from(line.contains("\"state\":\"pending_cancel\""));
        }
        self.seen[which] >= times
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

/// The lines that are added to a file.
struct Tail {
    path: PathBuf,
    read: u64,
    rest: String,
}

impl Tail {
    fn at_the_end_of(path: &Path) -> Self {
        Self { path: path.to_owned(), read: length(path), rest: String::new() }
    }

    fn new_lines(&mut self) -> Vec<String> {
        if length(&self.path) <= self.read {
            return Vec::new();
        }
        let mut file = File::open(&self.path).unwrap();
        file.seek(SeekFrom::Start(self.read)).unwrap();
        self.read += file.read_to_string(&mut self.rest).unwrap() as u64;
        let whole = self.rest.rfind('\n').map_or(0, |end| end + 1);
        let rest = self.rest.split_off(whole);
        std::mem::replace(&mut self.rest, rest).lines().map(str::to_owned).collect()
    }
}
