//! One desk with its broker and its folder, killed again and again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use phantom_journal::{Environment, Session, Store};
use serde_json::Value;
use tempfile::TempDir;

use crate::aim::{Aim, Chance, Watch};
use crate::broker::{Books, Broker};
use crate::desk::{PATIENCE, Running, is_stage};
use crate::records::Records;
use crate::windows::{Hits, Window};
use crate::{end, signals, tape};

/// Without what a kill is aimed at, it comes this long after the connection stands.
const AIM_MAX: Duration = Duration::from_secs(2);

/// What a lane has shown.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) desk_kills: u32,
    pub(crate) broker_kills: u32,
    pub(crate) hits: Hits,
    pub(crate) acknowledged: BTreeSet<String>,
    pub(crate) recoveries_ms: Vec<u64>,
    pub(crate) fired: usize,
    pub(crate) found: usize,
    pub(crate) crashes_told: u32,
    pub(crate) facts: u64,
    pub(crate) fills: usize,
    pub(crate) exits: usize,
}

/// Which of the two processes dies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    Desk,
    Broker,
    /// The broker, and the desk before it has it back.
    Both,
}

/// A lane while it runs.
struct Lane {
    folder: TempDir,
    journal: PathBuf,
    broker: Broker,
    chance: Chance,
    runs: u32,
    /// What the journal said when the desk was killed last; the windows are judged when it is back.
    killed_at: Option<Records>,
    shown: Shown,
    name: String,
}

/// Runs a lane for so many kills, and ends it in order.
pub(crate) fn run(number: u32, kills: u32) -> Shown {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(folder.path(), &tape::write(folder.path()));
    let mut lane = Lane {
        journal: Store::new(folder.path().join("data")).path(&session()),
        broker,
        folder,
        chance: Chance(0x9e37_79b9_7f4a_7c15 ^ u64::from(number)),
        runs: 0,
        killed_at: None,
        shown: Shown::default(),
        name: format!("lane {number}"),
    };
    let mut desk = None;
    for _ in 0..kills {
        let (victim, aim) = (lane.victim(), lane.chance.aim());
        let running = desk.take().unwrap_or_else(|| lane.start(aim == Aim::Cancel));
        desk = lane.kill(running, victim, aim);
    }
    let desk = desk.unwrap_or_else(|| lane.start(false));
    lane.finish(desk);
    std::mem::take(&mut lane.shown)
}

/// Whose journal it is.
pub(crate) fn session() -> Session {
    let text = || "test".to_owned();
    Session {
        environment: Environment::Sim,
        account: "Sim101".to_owned(),
        build: text(),
        configuration: text(),
    }
}

impl Lane {
    fn start(&mut self, flattens: bool) -> Running {
        self.runs += 1;
        let signals = signals::write(self.folder.path(), self.runs, flattens);
        Running::start(self.folder.path(), self.broker.address(), Some(&signals))
    }

    fn victim(&mut self) -> Victim {
        match self.chance.below(10) {
            0 => Victim::Broker,
            1 | 2 => Victim::Both,
            _ => Victim::Desk,
        }
    }

    fn place(&self) -> String {
        let Shown { desk_kills, broker_kills, .. } = self.shown;
        format!("{}, {desk_kills} kills of the desk and {broker_kills} of the broker", self.name)
    }

    /// Lets it trade until the kill comes. The desk, where it lives on.
    fn kill(&mut self, mut desk: Running, victim: Victim, aim: Aim) -> Option<Running> {
        if let (Aim::Moment(after), Victim::Desk) = (aim, victim) {
            self.listen(&mut desk, after, |_| false);
        } else {
            self.wait_until_up(&mut desk);
            self.listen(&mut desk, aim.not_before(), |_| false);
            let mut watch = Watch::on(&self.broker.books(), &self.journal);
            self.listen(&mut desk, AIM_MAX, |_| watch.is_reached(aim));
        }
        match victim {
            Victim::Desk => {
                self.kill_desk(desk);
                None
            }
            Victim::Broker => {
                self.kill_broker();
                self.note(&desk.said());
                let records = Records::read(&self.journal, &self.place());
                self.judge(&records);
                self.broker.start_again();
                self.wait_until_up(&mut desk);
                Some(desk)
            }
            Victim::Both => {
                self.kill_broker();
                self.kill_desk(desk);
                if let Some(records) = self.killed_at.take() {
                    self.judge(&records);
                }
                self.broker.start_again();
                None
            }
        }
    }

    fn kill_broker(&mut self) {
        self.broker.kill();
        self.shown.broker_kills += 1;
    }

    fn kill_desk(&mut self, desk: Running) {
        self.note(&desk.kill());
        self.shown.desk_kills += 1;
        if self.shown.recoveries_ms.is_empty() {
            // Killed before there was a journal, or while it was being made.
            assert!(self.shown.acknowledged.is_empty(), "acknowledged before there was a journal");
            return;
        }
        let records = Records::read(&self.journal, &self.place());
        self.check(&records, &Books::read(&self.broker.books()));
        self.killed_at.get_or_insert(records);
    }

    /// Takes what the desk says. When it is back at the broker, the broker has taken everything that the
    /// desk before it had sent: only now the last kill can be judged.
    fn listen(
        &mut self,
        desk: &mut Running,
        longest: Duration,
        mut enough: impl FnMut(&[Value]) -> bool,
    ) -> bool {
        let (books, killed_at, hits) = (self.broker.books(), &mut self.killed_at, &mut self.shown.hits);
        desk.listen_until(longest, |said| {
            if killed_at.is_some() && said.iter().any(|line| is_stage(line, "reading")) {
                let killed_at = killed_at.take().unwrap_or_default();
                count(hits, Window::of(&killed_at, &Books::read(&books)));
            }
            enough(said)
        })
    }

    fn judge(&mut self, records: &Records) {
        let books = Books::read(&self.broker.books());
        self.check(records, &books);
        count(&mut self.shown.hits, Window::of(records, &books));
    }

    fn wait_until_up(&mut self, desk: &mut Running) {
        let place = self.place();
        let is_up = |said: &[Value]| said.iter().any(|line| is_stage(line, "up"));
        assert!(self.listen(desk, PATIENCE, is_up), "{place}: no connection: {:?}", desk.said());
    }

    fn note(&mut self, said: &[Value]) {
        for line in said {
            match line["kind"].as_str() {
                Some("started") => self.note_start(line),
                Some("recovered") => {
                    self.shown.fired += line["fired"].as_array().unwrap().len();
                    self.shown.found += line["found"].as_array().unwrap().len();
                    assert_eq!(line["outside"], serde_json::json!([]), "{}: {line}", self.place());
                    assert_eq!(line["differing"], 0, "{}: {line}", self.place());
                }
                // What has failed before it left was taken on by nobody, and may be on the disk or not.
                Some("answered")
                    if !["REJECTED", "PENDING", "FAILED"].iter().any(|it| line["status"] == *it) =>
                {
                    self.shown.acknowledged.insert(line["order"].as_str().unwrap().to_owned());
                }
                _ => {}
            }
        }
    }

    /// Every lot that is open when the desk comes back is watched, or its exit is on its way.
    fn note_start(&mut self, line: &Value) {
        let count = |name: &str| line[name].as_u64().unwrap();
        self.shown.recoveries_ms.push(count("tookMs"));
        self.shown.crashes_told += u32::from(line["after"] == "crashed");
        let place = self.place();
        assert!(line["damage"].is_null() && line["bookDiffers"].is_null(), "{place}: {line}");
        assert_eq!(count("openLots"), count("phantoms") + count("exiting"), "{place}: {line}");
    }

    /// Nothing that was acknowledged is missing in the journal, nothing was sent beside it, nothing was
    /// closed twice.
    fn check(&self, records: &Records, books: &Books) {
        let place = self.place();
        let lost: Vec<&String> = self.shown.acknowledged.iter().filter(|it| !records.has(it)).collect();
        assert!(lost.is_empty(), "{place}: acknowledged and not in the journal: {lost:?}");
        let beside: Vec<&String> = books.openings().filter(|it| !records.has(it)).collect();
        assert!(beside.is_empty(), "{place}: sent to open and not in the journal: {beside:?}");
        books.check(&place);
    }

    /// A last run without signals, until nothing is on its way, and the books of both sides side by side.
    fn finish(&mut self, desk: Running) {
        self.note(&desk.end());
        let mut last = Running::start(self.folder.path(), self.broker.address(), None);
        self.wait_until_up(&mut last);
        let place = self.place();
        let journal = self.journal.clone();
        let quiet = self.listen(&mut last, PATIENCE, |_| Records::read(&journal, &place).is_quiet());
        assert!(quiet, "{place}: something is still on its way");
        let said = last.end();
        assert!(said.iter().any(|line| line["kind"] == "ended"), "{place}: {said:?}");
        self.note(&said);
        let (records, books) = (Records::read(&self.journal, &place), Books::read(&self.broker.books()));
        self.check(&records, &books);
        end::check(&self.folder.path().join("data"), &books, &place);
        self.shown.facts = records.count;
        (self.shown.fills, self.shown.exits) = (books.fills(), books.exits());
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("{}: everything lies in {}", self.name, self.folder.path().display());
        }
    }
}

fn count(hits: &mut Hits, windows: Vec<Window>) {
    for window in windows {
        *hits.entry(window).or_default() += 1;
    }
}
