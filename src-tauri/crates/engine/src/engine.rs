//! The engine itself: dispatch of inputs, and the way every fact takes into the book.

use std::sync::Arc;

use phantom_compliance::pack::Overlay;
use phantom_compliance::{Limits, Minis, OrderRequest, Refusal, Rules, Standing, can_submit};
use phantom_model::{
    Arena, ContractId, ContractStanding, LotId, MarketRecord, Money, OrderId, Price, Timestamp,
};

use crate::book::{Book, Cancelling, OrderKey};
use crate::config::{ContractTerms, Handling, Timing};
use crate::deadlines::{Deadlines, Due};
use crate::fact::{Alarm, Fact, FactBody, Purpose};
use crate::gap::{Away, contracts_away};
use crate::input::Input;
use crate::marks::{Judged, Mark};
use crate::outcome::{Outcome, Request};
use crate::rules::{ContractRules, Exposure, RuleBook, Watch};
use crate::snapshots::Question;

/// Orders, phantoms and exits of one account.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) terms: Arena<ContractId, ContractTerms>,
    pub(crate) limits: Limits,
    pub(crate) timing: Timing,
    pub(crate) handling: Handling,
    pub(crate) book: Book,
    pub(crate) marks: Arena<ContractId, Mark>,
    pub(crate) deadlines: Deadlines,
    /// Lots armed by a fill that the coming print made: they see only later prints.
    pub(crate) fresh: Vec<(ContractId, LotId)>,
    /// Room for the lots that one print fires.
    pub(crate) fired: Vec<LotId>,
    /// The question for a snapshot that waits for its answer, and how often it was asked in vain.
    pub(crate) question: Question,
    /// When the feed's heart last beat; `None` when it never did, and nobody expects it.
    pub(crate) heartbeat: Option<Timestamp>,
    /// Silences of contracts that somebody has been told of, by when they began.
    pub(crate) silences_told: Vec<(ContractId, Timestamp)>,
    /// Prints from before this fire nothing: a feed that comes back may show an old price first.
    pub(crate) stale_before: Timestamp,
    /// Contracts whose phantoms have not all been judged since the desk came back.
    pub(crate) away: Vec<Away>,
    /// How the broker says that each contract stands; what is of record until it says so.
    pub(crate) contracts_told: Arena<ContractId, ContractStanding>,
    unrealized_total: Money,
    /// The amounts of open profit between which no rule has anything to say.
    pub(crate) watch: Watch,
    /// When the market's own time next ends a trading day or a lock.
    pub(crate) rule_wake: Timestamp,
    pub(crate) rulebook: Option<Arc<RuleBook>>,
    pub(crate) contract_rules: Arena<ContractId, ContractRules>,
    /// Rules of the firm that come and go, as the trader wants them.
    pub(crate) overlays: Vec<Overlay>,
    /// The id of the pack in force, for messages.
    pub(crate) pack_name: Arc<str>,
    pub(crate) exposure: Exposure,
}

/// The moment of one input, and where its answers go.
pub(crate) struct Now<'a> {
    pub(crate) at: Timestamp,
    pub(crate) out: &'a mut Outcome,
}

impl Now<'_> {
    pub(crate) fn request(&mut self, request: Request) {
        self.out.requests.push(request);
    }
}

impl Engine {
    /// An engine with an empty book.
    #[must_use]
    pub fn new(terms: Arena<ContractId, ContractTerms>, limits: Limits, timing: Timing) -> Self {
        let book = Book::new(&terms);
        Self::with_book(terms, limits, timing, book)
    }

    /// An engine on a book that was rebuilt from facts. Phantoms are armed again; deadlines start
    /// from the times that the facts carry.
    #[must_use]
    pub fn with_book(
        terms: Arena<ContractId, ContractTerms>,
        limits: Limits,
        timing: Timing,
        book: Book,
    ) -> Self {
        let mut marks = Arena::new();
        terms.iter().for_each(|_| {
            marks.push(Mark::default());
        });
        let away = contracts_away(&book);
        let mut contracts_told = Arena::new();
        for (_, position) in book.positions().iter() {
            contracts_told.push(position.contract);
        }
        let mut engine = Self {
            terms,
            limits,
            timing,
            handling: Handling::STANDARD,
            book,
            marks,
            deadlines: Deadlines::new(),
            fresh: Vec::new(),
            fired: Vec::new(),
            question: Question::default(),
            heartbeat: None,
            silences_told: Vec::new(),
            stale_before: Timestamp::MIN,
            away,
            contracts_told,
            unrealized_total: Money::ZERO,
            watch: Watch::OFF,
            rule_wake: Timestamp::MAX,
            rulebook: None,
            contract_rules: Arena::new(),
            overlays: Vec::new(),
            pack_name: Arc::from(""),
            exposure: Exposure::default(),
        };
        engine.restore_deadlines();
        engine.look_rules_up();
        engine
    }

    /// Feeds one input. Facts and requests are added to `out`, which the caller clears.
    ///
    /// `at` never goes back from one call to the next. Deadlines before `at` should have been run by
    /// an [`Input::Clock`] at their own time; those that were not are run first, except before a report.
    #[expect(clippy::inline_always, reason = "measured: a quarter less for a quiet trade, and few call it")]
    #[inline(always)]
    pub fn apply(&mut self, at: Timestamp, input: Input, out: &mut Outcome) {
        let now = &mut Now { at, out };
        if let Input::Market(record) = input {
            // A print owns nothing. Forgotten, it costs no call to the drop of all that an input can be.
            std::mem::forget(input);
            self.market(now, &record);
        } else {
            self.apply_other(now, input);
        }
    }

    /// Everything but a print, kept apart so that the way of a quiet trade stays short.
    #[inline(never)]
    fn apply_other(&mut self, now: &mut Now<'_>, input: Input) {
        // What has arrived by now is known before anything that is due is done: after a restart much may be
        // due, and an exit must not leave beside a fill that is at hand. The clock's input follows.
        if !matches!(input, Input::Report(_)) {
            self.run_deadlines(now);
        }
        match input {
            Input::Place { intake, origin } => self.place(now, intake, origin),
            Input::Cancel { order, .. } => self.cancel(now, order),
            Input::Change { order, change, origin } => self.change(now, order, change, origin),
            Input::Protect { whom, change, origin } => self.protect(now, whom, &change, origin),
            Input::Flatten { origin } => self.start_flatten(now, origin),
            Input::Halt { change, origin } => self.halt(now, change, origin),
            Input::Report(report) => self.report(now, report),
            Input::Market(record) => self.market(now, &record),
            Input::Link(link) => self.link(now, link),
            Input::Reconcile => self.ask_snapshot(now),
            Input::Decide { contract, decision, origin } => self.decide(now, contract, decision, origin),
            Input::Returned { absence, since, policy } => self.returned(now, absence, since, policy),
            Input::ExitPassed { lot } => self.exit_passed(now, lot),
            Input::Journal(standing) => self.journal_stands(now, standing),
            Input::FeedAlive => self.feed_alive(now),
            Input::TradingDay(day) => self.trading_day(now, day),
            Input::Rules(input) => self.rules_input(now, input),
            Input::Clock => {}
        }
        self.renew_exposure();
    }

    /// When the engine wants an [`Input::Clock`]; [`Timestamp::MAX`] when nothing waits.
    #[must_use]
    pub const fn next_due(&self) -> Timestamp {
        self.deadlines.next()
    }

    /// The state of record.
    #[must_use]
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// The terms of the traded contracts.
    #[must_use]
    pub const fn terms(&self) -> &Arena<ContractId, ContractTerms> {
        &self.terms
    }

    /// Makes room for this many orders.
    pub fn reserve(&mut self, orders: usize) {
        self.book.reserve(orders);
    }

    /// Changes what the trader allows; it holds from the next order on.
    pub const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Changes what the trader has set about prints and exits; it holds from the next print and exit on.
    pub const fn set_handling(&mut self, handling: Handling) {
        self.handling = handling;
    }

    /// The gate's answer for an order that is not sent: what would happen on the click at this time of
    /// the market.
    ///
    /// # Errors
    /// The refusal that the order would get now.
    pub fn verdict(&self, at: Timestamp, request: &OrderRequest) -> Result<(), Refusal> {
        let id = self.book.next_ticket();
        self.with_standing(at, request, |it| can_submit(&self.limits, it, id, request).map(|_| ()))
    }

    /// The last good price of a contract.
    #[must_use]
    pub fn last_price(&self, contract: ContractId) -> Option<Price> {
        self.marks.at(contract).last
    }

    /// Open profit of a contract at the last good price.
    #[must_use]
    pub fn unrealized(&self, contract: ContractId) -> Money {
        self.marks.at(contract).unrealized
    }

    /// Open profit of the account at the last good prices.
    #[must_use]
    pub const fn unrealized_total(&self) -> Money {
        self.unrealized_total
    }

    /// Contracts of a lot that its phantom protects: what is open less what exits on the way will close.
    #[must_use]
    pub fn armed_qty(&self, lot: LotId) -> u32 {
        let row = self.book.lots().at(lot);
        let reserved: u32 = self.work_on(lot).iter().map(|work| work.qty).sum();
        row.uncommitted().saturating_sub(reserved)
    }

    /// Whether an opening that was approved may still leave: it lives, nobody has asked for it back, and
    /// nothing has stopped openings since.
    #[must_use]
    pub fn may_still_leave(&self, order: OrderId) -> bool {
        let row = self.book.find(order).map(|key| self.book.orders().at(key));
        row.is_some_and(|row| {
            let wanted = row.is_live() && row.cancelling == Cancelling::No;
            wanted && self.standing(row.contract).lets_openings_leave()
        })
    }

    /// How the account and a contract stand before the gate, rules apart.
    pub(crate) fn standing(&self, contract: ContractId) -> Standing<'_> {
        let terms = self.terms.at(contract);
        let position = self.book.positions().at(contract);
        let mut halt = self.book.halt();
        halt.latched |= self.book.is_latched(contract);
        let about_to_leave = self.exits_about_to_leave(contract);
        Standing {
            halt,
            position: position.net,
            exits_outstanding: position.exits_outstanding() + about_to_leave + position.withheld(),
            buy_entry_leaves: position.buy_entry_leaves,
            sell_entry_leaves: position.sell_entry_leaves,
            worst_elsewhere: self.worst_elsewhere(contract),
            weight: terms.weight,
            contract: position.contract,
            last_trade: self.marks.at(contract).last,
            grid: &terms.grid,
            lock: self.book.account().lock(),
            rules: Rules::None,
        }
    }

    fn worst_elsewhere(&self, contract: ContractId) -> Minis {
        self.book.worst_total() - self.book.positions().at(contract).worst()
    }

    /// Records a fact: the only way into the book.
    pub(crate) fn emit(&mut self, now: &mut Now<'_>, body: FactBody) {
        let fact = Fact { seq: self.book.seq() + 1, at: now.at, body };
        self.book.fold(&fact);
        now.out.facts.push(fact);
    }

    pub(crate) fn alarm(&mut self, now: &mut Now<'_>, alarm: Alarm) {
        self.emit(now, FactBody::AlarmRaised { alarm });
    }

    /// What every change of a position or of its orders ends with.
    pub(crate) fn settle(&mut self, now: &mut Now<'_>, contract: ContractId) {
        self.mark_position(contract);
        if self.book.positions().at(contract).awaiting_exit > 0 {
            self.pursue_waiting(now, contract);
        }
        self.advance_flatten(now);
        self.ask_stops_back(now);
        self.check_contract(now, contract);
        self.judge_after_change(now);
    }

    #[expect(clippy::inline_always, reason = "as `apply`, of which it is the short way")]
    #[inline(always)]
    fn market(&mut self, now: &mut Now<'_>, record: &MarketRecord) {
        if self.deadlines.next() <= now.at {
            self.run_deadlines(now);
        }
        if record.at >= self.rule_wake {
            self.market_time(now, record.at);
        }
        let contract = record.contract;
        let position = self.book.positions().at(contract);
        let mark = self.marks.at_mut(contract);
        let judged = mark.take(&record.print, self.handling.band);
        if judged == Judged::Good {
            mark.traded_at = now.at;
            // The total waits for one addition only, print after print.
            self.unrealized_total += mark.renew(position, self.terms.at(contract).tick_value);
            if !position.levels.is_quiet_in(&record.print)
                && record.at >= self.stale_before
                && !self.is_away(contract)
            {
                self.fire_phantoms(now, record);
            }
            if self.watch.looks_at(self.unrealized_total, &record.print) {
                self.watch_print(now, record);
            }
        } else {
            self.doubt_print(now, contract, record.print.last());
        }
        if !self.fresh.is_empty() {
            self.age_fresh(contract);
        }
        if !self.away.is_empty() {
            self.watch_gap(now, record, judged);
        }
    }

    /// A suspect print leaves a row, so that a person can see why nothing fired.
    #[inline(never)]
    fn doubt_print(&mut self, now: &mut Now<'_>, contract: ContractId, price: Price) {
        if let Some(last) = self.marks.at(contract).last {
            self.emit(now, FactBody::PrintDoubted { contract, price, last });
        }
    }

    /// The print that made the fills has passed: lots that they armed see the prints to come.
    #[inline(never)]
    fn age_fresh(&mut self, contract: ContractId) {
        self.fresh.retain(|(armed_in, _)| *armed_in != contract);
    }

    /// Renews the open profit of a contract after a fill; prints do it on their way.
    fn mark_position(&mut self, contract: ContractId) {
        let position = self.book.positions().at(contract);
        let tick_value = self.terms.at(contract).tick_value;
        self.unrealized_total += self.marks.at_mut(contract).renew(position, tick_value);
    }

    #[inline(never)]
    fn run_deadlines(&mut self, now: &mut Now<'_>) {
        while let Some((_, due)) = self.deadlines.take(now.at) {
            match due {
                Due::Answer(order) => self.answer_overdue(now, order),
                Due::LotWait(lot) => self.pursue(now, lot),
                Due::ExitRests(order) => self.exit_rests(now, order),
                Due::LotAlarm(lot) => self.lot_alarm(now, lot),
                Due::Flatten => self.advance_flatten(now),
                Due::AskAgain(order) => self.ask_again(now, order),
                Due::Snapshot => self.snapshot_due(now),
                Due::FeedDead => self.feed_silent(now),
                Due::Rules => self.rules_due(now),
            }
        }
    }

    /// Sets every deadline that the book implies, earliest first: the lines of deadlines keep the
    /// order in which they are set.
    fn restore_deadlines(&mut self) {
        let (book, timing) = (&self.book, &self.timing);
        let mut implied: Vec<(Timestamp, Due)> = Vec::new();
        for (key, order) in book.live_orders() {
            implied.push((order.submitted_at + timing.answer_overdue, Due::Answer(key)));
            if order.unknown {
                implied.push((order.unknown_since, Due::AskAgain(key)));
            }
            if order.cancelling == Cancelling::Asked {
                implied.push((order.cancel_asked_at + timing.answer_overdue, Due::Answer(key)));
                if let Purpose::LotExit { lot, .. } = order.purpose {
                    implied.push((order.cancel_asked_at + timing.exit_alarm, Due::LotAlarm(lot)));
                }
            }
            if let Some(change) = book.change_of(key) {
                implied.push((change.asked_at + timing.answer_overdue, Due::Answer(key)));
            }
            if order.rests() && matches!(order.purpose, Purpose::LotExit { .. } | Purpose::Flatten(_)) {
                implied.push((order.submitted_at + timing.cancel_wait, Due::ExitRests(key)));
            }
            if timing.snapshot_every.is_some() && order.is_filled_in_part_at_market() {
                let last_fill = order.last_fill.map(|fill| book.fills().at(fill).at);
                let asks = last_fill.map(|at| (at + timing.cancel_wait, Due::ExitRests(key)));
                implied.extend(asks);
            }
        }
        for (_, position) in book.positions().iter() {
            for &lot in &position.lots {
                let Some(since) = book.lots().at(lot).waiting_since() else { continue };
                implied.push((since + timing.cancel_wait, Due::LotWait(lot)));
                implied.push((since + timing.exit_alarm, Due::LotAlarm(lot)));
            }
        }
        if book.halt().reconciling {
            implied.push((Timestamp::MIN, Due::Snapshot));
        }
        if book.halt().locked_out || book.account().profile().is_some() {
            implied.push((Timestamp::MIN, Due::Rules));
        }
        let flatten = book.last_flatten().and_then(|(_, flatten)| flatten.due(timing, &self.handling));
        implied.extend(flatten.map(|at| (at, Due::Flatten)));
        implied.sort_by_key(|(at, _)| *at);
        for (at, due) in implied {
            self.deadlines.set(at, due);
        }
    }

    pub(crate) fn expect_answer(&mut self, now: &Now<'_>, order: OrderKey) {
        self.deadlines.set(now.at + self.timing.answer_overdue, Due::Answer(order));
    }
}
