//! What the window shows: a book of its own, folded from the same facts as the desk's, and its rows.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use phantom_compliance::{Limits, ShortSelling};
use phantom_engine::{Book, ContractTerms, Engine, Fact, FactBody, Origin};
use phantom_journal::DaySoFar;
use phantom_model::{Arena, ContractId, FlattenId, Money, Price, Timestamp};
use phantom_runtime::{Listing, Marks};
use phantom_wire::{
    BrokerLink, DeskMode, DeskStanding, DeskStatus, LogAction, LogRow, PhantomRow, PositionRow, QuoteRow,
    TradeRow, WorkingRow,
};

use super::fact_row::row_of;
use super::first_stops::FirstStops;
use super::latency::AnswerTimes;
use super::panel_rows::{phantom_row, position_row, quote_row, unrealized, working_row};
use super::progress::FlattenWatch;
use super::standing::{differences, latches, position_limit, protection};
use super::trades::trade_of;
use crate::market::{Pace, QuoteBoard};

/// Rows of the log that a snapshot holds at most.
pub(crate) const LOG_ROWS_MAX: usize = 5_000;
/// Closed trades that a snapshot holds at most.
pub(crate) const TRADES_MAX: usize = 2_000;

/// The state of the window's panels.
pub(crate) struct View {
    listing: Arc<Listing>,
    book: Book,
    mode: DeskMode,
    /// The account, as its broker names it.
    account: String,
    answers: AnswerTimes,
    flatten: Option<FlattenWatch>,
    /// Flattens that a rule asked for.
    by_rule: BTreeSet<FlattenId>,
    /// Closed trades that a batch has carried.
    trades: VecDeque<TradeRow>,
    /// Closed trades that the next batch carries.
    pending_trades: Vec<TradeRow>,
    trade_count: u32,
    first_stops: FirstStops,
    traded: BTreeSet<ContractId>,
    marks: Marks,
    /// Rows that a batch has carried.
    log: VecDeque<LogRow>,
    /// Rows that the next batch carries.
    pending: Vec<LogRow>,
    rows: u32,
}

impl View {
    /// The view of an empty book at `starts`.
    pub(crate) fn new(
        listing: Arc<Listing>,
        terms: &Arena<ContractId, ContractTerms>,
        starts: Timestamp,
        mode: DeskMode,
        account: String,
    ) -> Self {
        let book = Book::new(terms);
        Self {
            listing,
            mode,
            account,
            answers: AnswerTimes::default(),
            flatten: None,
            by_rule: BTreeSet::new(),
            trades: VecDeque::new(),
            pending_trades: Vec::new(),
            trade_count: 0,
            first_stops: FirstStops::default(),
            book,
            traded: BTreeSet::new(),
            marks: Marks { at: starts, last: Vec::new() },
            log: VecDeque::new(),
            pending: Vec::new(),
            rows: 0,
        }
    }

    /// The view of a book that was recovered: with the log and the closed trades of the day it ends in.
    pub(crate) fn of_book(
        listing: Arc<Listing>,
        engine: &Engine,
        day: DaySoFar,
        starts: Timestamp,
        (mode, account): (DeskMode, String),
    ) -> Self {
        let book = engine.book().clone();
        let traded = book.orders().iter().filter(|(_, order)| order.filled > 0);
        let traded = traded.map(|(_, order)| order.contract).collect();
        let new = Self::new(listing, engine.terms(), starts, mode, account);
        let first_stops = FirstStops::of_book(&day.before);
        let mut view = Self { book: day.before, traded, first_stops, ..new };
        for fact in &day.facts {
            view.fold(fact);
            if view.pending.len() > LOG_ROWS_MAX {
                view.take_rows();
            }
        }
        // They are told with the first snapshot, and no batch carries them.
        view.take_rows();
        view.take_trades();
        Self { book, ..view }
    }

    pub(crate) const fn book(&self) -> &Book {
        &self.book
    }

    pub(crate) fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The first stop of each lot.
    pub(crate) const fn first_stops(&self) -> &FirstStops {
        &self.first_stops
    }

    pub(crate) fn last_price(&self, contract: ContractId) -> Option<Price> {
        self.marks.last.get(phantom_model::ArenaKey::row(contract) as usize).copied().flatten()
    }

    pub(crate) fn mark(&mut self, marks: Marks) {
        self.marks = marks;
    }

    /// Folds a fact that was recorded at `at` and adds its rows.
    pub(crate) fn take(&mut self, fact: &Fact, at: Instant) {
        self.answers.take(&fact.body, at);
        self.fold(fact);
    }

    fn fold(&mut self, fact: &Fact) {
        self.book.fold(fact);
        self.first_stops.take(&self.book, fact);
        self.flatten = FlattenWatch::after(self.flatten.take(), &self.book, fact.at, &fact.body);
        if let FactBody::FlattenStarted { flatten, origin: Origin::Rule } = fact.body {
            self.by_rule.insert(flatten);
        }
        if let Some(trade) = trade_of(&self.listing, &self.book, &self.by_rule, fact) {
            self.trade_count = self.trade_count.saturating_add(1);
            self.pending_trades.push(TradeRow { n: self.trade_count, ..trade });
        }
        if let FactBody::OrderFilled { order, .. } = &fact.body
            && let Some(key) = self.book.find(*order)
        {
            self.traded.insert(self.book.orders().at(key).contract);
        }
        if let FactBody::PositionAdjusted { contract, .. } = &fact.body {
            self.traded.insert(*contract);
        }
        if let Some(row) = row_of(&self.listing, &self.book, fact) {
            self.push(row);
        }
    }

    /// Adds a row about the program itself.
    pub(crate) fn notice(&mut self, words: String) {
        self.push(LogRow {
            n: 0,
            order_id: None,
            action: LogAction::Alarm,
            symbol: None,
            side: None,
            qty: None,
            price: None,
            fill_price: None,
            timestamp: self.marks.at.to_string(),
            reason: Some(words),
            status: None,
            since_ms: None,
            receipt: None,
        });
    }

    fn push(&mut self, row: LogRow) {
        self.rows = self.rows.saturating_add(1);
        self.pending.push(LogRow { n: self.rows, ..row });
    }

    pub(crate) fn has_pending_rows(&self) -> bool {
        !self.pending.is_empty() || !self.pending_trades.is_empty()
    }

    /// The rows of the next batch; from now on they belong to the log.
    pub(crate) fn take_rows(&mut self) -> Vec<LogRow> {
        let rows = std::mem::take(&mut self.pending);
        self.log.extend(rows.iter().cloned());
        let too_many = self.log.len().saturating_sub(LOG_ROWS_MAX);
        self.log.drain(..too_many);
        rows
    }

    /// The closed trades of the next batch; from now on they belong to what was told.
    pub(crate) fn take_trades(&mut self) -> Vec<TradeRow> {
        let trades = std::mem::take(&mut self.pending_trades);
        self.trades.extend(trades.iter().cloned());
        let too_many = self.trades.len().saturating_sub(TRADES_MAX);
        self.trades.drain(..too_many);
        trades
    }

    /// The newest closed trades that batches have carried.
    pub(crate) fn trades(&self) -> Vec<TradeRow> {
        self.trades.iter().cloned().collect()
    }

    /// The newest rows that batches have carried.
    pub(crate) fn log(&self) -> Vec<LogRow> {
        self.log.iter().cloned().collect()
    }

    pub(crate) fn positions(&self, board: &QuoteBoard) -> Vec<PositionRow> {
        let quote = |wanted: ContractId| board.quote(wanted);
        self.traded.iter().map(|&contract| position_row(self, contract, quote(contract))).collect()
    }

    pub(crate) fn working(&self) -> Vec<WorkingRow> {
        self.book.live_orders().map(|(key, _)| working_row(&self.listing, &self.book, key)).collect()
    }

    pub(crate) fn phantoms(&self) -> Vec<PhantomRow> {
        let positions = self.book.positions().iter();
        positions
            .flat_map(|(_, position)| position.lots.iter())
            .filter_map(|&lot| phantom_row(self, lot))
            .collect()
    }

    pub(crate) fn quotes(&self, board: &QuoteBoard) -> Vec<QuoteRow> {
        board
            .quotes()
            .into_iter()
            .map(|(contract, quote)| quote_row(&self.listing, contract, quote))
            .collect()
    }

    pub(crate) fn status(&self, board: &QuoteBoard, pace: Pace, limits: &Limits) -> DeskStatus {
        let halt = self.book.halt();
        let sum = |of: &dyn Fn(ContractId) -> Money| -> String {
            self.traded.iter().map(|&contract| of(contract)).sum::<Money>().cents_text()
        };
        DeskStatus {
            mode: self.mode,
            market_time: Some(self.marks.at.to_string()),
            killed: halt.killed,
            locked_out: halt.locked_out,
            flattening: halt.flattening,
            latched: halt.latched
                || self.book.positions().iter().any(|(contract, _)| self.book.is_latched(contract)),
            day_realized: sum(&|contract| self.book.positions().at(contract).day_realized()),
            day_unrealized: sum(&|contract| unrealized(self, contract)),
            day_fees: sum(&|contract| self.book.positions().at(contract).day_fees()),
            not_connected: halt.not_connected,
            reconciling: halt.reconciling,
            blind: self.book.is_blind(),
            paused: pace.paused,
            feed: board.state(),
            short_selling: limits.short_selling == ShortSelling::On,
        }
    }

    /// How the desk stands, in all that is more than one figure.
    pub(crate) fn standing(
        &self,
        board: &QuoteBoard,
        limits: &Limits,
        broker: Option<BrokerLink>,
    ) -> DeskStanding {
        DeskStanding {
            account: self.account.clone(),
            broker,
            protection: protection(self),
            latency: self.answers.row(),
            feed_age_ms: board.age_ms(Instant::now()),
            position_limit: position_limit(self, limits),
            differences: differences(self),
            latches: latches(self),
            flatten: self.flatten.as_ref().map(|watch| watch.row().clone()),
        }
    }

    /// Whether a position is open or an order may still fill.
    pub(crate) fn is_anything_open(&self) -> bool {
        self.book.has_live_orders()
            || self.book.positions().iter().any(|(_, position)| position.net.size() > 0)
    }
}
