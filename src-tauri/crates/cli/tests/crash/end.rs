//! The desk's own book at the end, beside the broker's.

use std::path::Path;
use std::sync::Arc;

use phantom_compliance::Limits;
use phantom_engine::Timing;
use phantom_engine::book::LotState;
use phantom_engine::fact::GapPolicy;
use phantom_model::{InstrumentTable, Money};
use phantom_runtime::Listing;
use phantom_station::{Lease, Start, Station};

use crate::broker::Books;
use crate::{lane, signals};

/// The positions are the same, nothing is latched, and every lot that is open is watched.
pub(crate) fn check(folder: &Path, books: &Books, place: &str) {
    let table = Arc::new(InstrumentTable::built_in().unwrap());
    let wanted = Listing::new(table, [], signals::DATE).unwrap();
    let terms = |listing: &Listing| listing.terms(|_| Money::ZERO);
    let start = Start { limits: Limits::NONE, timing: Timing::LIVE, terms: &terms, policy: GapPolicy::Fire };
    let lease = Arc::new(Lease::take(folder).unwrap());
    let opened = Station::new(lease, lane::session()).open(&wanted, &start).unwrap();
    let book = opened.engine.book();
    let nq = opened.listing.resolve("NQ").unwrap().contract;
    let position = book.positions().at(nq);
    assert_eq!(position.net.signed(), books.position(), "{place}: the broker's own number");
    assert!(book.latches().is_empty(), "{place}: {:?}", book.latches());
    assert!(!book.is_latched(nq), "{place}: {:?}", position.latches);
    for &lot in &position.lots {
        let watched = match book.lots().at(lot).state {
            LotState::Armed | LotState::Exiting { .. } => true,
            LotState::Bare | LotState::Unprotected { .. } => false,
        };
        assert!(watched, "{place}: {lot} is open and nobody watches it: {:?}", book.lots().at(lot).state);
    }
}
