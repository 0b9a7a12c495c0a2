//! A trading day in a box: simulated markets, the mock broker, the engine, and traders who click at
//! random. Everything comes from one seed; no Tauri, no clock, no disk.
#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

pub mod account;
pub mod brokers;
pub mod messages;
pub mod openings;
mod receipts;
pub mod story;

use std::sync::Arc;

use phantom_broker_mock::{FillSize, MockBroker, MockSettings, Refusals};
use phantom_compliance::{ChangeRequest, EvenChange, Limits, OrderRequest, Protect, StopChange};
use phantom_engine::{Book, Engine, Input, Intake, Origin, Protected, Timing};
use phantom_market::{SessionShape, SimulatedMarket, SimulatedSession};
use phantom_model::{
    Bracket, BreakEven, Contract, ContractId, FailReason, Guard, InstrumentTable, Money, Offset, OrderId,
    OrderKind, Qty, Side, Ticks, Timestamp, trading_day,
};
use phantom_runtime::{Core, Listing, MemoryJournal};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// 2026-11-23 08:30 in Chicago.
pub const OPEN: Timestamp = Timestamp::from_nanos(1_795_444_200_000_000_000);
const ROOTS: [&str; 3] = ["NQ", "ES", "GC"];
const FEE: Money = Money::from_units(18_900);

/// The desk's loop on the mock broker.
pub type MockCore = Core<MockBroker, MemoryJournal>;

/// One simulated day.
pub struct Day {
    /// The desk.
    pub core: MockCore,
    market: SimulatedMarket,
    chance: ChaCha8Rng,
    contracts: Vec<ContractId>,
}

impl Day {
    /// A day of NQ, ES and gold with a broker that delays, slips, fills in parts and refuses.
    ///
    /// # Panics
    /// When the built-in tables do not load: the test has failed then.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let settings = MockSettings {
            fill_size: if seed.is_multiple_of(2) { FillSize::Printed } else { FillSize::Whole },
            refusals: Refusals::Chance { per_mille: 50, reason: FailReason::Margin },
            ..MockSettings::window(seed)
        };
        let table = Arc::new(InstrumentTable::built_in().expect("the built-in table loads"));
        let listing = Listing::new(table, [], trading_day(OPEN)).expect("the front months exist");
        let contracts: Vec<ContractId> =
            ROOTS.iter().map(|root| listing.resolve(root).expect("a root of the table").contract).collect();
        let engine = Engine::new(listing.terms(|_| FEE), Limits::NONE, Timing::STANDARD);
        let sessions = contracts.iter().map(|&id| session(seed, id, listing.contract(id)));
        Self {
            core: Core::new(engine, MockBroker::new(settings), MemoryJournal::new()),
            market: SimulatedMarket::new(sessions),
            chance: ChaCha8Rng::seed_from_u64(seed ^ 0x5eed),
            contracts,
        }
    }

    /// Trades for this many records; about one command in fifty records.
    pub fn trade(&mut self, records: usize, mut look: impl FnMut(&MockCore)) {
        for _ in 0..records {
            let Some(record) = self.market.next() else { return };
            self.core.market(record);
            if self.below(50) == 0 {
                let input = self.command();
                self.core.input(record.at, input);
            }
            look(&self.core);
        }
    }

    /// Flattens and lets the market run on until the flatten has answered.
    pub fn flatten(&mut self) {
        let now = self.core.now();
        self.core.input(now, Input::Flatten { origin: Origin::Window });
        while self.core.book().halt().flattening {
            let Some(record) = self.market.next() else { return };
            self.core.market(record);
        }
    }

    fn command(&mut self) -> Input {
        match self.below(20) {
            0 => Input::Flatten { origin: Origin::Window },
            1..4 => match self.any_live_order() {
                Some(order) => Input::Cancel { order, origin: Origin::Window },
                None => self.order(),
            },
            4..7 => match self.any_live_order() {
                Some(order) => self.change(order),
                None => self.order(),
            },
            7..10 => self.protection(),
            10.. => self.order(),
        }
    }

    /// Other terms for an order: what they come to is the gate's to judge.
    fn change(&mut self, order: OrderId) -> Input {
        let book = self.core.book();
        let row = book.find(order).map(|key| book.orders().at(key));
        let (side, limit) = row.map_or((Side::Buy, None), |row| (row.side, row.kind.limit()));
        let qty = u32::try_from(1 + self.below(6)).ok().and_then(Qty::new).filter(|_| self.below(2) == 0);
        let limit = limit.filter(|_| self.below(2) == 0);
        let limit = limit.map(|limit| limit - self.ticks(side, 6) + self.ticks(side, 6));
        Input::Change { order, change: Ok(ChangeRequest { qty, limit }), origin: Origin::Window }
    }

    /// Another stop for everything that is open in a contract.
    fn protection(&mut self) -> Input {
        let contract = self.any_contract();
        let side = self.core.book().positions().at(contract).net.side().unwrap_or(Side::Buy);
        let last = self.core.engine().last_price(contract);
        let offset = u32::try_from(1 + self.below(20)).ok().and_then(Offset::new);
        let stop = match (self.below(3), last, offset) {
            (0, Some(last), _) => StopChange::At(last - self.ticks(side, 15)),
            (1, _, Some(offset)) => StopChange::Trail(offset),
            (_, _, Some(offset)) => StopChange::Away(offset),
            (_, _, None) => StopChange::Leave,
        };
        let even = offset.and_then(|after| BreakEven::new(after, 0)).filter(|_| self.below(3) == 0);
        let even = even.map_or(EvenChange::Leave, EvenChange::Set);
        let change = Ok(Protect { stop, even, ..Protect::default() });
        Input::Protect { whom: Protected::Position(contract), change, origin: Origin::Window }
    }

    fn any_contract(&mut self) -> ContractId {
        let place = usize::try_from(self.below(ROOTS.len() as u64)).unwrap_or(0);
        self.contracts.get(place).copied().expect("one of the roots")
    }

    fn any_live_order(&mut self) -> Option<OrderId> {
        let live: Vec<OrderId> = self.core.book().live_orders().map(|(_, order)| order.id).collect();
        let place = self.below(u64::try_from(live.len()).ok()?.max(1));
        live.get(usize::try_from(place).ok()?).copied()
    }

    fn order(&mut self) -> Input {
        let contract = self.any_contract();
        let side = if self.below(2) == 0 { Side::Buy } else { Side::Sell };
        let last = self.core.engine().last_price(contract);
        let kind = match last.filter(|_| self.below(3) == 0) {
            Some(last) => OrderKind::Limit(last - self.ticks(side, 12)),
            None => OrderKind::Market,
        };
        let reference = kind.limit().or(last);
        let bracket = match reference.filter(|_| self.below(4) > 0) {
            Some(at) => {
                Bracket { stop: Some(at - self.ticks(side, 15)), target: Some(at + self.ticks(side, 20)) }
            }
            None => Bracket::NONE,
        };
        let qty = u32::try_from(1 + self.below(4)).ok().and_then(Qty::new).unwrap_or(Qty::ONE);
        let offset = u32::try_from(1 + self.below(20)).ok().and_then(Offset::new);
        let trail = offset.filter(|_| !bracket.is_none() && self.below(3) == 0);
        let guard = Guard { trail, ..Guard::NONE };
        let request = OrderRequest { contract, side, qty, kind, bracket, guard };
        Input::Place { intake: Intake::Read(request), origin: Origin::Window }
    }

    /// 1 to `most` ticks in the side's winning direction.
    fn ticks(&mut self, side: Side, most: u64) -> Ticks {
        let count = i64::try_from(1 + self.below(most)).unwrap_or(1);
        Ticks::new(count * side.sign())
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.chance.next_u64() % bound
    }

    /// The traded contracts.
    #[must_use]
    pub fn contracts(&self) -> &[ContractId] {
        &self.contracts
    }

    /// The book that the journal alone tells.
    #[must_use]
    pub fn replayed(&self) -> Book {
        Book::replay(self.core.engine().terms(), self.core.journal().facts())
    }
}

fn session(seed: u64, id: ContractId, contract: &Contract) -> SimulatedSession {
    let instrument = contract.instrument();
    let shape = SessionShape::of_root(instrument.root(), *instrument.grid()).expect("every root has a shape");
    SimulatedSession::new(seed, id, shape, OPEN).expect("a shape of the table is valid")
}
