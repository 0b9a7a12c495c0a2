//! The loop: each record, then the signals whose time has come.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::sync::Arc;

use phantom_broker_mock::{FillSize, LimitFill, MockBroker, MockSettings, Range, Refusals};
use phantom_compliance::{Limits, ShortSelling};
use phantom_engine::{Book, ContractTerms, Engine, Fact, Input, Intake, Origin, RulesInput, Timing};
use phantom_market::Merged;
use phantom_model::{Arena, ContractId, Instrument, Money, SignalRef, Timestamp, TradingDay};
use phantom_runtime::{Core, Listing, MemoryJournal};
use phantom_signals::{Signal, SignalAction};

use super::progress::Progress;
use super::rules::{RulesRow, RunRules};
use super::setup::Lane;
use crate::args::{LimitRule, ReplayOptions};
use crate::fault::Fault;

/// A desk that trades against recorded prices, and what it has done.
pub(crate) struct Run {
    listing: Listing,
    signals: Vec<Signal>,
    core: Core<MockBroker, MemoryJournal>,
    ticks: u64,
    rules: Option<RunRules>,
    /// The trading days of the market, while there are rules.
    days: BTreeSet<TradingDay>,
    day_ends: Timestamp,
}

impl Run {
    /// A desk before the first record.
    pub(crate) fn new(
        options: &ReplayOptions,
        listing: Listing,
        signals: Vec<Signal>,
        rules: Option<RunRules>,
    ) -> Self {
        let otherwise = options.fee_per_side;
        let fee = |instrument: &Instrument| {
            rules.as_ref().map_or(otherwise, |rules| rules.fee_per_side(instrument, otherwise))
        };
        let mut terms = listing.terms(fee);
        if let Some(rules) = &rules {
            for (id, contract) in listing.iter() {
                terms.at_mut(id).weight = rules.profile.pack().firm().weights.of(contract.instrument());
            }
        }
        let short_selling = if options.long_only { ShortSelling::Off } else { ShortSelling::On };
        let limits = Limits { short_selling, ..Limits::NONE };
        let mut engine = Engine::new(terms, limits, Timing::STANDARD);
        if let Some(rules) = &rules {
            engine = engine.with_rule_book(rules.rule_book(&listing));
        }
        // An entry and its exit for each.
        engine.reserve(signals.len() * 2);
        let core = Core::new(engine, MockBroker::new(broker_settings(options)), MemoryJournal::new());
        let (days, day_ends) = (BTreeSet::new(), Timestamp::MIN);
        Self { listing, signals, core, ticks: 0, rules, days, day_ends }
    }

    /// Works through the market to its last record. What would be due later never happens.
    ///
    /// # Errors
    /// The first bad line of a tick file.
    pub(crate) fn replay(mut self, mut market: Merged<Lane>) -> Result<Self, Fault> {
        let progress = Progress::new(&market);
        let signals = std::mem::take(&mut self.signals);
        let mut waiting = (0..).map(SignalRef::new).zip(&signals).peekable();
        while let Some(record) = market.next_record()? {
            self.ticks += 1;
            if self.rules.is_some() && record.at >= self.day_ends {
                self.begin_day(record.at);
            }
            self.core.market(record);
            self.act(&mut waiting, record.at);
            progress.record(self.ticks, &market);
        }
        let signals_left = waiting.count();
        self.signals = signals;
        tracing::info!(ticks = self.ticks, signals_left, facts = self.facts().len(), "replayed");
        Ok(self)
    }

    /// The market trades on another day; on the first one the rules come into force.
    fn begin_day(&mut self, at: Timestamp) {
        self.day_ends = TradingDay::next_begins(at);
        self.days.insert(TradingDay::of(at));
        let Some(rules) = self.rules.as_ref().filter(|_| self.ticks == 1) else { return };
        let profile = Arc::clone(&rules.profile);
        let adopt = RulesInput::Adopt { profile, fresh: true, origin: Origin::Window };
        self.core.input(at, Input::Rules(adopt));
    }

    /// What the result says of the rules.
    pub(crate) fn rules(&self) -> Option<RulesRow<'_>> {
        self.rules.as_ref().map(|rules| rules.row(&self.days))
    }

    /// The fee of one contract bought or sold.
    pub(crate) fn fee_per_side(&self, contract: ContractId) -> Money {
        self.core.engine().terms().at(contract).fee_per_side
    }

    /// Acts on every signal whose time has come.
    #[inline]
    fn act<'a>(
        &mut self,
        waiting: &mut Peekable<impl Iterator<Item = (SignalRef, &'a Signal)>>,
        now: Timestamp,
    ) {
        while let Some((signal, Signal { action, .. })) = waiting.next_if(|(_, signal)| signal.at <= now) {
            let origin = Origin::Signal(signal);
            let input = match action {
                SignalAction::Flatten => Input::Flatten { origin },
                SignalAction::Place(ticket) => {
                    let intake = match ticket.read(|symbol| self.listing.resolve(symbol)) {
                        Ok(request) => Intake::Read(request),
                        Err(refusal) => Intake::Refused(Box::new((ticket.clone(), refusal))),
                    };
                    Input::Place { intake, origin }
                }
            };
            // The journal has the facts too.
            self.core.input(now, input);
        }
    }

    /// The contracts that could be traded.
    pub(crate) const fn listing(&self) -> &Listing {
        &self.listing
    }

    /// What the engine knows of them.
    pub(crate) const fn terms(&self) -> &Arena<ContractId, ContractTerms> {
        self.core.engine().terms()
    }

    /// The signals in the order in which they act.
    pub(crate) fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// The text id of a signal.
    pub(crate) fn signal_id(&self, signal: SignalRef) -> Option<&str> {
        self.signals.get(signal.place() as usize).map(|signal| signal.id.as_str())
    }

    /// How many records the market had.
    pub(crate) const fn ticks(&self) -> u64 {
        self.ticks
    }

    /// The state of record at the end.
    pub(crate) const fn book(&self) -> &Book {
        self.core.book()
    }

    /// Everything that has happened, in order.
    pub(crate) fn facts(&self) -> &[Fact] {
        self.core.journal().facts()
    }
}

fn broker_settings(options: &ReplayOptions) -> MockSettings {
    MockSettings {
        seed: options.seed,
        delay_nanos: Range::span(options.latency),
        slippage_ticks: Range::ticks(options.slippage_ticks),
        limit_fill: match options.limit_fill {
            LimitRule::Through => LimitFill::Through,
            LimitRule::Touch => LimitFill::Touch,
        },
        fill_size: if options.partial_fills { FillSize::Printed } else { FillSize::Whole },
        refusals: Refusals::None,
    }
}
