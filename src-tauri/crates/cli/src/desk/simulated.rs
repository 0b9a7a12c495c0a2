//! A desk with a simulated market and the mock broker inside.

use phantom_broker_mock::{KeptBroker, MockSettings, Range};
use phantom_engine::Engine;
use phantom_journal::{Environment, Session};
use phantom_market::SimulatedMarket;
use phantom_model::Timestamp;
use phantom_runtime::MarketClock;
use phantom_station::MarketPlace;

use super::market::{self, Feed, Names};
use super::{Running, day, open, start};
use crate::args::DeskOptions;
use crate::fault::Fault;

/// Starts it where the last run has left market, broker and journal.
pub(super) fn begin(options: &DeskOptions) -> Result<Running, Fault> {
    let account = format!("simulated-{}", options.seed);
    let session = Session {
        environment: Environment::Mock,
        account: account.clone(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: format!("seed {} speed {}", options.seed, options.speed),
    };
    let opened = open(options, session)?;
    let path = options.data.join(format!("market-{account}.json"));
    let was = MarketPlace::load(&path);
    let seen = opened.returning.map_or(Timestamp::MIN, |returning| returning.since);
    let is_return = opened.returning.is_some();
    let starts = SimulatedMarket::opens_on(day(options)).max(seen).max(was.at.unwrap_or(Timestamp::MIN));
    let names = Names::of(&opened.listing);
    let broker = broker(options, &account, &names, &opened.engine)?;
    let clock = MarketClock::starting_at(starts).running(options.speed);
    let records = market::market(options.seed, &opened.listing, starts, &was)?;
    let (desk, task) = start(opened, broker, clock);
    let feed = Feed { records, clock, desk: desk.clone(), names: names.clone(), path: path.clone() };
    let feeds = vec![tokio::task::spawn_local(feed.run())];
    Ok(Running { desk, clock, task, feeds, seen, is_return, place: Some((names, path)) })
}

fn broker(options: &DeskOptions, account: &str, names: &Names, engine: &Engine) -> Result<KeptBroker, Fault> {
    let settings = MockSettings {
        delay_nanos: Range::span(options.latency),
        ..MockSettings::frictionless(options.seed)
    };
    let path = options.data.join(format!("broker-{account}.jsonl"));
    let newest = engine.book().fills().iter().map(|(_, fill)| fill.exec).max();
    Ok(KeptBroker::open(&path, settings, names.list())?.numbering_after(newest))
}
