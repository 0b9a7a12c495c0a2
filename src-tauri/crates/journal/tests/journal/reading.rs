//! The history, a page at a time, beside a writer that goes on.

use phantom_journal::{History, Store, Wanted};
use phantom_runtime::Journal as _;

use crate::stories::{day, open, session, settle};

fn rows(history: &History, wanted: &Wanted) -> Vec<(u64, String)> {
    let page = history.page(wanted, 1_000).unwrap();
    page.rows.into_iter().map(|row| (row.seq, row.kind)).collect()
}

#[test]
fn pages_go_back_from_the_newest_fact_to_the_oldest() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts);
    settle(&opened, facts.len() as u64);
    let history = History::open(&store.path(&session())).unwrap();
    let (mut wanted, mut seen) = (Wanted::default(), Vec::new());
    loop {
        let page = history.page(&wanted, 7).unwrap();
        assert!(page.rows.len() <= 7);
        seen.extend(page.rows.iter().map(|row| row.seq));
        let Some(older) = page.older else { break };
        wanted.before = Some(older);
    }
    assert_eq!(seen, (1..=facts.len() as u64).rev().collect::<Vec<_>>());
}

#[test]
fn the_history_is_searched_by_day_contract_kind_and_text() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts);
    settle(&opened, facts.len() as u64);
    let history = History::open(&store.path(&session())).unwrap();
    assert_eq!(history.days().unwrap(), ["1970-01-01".parse().unwrap()]);
    assert_eq!(history.contracts().collect::<Vec<_>>(), ["GC 12-26", "NQ 12-26", "MGC 12-26", "ZF 12-26"]);
    let of = |wanted: Wanted| rows(&history, &wanted);
    let filled = of(Wanted { kinds: vec!["orderFilled".into(), "phantomFired".into()], ..Wanted::default() });
    assert!(
        filled.len() > 4 && filled.iter().all(|(_, kind)| kind == "orderFilled" || kind == "phantomFired")
    );
    assert_eq!(of(Wanted { day: Some("1970-01-02".parse().unwrap()), ..Wanted::default() }), []);
    assert_eq!(
        of(Wanted { day: Some("1970-01-01".parse().unwrap()), ..Wanted::default() }).len(),
        facts.len()
    );
    assert_eq!(of(Wanted { contract: Some("NQ 12-26".into()), ..Wanted::default() }), []);
    assert_eq!(of(Wanted { contract: Some("XX 12-26".into()), ..Wanted::default() }), []);
    let gold = of(Wanted { contract: Some("GC 12-26".into()), ..Wanted::default() });
    assert!(gold.len() > 20 && gold.len() < facts.len());
    let exit = of(Wanted { text: "l0-x1".into(), ..Wanted::default() });
    assert!(exit.iter().any(|(_, kind)| kind == "orderSubmitted") && exit.len() < 10, "{exit:?}");
    assert_eq!(of(Wanted { text: "%".into(), ..Wanted::default() }), [], "a sign is a sign, not a pattern");
    let both = Wanted {
        kinds: vec!["orderFilled".into()],
        text: "T1".into(),
        contract: Some("GC 12-26".into()),
        day: Some("1970-01-01".parse().unwrap()),
        before: None,
    };
    assert_eq!(of(both).len(), 2);
}

#[test]
fn a_row_says_everything_that_the_log_shows() {
    let folder = tempfile::tempdir().unwrap();
    let (store, facts) = (Store::new(folder.path()), day());
    let mut opened = open(&store);
    opened.writer.append(&facts);
    settle(&opened, facts.len() as u64);
    let history = History::open(&store.path(&session())).unwrap();
    let wanted = Wanted { kinds: vec!["orderRejected".into()], ..Wanted::default() };
    let page = history.page(&wanted, 10).unwrap();
    let row = page.rows.last().unwrap();
    assert_eq!((row.about.as_deref(), row.contract.as_deref()), (Some("T2"), Some("GC 12-26")));
    assert_eq!(row.cause.as_deref(), Some("window"));
    assert!(row.words.as_deref().unwrap().starts_with("would_cross_zero: position is 2"));
    assert!(row.recorded.is_some() && row.line.contains("\"order\":\"T2\""));
}
