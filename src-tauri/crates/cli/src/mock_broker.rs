//! `phantom mock-broker`: the mock broker behind the bridge protocol.

use std::io::{self, Write};
use std::sync::Arc;

use phantom_bridge::body::Env;
use phantom_bridge::text::Name;
use phantom_broker_mock::{FillSize, MockSettings, Range, Refusals};
use phantom_broker_server::{
    Books, HallSettings, Market, Server, ServerSettings, Traded, Venue, VenueSettings, serve,
};
use phantom_market::{SessionShape, SimulatedMarket, SimulatedSession};
use phantom_model::{FailReason, InstrumentTable, Timestamp, trading_day};
use phantom_runtime::Listing;
use tokio::sync::mpsc;

use crate::args::MockBrokerOptions;
use crate::fault::Fault;
use crate::replay::Setup;
use crate::secret_file;
use crate::today::now;

/// Runs until the process is ended.
///
/// # Errors
/// What was given is not right, or the address cannot be listened on.
pub(crate) fn run(options: &MockBrokerOptions) -> Result<(), Fault> {
    let secret = secret_file::read_or_make(&options.secret_file)?;
    let wall = now();
    let (listing, market) = market(options, wall)?;
    let books = options.state.as_deref().map_or_else(|| Ok(Books::in_memory()), Books::open)?;
    let traded = listing.iter().filter_map(|(_, it)| Traded::new(it.clone())).collect();
    let venue = Venue::new(venue_settings(options)?, traded, books);
    let settings = ServerSettings {
        address: options.listen,
        beyond_loopback: options.beyond_loopback,
        secret,
        hall: HallSettings {
            seed: options.seed,
            lost_commands: options.lose_commands,
            lost_answers: options.lose_answers,
            hang_ups: options.hang_up,
            ..HallSettings::default()
        },
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::Runtime)?;
    runtime.block_on(async {
        let server = Server::bind(settings).await?;
        let file = options.secret_file.display();
        writeln!(io::stdout(), "listening on {}, secret in {file}", server.address())
            .map_err(Fault::Output)?;
        // Nobody steers it from outside: it ends with the process.
        let (_steers, controls) = mpsc::channel(1);
        serve(server, venue, market, wall, controls).await;
        Ok(())
    })
}

fn venue_settings(options: &MockBrokerOptions) -> Result<VenueSettings, Fault> {
    let account = Name::try_from(options.account.as_str())
        .map_err(|source| Fault::BadAccount { account: options.account.clone(), source })?;
    let refusals = match options.refuse {
        0 => Refusals::None,
        per_mille => Refusals::Chance { per_mille, reason: FailReason::Margin },
    };
    let fill_size = if options.partial_fills { FillSize::Printed } else { FillSize::Whole };
    Ok(VenueSettings {
        account,
        provider: Name::cut("Simulator"),
        env: if options.live { Env::Live } else { Env::Sim },
        mock: MockSettings {
            delay_nanos: Range::span(options.latency),
            refusals,
            fill_size,
            ..MockSettings::frictionless(options.seed)
        },
    })
}

/// Every contract that can be traded, and the trades that happen.
fn market(options: &MockBrokerOptions, wall: Timestamp) -> Result<(Listing, Market), Fault> {
    if !options.ticks.is_empty() {
        let Setup { listing, mut market } = Setup::new(&options.ticks, None)?;
        let records = std::iter::from_fn(move || {
            market.next_record().unwrap_or_else(|fault| {
                tracing::error!(%fault, "the recorded market ends here");
                None
            })
        });
        return Ok((listing, Market::playing(records, options.speed)));
    }
    let table = Arc::new(InstrumentTable::built_in()?);
    let listing = Listing::new(table, [], trading_day(wall))?;
    if options.simulated.is_empty() {
        return Ok((listing, Market::quiet()));
    }
    let sessions = options.simulated.iter().map(|symbol| session(&listing, symbol, options.seed, wall));
    let sessions: Vec<SimulatedSession> = sessions.collect::<Result<_, _>>()?;
    Ok((listing, Market::playing(SimulatedMarket::new(sessions), options.speed)))
}

fn session(listing: &Listing, symbol: &str, seed: u64, wall: Timestamp) -> Result<SimulatedSession, Fault> {
    let unknown = |meant| Fault::UnknownSymbol { symbol: symbol.to_owned(), meant };
    let listed = listing.resolve(symbol).map_err(|it| unknown(it.meant))?;
    let root = listing.root(listed.contract);
    let shape = SessionShape::of_root(root, listed.grid).ok_or_else(|| unknown(None))?;
    SimulatedSession::new(seed, listed.contract, shape, wall).map_err(|_| unknown(None))
}
