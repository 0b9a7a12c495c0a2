//! The real program is killed again and again, at points that nobody chose, and comes back from its folder.
//!
//! After every kill: the journal verifies, every order that was acknowledged is in it, everything that the
//! broker was sent to open is in it, no lot was closed twice, and the position never turned. At the end
//! every lot that is open is watched, and the books agree with the broker's own account, which knows nothing
//! of the journal. `PHANTOM_KILLS` says how many kills: `scripts/crash-test --kills N`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#![expect(clippy::disallowed_methods, reason = "a real program is killed after real time")]

mod account;
mod desk;
mod signals;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use account::BrokersAccount;
use desk::Running;
use phantom_compliance::Limits;
use phantom_engine::Timing;
use phantom_engine::book::LotState;
use phantom_engine::fact::GapPolicy;
use phantom_journal::{Environment, Format, Session, export, verify};
use phantom_model::{InstrumentTable, Money};
use phantom_runtime::Listing;
use phantom_station::{Lease, Start, Station};

/// Kills of an ordinary run of the tests.
const KILLS: u32 = 6;
/// The account of the headless desk with seed 7.
const ACCOUNT: &str = "simulated-7";

/// What all runs together have shown.
#[derive(Default)]
struct Seen {
    acknowledged: BTreeSet<String>,
    damaged: u32,
    lost_intents: u32,
    lost_openings: u32,
    recoveries: Vec<Duration>,
    fired: usize,
    found: usize,
    crashes_told: u32,
}

#[test]
fn nothing_is_lost_and_nothing_is_closed_twice_however_often_the_program_is_killed() {
    let kills = std::env::var("PHANTOM_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Seen::default();
    let mut chance: u64 = 0x9e37_79b9_7f4a_7c15;
    for kill in 0..kills {
        // A point in the start, in the recovery, or in the trading.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lives = Duration::from_millis(20 + (chance >> 33) % 1_500);
        let began = Instant::now();
        let mut running = Running::start(folder.path(), kill, &[]);
        running.listen_for(lives);
        let said = running.kill();
        seen.note(&said, began);
        seen.check(folder.path(), kill);
    }
    let mut last = Running::start(folder.path(), kills, &["--seconds", "4"]);
    let said = last.wait();
    seen.note(&said, Instant::now());
    assert!(said.iter().any(|line| line["kind"] == "ended"), "the last run ends in order: {said:?}");
    seen.check(folder.path(), kills);
    let account = BrokersAccount::read(&broker_file(folder.path()));
    check_end(folder.path(), &account);
    let slowest = seen.recoveries.iter().max().copied().unwrap_or_default();
    println!(
        "kill test: {kills} kills, {} acknowledged orders, {} fills at the broker, {} exits of phantoms \
         ({} found again at the broker, {} fired after a return)\n\
         0 acknowledged intents lost, 0 openings beside the journal, 0 duplicate exits, 0 chain gaps\n\
         journal read, at the slowest, in {slowest:?}",
        seen.acknowledged.len(),
        account.fills(),
        account.exits(),
        seen.found,
        seen.fired,
    );
    assert!(kills < 3 || seen.crashes_told > 0, "no start told of a crash");
    if kills >= 50 {
        assert!(account.exits() > 0 && !seen.acknowledged.is_empty(), "nothing was traded");
    }
}

impl Seen {
    fn note(&mut self, said: &[serde_json::Value], began: Instant) {
        for line in said {
            match line["kind"].as_str() {
                Some("started") => {
                    let took = Duration::from_millis(line["tookMs"].as_u64().unwrap());
                    self.recoveries.push(took.min(began.elapsed()));
                    self.crashes_told += u32::from(line["after"] == "crashed");
                    self.damaged += u32::from(line["damage"].is_string());
                }
                Some("recovered") => {
                    self.fired += line["fired"].as_array().unwrap().len();
                    self.found += line["found"].as_array().unwrap().len();
                }
                Some("answered") if line["status"] != "REJECTED" && line["status"] != "PENDING" => {
                    self.acknowledged.insert(line["order"].as_str().unwrap().to_owned());
                }
                _ => {}
            }
        }
    }

    fn check(&mut self, folder: &Path, kill: u32) {
        let journal = folder.join(format!("journal-mock-{ACCOUNT}.db"));
        if self.recoveries.is_empty() {
            // Killed before there was a journal, or while it was being made.
            assert!(self.acknowledged.is_empty(), "acknowledged before there was a journal");
            return;
        }
        assert_eq!(self.damaged, 0, "a start found damage after kill {kill}");
        let verification = verify(&journal).expect("the journal can be read");
        assert!(verification.damage.is_none(), "kill {kill}: {:?}", verification.damage);
        let mut text = Vec::new();
        export(&journal, Format::JsonLines, None, &mut text).unwrap();
        let recorded = submitted(&String::from_utf8(text).unwrap());
        self.lost_intents += lost(self.acknowledged.iter(), &recorded);
        let account = BrokersAccount::read(&broker_file(folder));
        self.lost_openings += lost(account.openings().iter(), &recorded);
        assert_eq!((self.lost_intents, self.lost_openings), (0, 0), "kill {kill}");
        account.check(kill);
    }
}

fn lost<'a>(orders: impl Iterator<Item = &'a String>, recorded: &BTreeSet<String>) -> u32 {
    u32::try_from(orders.filter(|order| !recorded.contains(*order)).count()).unwrap()
}

fn submitted(lines: &str) -> BTreeSet<String> {
    let facts = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let submitted = facts.filter(|fact| fact["kind"] == "orderSubmitted");
    submitted.map(|fact| fact["order"].as_str().unwrap().to_owned()).collect()
}

fn broker_file(folder: &Path) -> std::path::PathBuf {
    folder.join(format!("broker-{ACCOUNT}.jsonl"))
}

/// The books at the end beside the broker's own account.
fn check_end(folder: &Path, account: &BrokersAccount) {
    let session = Session {
        environment: Environment::Mock,
        account: ACCOUNT.to_owned(),
        build: "test".to_owned(),
        configuration: String::new(),
    };
    let table = std::sync::Arc::new(InstrumentTable::built_in().unwrap());
    let wanted = Listing::new(table, [], signals::DATE).unwrap();
    let terms = |listing: &Listing| listing.terms(|_| Money::ZERO);
    let start = Start { limits: Limits::NONE, timing: Timing::LIVE, terms: &terms, policy: GapPolicy::Fire };
    let lease = std::sync::Arc::new(Lease::take(folder).unwrap());
    let opened = Station::new(lease, session).open(&wanted, &start).unwrap();
    let book = opened.engine.book();
    let nq = opened.listing.resolve("NQ").unwrap().contract;
    assert_eq!(book.positions().at(nq).net.signed(), account.position(), "the broker's own number");
    assert!(book.latches().is_empty(), "{:?}", book.latches());
    assert!(!book.is_latched(nq), "{:?}", book.positions().at(nq).latches);
    for &lot in &book.positions().at(nq).lots {
        let watched = match book.lots().at(lot).state {
            LotState::Armed | LotState::Exiting { .. } => true,
            LotState::Bare | LotState::Unprotected { .. } => false,
        };
        assert!(watched, "{lot} is open and nobody watches it: {:?}", book.lots().at(lot).state);
    }
}
