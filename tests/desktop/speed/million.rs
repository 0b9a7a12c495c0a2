//! A journal of a million facts: trades from the order to the closed lot, written behind what is there.

use std::path::Path;

use phantom_journal::{Session, Store, verify};
use phantom_runtime::Journal as _;
use phantom_testkit::rounds::Rounds;

/// Trades of eleven facts each.
const TRADES: usize = 90_910;

/// Fills the one journal of a data folder. How many facts it has then.
pub(crate) fn fill(folder: &Path) -> u64 {
    let journal = desktop::journal_in(folder);
    let whose = verify(&journal).unwrap();
    let session = Session {
        environment: whose.environment,
        account: whose.account,
        build: "a million".to_owned(),
        configuration: String::new(),
    };
    let mut opened = Store::new(journal.parent().unwrap()).open(&session, &[], || ()).unwrap();
    let book = &opened.recovered.book;
    let mut rounds = Rounds::after(book.seq(), book.last_at());
    for _ in 0..TRADES {
        rounds.entry();
        rounds.exit();
    }
    let last = rounds.seq();
    for group in rounds.facts.chunks(4_096) {
        opened.writer.append(group);
        while opened.writer.durable() < group.last().map_or(0, |fact| fact.seq) {
            std::thread::yield_now();
        }
    }
    last
}
