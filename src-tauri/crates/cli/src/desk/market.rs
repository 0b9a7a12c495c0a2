//! The simulated market of a headless desk: it goes on from where it was.

use std::path::PathBuf;
use std::time::Duration;

use phantom_market::{SessionShape, SimulatedMarket, SimulatedSession};
use phantom_model::{ContractId, Price, Timestamp};
use phantom_runtime::{Clock, DeskHandle, Listing, MarketClock};
use phantom_station::MarketPlace;
use tokio::time::Instant;

use crate::fault::Fault;

/// How often it is noted where the market is.
const NOTED_EVERY: Duration = Duration::from_millis(200);

/// The names of the contracts by their ids.
#[derive(Clone, Debug)]
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn of(listing: &Listing) -> Self {
        Self(listing.iter().map(|(_, contract)| contract.ninjatrader_name()).collect())
    }

    pub(crate) fn list(&self) -> &[String] {
        &self.0
    }

    /// Where the market is.
    pub(crate) fn at(&self, at: Timestamp, last: &[Option<Price>]) -> MarketPlace {
        let priced = self.0.iter().zip(last).filter_map(|(name, last)| Some((name.clone(), (*last)?)));
        MarketPlace { at: Some(at), last: priced.collect() }
    }
}

/// A market of every contract that can be traded, each from its last price.
pub(crate) fn market(
    seed: u64,
    listing: &Listing,
    starts: Timestamp,
    was: &MarketPlace,
) -> Result<SimulatedMarket, Fault> {
    let mut sessions = Vec::new();
    for (id, contract) in listing.iter() {
        let instrument = contract.instrument();
        let Some(shape) = SessionShape::of_root(instrument.root(), *instrument.grid()) else { continue };
        let start = was.last.get(&contract.ninjatrader_name()).copied().unwrap_or(shape.start);
        let session = SimulatedSession::new(seed, id, SessionShape { start, ..shape }, starts);
        sessions.push(session.map_err(|fault| Fault::Market(fault.to_string()))?);
    }
    Ok(SimulatedMarket::new(sessions))
}

/// The feed before it runs.
pub(crate) struct Feed {
    pub(crate) records: SimulatedMarket,
    pub(crate) clock: MarketClock,
    pub(crate) desk: DeskHandle,
    pub(crate) names: Names,
    pub(crate) path: PathBuf,
}

impl Feed {
    /// Gives each record at its time, until the desk has gone.
    pub(crate) async fn run(self) {
        let Self { records, clock, desk, names, path } = self;
        let mut last: Vec<Option<Price>> = vec![None; names.list().len()];
        let mut noted = Instant::now();
        for record in records {
            if clock.now() < record.at
                && let Some(due) = clock.instant_of(record.at)
            {
                tokio::time::sleep_until(due).await;
            }
            if let Some(slot) = last.get_mut(row(record.contract)) {
                *slot = Some(record.print.last());
            }
            if desk.feed(record).await.is_err() {
                return;
            }
            if noted.elapsed() >= NOTED_EVERY {
                noted = Instant::now();
                if let Err(fault) = names.at(record.at, &last).save(&path) {
                    tracing::warn!(%fault, "where the market is could not be noted");
                }
            }
        }
    }
}

fn row(contract: ContractId) -> usize {
    phantom_model::ArenaKey::row(contract) as usize
}
