//! A fact as JSON: `seq`, `at`, `kind` and the fields of its kind.
//!
//! Prices are decimals on the contract's grid and money is exact, both as text; ids are text too. A
//! lot, a flatten and an execution have a letter and a number, as in the ids of their orders.

use std::fmt::Display;

use phantom_compliance::{OrderRequest, Refusal, Ticket};
use phantom_engine::book::Protection;
use phantom_engine::fact::{Alarm, Asked, Invariant, LatchCause, Leg, Purpose};
use phantom_engine::input::HaltChange;
use phantom_engine::{Fact, FactBody, Origin};
use phantom_model::{
    ArenaKey, Bracket, BreakEven, ContractId, ExecId, FlattenId, Guard, Link, LotId, Money, NetQty, Offset,
    OrderId, OrderKind, Price, Qty, Side,
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::money_text;
use crate::replay::{Run, ticket_word};
use crate::rule_json;

/// A fact and the run that it belongs to, which knows the contracts and the signals.
pub(crate) struct FactLine<'a> {
    pub(crate) fact: &'a Fact,
    pub(crate) run: &'a Run,
}

/// Fields in the order in which they are written.
type Fields = Vec<(&'static str, Value)>;

impl Serialize for FactLine<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Fact { seq, at, body } = self.fact;
        let head = [("seq", json!(seq)), ("at", json!(at.to_string())), ("kind", json!(kind(body)))];
        to.collect_map(head.into_iter().chain(self.fields(body)))
    }
}

const fn kind(body: &FactBody) -> &'static str {
    match body {
        FactBody::OrderRejected { .. } => "orderRejected",
        FactBody::OrderSubmitted { .. } => "orderSubmitted",
        FactBody::OrderAccepted { .. } => "orderAccepted",
        FactBody::OrderFilled { .. } => "orderFilled",
        FactBody::OrderCancelled { .. } => "orderCancelled",
        FactBody::OrderFailed { .. } => "orderFailed",
        FactBody::OrderClosed { .. } => "orderClosed",
        FactBody::OrderUnknown { .. } => "orderUnknown",
        FactBody::CancelRequested { .. } => "cancelRequested",
        FactBody::CancelRefused { .. } => "cancelRefused",
        FactBody::LotOpened { .. } => "lotOpened",
        FactBody::LotGrew { .. } => "lotGrew",
        FactBody::LotReduced { .. } => "lotReduced",
        FactBody::PhantomFired { .. } => "phantomFired",
        FactBody::ExitWaiting { .. } => "exitWaiting",
        FactBody::LotUnprotected { .. } => "lotUnprotected",
        FactBody::FlattenStarted { .. } => "flattenStarted",
        FactBody::FlattenJoined { .. } => "flattenJoined",
        FactBody::FlattenExiting { .. } => "flattenExiting",
        FactBody::FlattenAnswered { .. } => "flattenAnswered",
        FactBody::FlattenEnded { .. } => "flattenEnded",
        FactBody::Halted { .. } => "halted",
        FactBody::Latched { .. } => "latched",
        FactBody::AlarmRaised { .. } => "alarmRaised",
        FactBody::OutsideOrderSeen { .. } => "outsideOrderSeen",
        FactBody::PositionAdjusted { .. } => "positionAdjusted",
        FactBody::FillBusted { .. } => "fillBusted",
        FactBody::FillCorrected { .. } => "fillCorrected",
        FactBody::FillDoubted { .. } => "fillDoubted",
        FactBody::LotUnwound { .. } => "lotUnwound",
        FactBody::ReductionUndone { .. } => "reductionUndone",
        FactBody::ContractLatched { .. } => "contractLatched",
        FactBody::LinkChanged { .. } => "linkChanged",
        FactBody::Reconciled => "reconciled",
        FactBody::PositionDiffers { .. } => "positionDiffers",
        FactBody::DifferenceConfirmed { .. } => "differenceConfirmed",
        FactBody::DifferenceDismissed { .. } => "differenceDismissed",
        FactBody::DifferenceGone { .. } => "differenceGone",
        FactBody::FeedLost => "feedLost",
        FactBody::FeedBack => "feedBack",
        FactBody::DayStarted { .. } => "dayStarted",
        FactBody::ChangeAsked { .. } => "changeAsked",
        FactBody::OrderChanged { .. } => "orderChanged",
        FactBody::ChangeRefused { .. } => "changeRefused",
        FactBody::ChangeRejected { .. } => "changeRejected",
        FactBody::ProtectionSet { .. } => "protectionSet",
        FactBody::ProtectionRejected { .. } => "protectionRejected",
        FactBody::BreakEvenReached { .. } => "breakEvenReached",
        FactBody::TrailsMoved { .. } => "trailsMoved",
        FactBody::Rule(rule) => rule_json::kind(rule),
    }
}

impl FactLine<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "one match in two parts; `kind` knows every fact")]
    fn fields(&self, body: &FactBody) -> Fields {
        match body {
            FactBody::OrderRejected { order, what, origin } => {
                let (asked, refusal) = &**what;
                [of_order(*order), self.asked(asked), refused(refusal), self.origin(Some(*origin))].concat()
            }
            FactBody::OrderSubmitted { order, contract, side, qty, kind, purpose, guard: asked, origin } => {
                let terms = self.terms(*contract, *side, *qty, *kind);
                let purpose = self.purpose(*contract, *purpose);
                [of_order(*order), terms, purpose, guard(asked), self.origin(*origin)].concat()
            }
            FactBody::OrderAccepted { order }
            | FactBody::OrderCancelled { order }
            | FactBody::OrderClosed { order }
            | FactBody::OrderUnknown { order }
            | FactBody::CancelRequested { order }
            | FactBody::CancelRefused { order }
            | FactBody::ChangeRefused { order } => of_order(*order),
            FactBody::OrderFilled { order, exec, qty, price, fee, broker_time } => {
                let time = broker_time.map(|time| ("brokerTime", json!(time.to_string())));
                self.execution(*order, *exec, *qty, *price, *fee).into_iter().chain(time).collect()
            }
            FactBody::OrderFailed { order, reason } => {
                vec![("order", shown(order)), ("reason", json!(reason.code()))]
            }
            FactBody::LotOpened { lot, order, qty, price } => {
                let rest = vec![("qty", json!(qty)), ("price", self.price_of_lot(*lot, *price))];
                [of_lot(*lot), of_order(*order), rest].concat()
            }
            FactBody::LotGrew { lot, qty, price } => {
                vec![("lot", lot_id(*lot)), ("qty", json!(qty)), ("price", self.price_of_lot(*lot, *price))]
            }
            FactBody::LotReduced { lot, by, qty, entry, exit, realized } => vec![
                ("lot", lot_id(*lot)),
                ("by", shown(by)),
                ("qty", json!(qty)),
                ("entry", self.price_of_lot(*lot, *entry)),
                ("exit", self.price_of_lot(*lot, *exit)),
                ("realized", money(*realized)),
            ],
            FactBody::PhantomFired { lot, leg, print } => {
                let fired = vec![("leg", json!(leg_word(*leg))), ("print", self.price_of_lot(*lot, *print))];
                [of_lot(*lot), fired].concat()
            }
            FactBody::ExitWaiting { lot } | FactBody::LotUnprotected { lot } => of_lot(*lot),
            FactBody::FlattenStarted { flatten, origin } | FactBody::FlattenJoined { flatten, origin } => {
                [of_flatten(*flatten), self.origin(Some(*origin))].concat()
            }
            FactBody::FlattenExiting { flatten } | FactBody::FlattenEnded { flatten } => of_flatten(*flatten),
            FactBody::FlattenAnswered { flatten, flat } => {
                [of_flatten(*flatten), vec![("flat", json!(flat))]].concat()
            }
            FactBody::Halted { change, origin } => [
                vec![("change", json!(halt_word(*change)))],
                self.contract_lifted(*change),
                self.origin(Some(*origin)),
            ]
            .concat(),
            FactBody::Latched { cause } => latch(*cause),
            FactBody::AlarmRaised { alarm } => self.alarm(*alarm),
            FactBody::Rule(rule) => [rule_json::fields(rule), self.origin(rule.origin())].concat(),
            FactBody::ChangeAsked { .. }
            | FactBody::OrderChanged { .. }
            | FactBody::ChangeRejected { .. }
            | FactBody::ProtectionSet { .. }
            | FactBody::ProtectionRejected { .. }
            | FactBody::BreakEvenReached { .. }
            | FactBody::TrailsMoved { .. } => self.change(body),
            body => self.truth(body),
        }
    }

    /// What the broker says about itself, and what follows from it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    fn truth(&self, body: &FactBody) -> Fields {
        match body {
            FactBody::OutsideOrderSeen { order, broker_order, contract, side, qty } => {
                let named = vec![("brokerOrder", json!(broker_order.number()))];
                [of_order(*order), named, self.moved(*contract, *side, *qty)].concat()
            }
            FactBody::PositionAdjusted { order, contract, side, qty, price, origin } => {
                let price = vec![("price", json!(price.map(|price| self.price(*contract, price))))];
                let moved = self.moved(*contract, *side, *qty);
                [of_order(*order), moved, price, self.origin(Some(*origin))].concat()
            }
            FactBody::FillBusted { order, exec } => [of_order(*order), of_exec(*exec)].concat(),
            FactBody::FillCorrected { order, exec, qty, price, fee } => {
                self.execution(*order, *exec, *qty, *price, *fee)
            }
            FactBody::FillDoubted { order, exec, qty, price } => {
                self.execution(*order, *exec, *qty, *price, Money::ZERO)
            }
            FactBody::LotUnwound { lot, qty, entry } => {
                vec![("lot", lot_id(*lot)), ("qty", json!(qty)), ("entry", self.price_of_lot(*lot, *entry))]
            }
            FactBody::ReductionUndone { lot, by, qty, entry, exit, realized } => vec![
                ("lot", lot_id(*lot)),
                ("by", shown(by)),
                ("qty", json!(qty)),
                ("entry", self.price_of_lot(*lot, *entry)),
                ("exit", self.price_of_lot(*lot, *exit)),
                ("realized", money(*realized)),
            ],
            FactBody::ContractLatched { contract, cause } => {
                [self.of_contract(*contract), latch(*cause)].concat()
            }
            FactBody::LinkChanged { link } => vec![("link", json!(link_word(*link)))],
            FactBody::PositionDiffers { contract, ours, broker } => {
                [self.of_contract(*contract), numbers(*ours, *broker)].concat()
            }
            FactBody::DifferenceConfirmed { contract } | FactBody::DifferenceGone { contract } => {
                self.of_contract(*contract)
            }
            FactBody::DifferenceDismissed { contract, origin } => {
                [self.of_contract(*contract), self.origin(Some(*origin))].concat()
            }
            FactBody::DayStarted { day } => vec![("day", json!(day.to_string()))],
            _ => Fields::new(),
        }
    }

    fn execution(&self, order: OrderId, exec: ExecId, qty: Qty, price: Price, fee: Money) -> Fields {
        let figures = vec![
            ("qty", json!(qty.contracts())),
            ("price", self.price_of_order(order, price)),
            ("fee", money(fee)),
        ];
        [of_order(order), of_exec(exec), figures].concat()
    }

    fn moved(&self, contract: ContractId, side: Side, qty: Qty) -> Fields {
        let moved = vec![("side", json!(side.word())), ("qty", json!(qty.contracts()))];
        [self.of_contract(contract), moved].concat()
    }

    fn of_contract(&self, contract: ContractId) -> Fields {
        vec![("contract", self.contract(contract))]
    }

    fn contract_lifted(&self, change: HaltChange) -> Fields {
        match change {
            HaltChange::LiftContractLatch(contract) => self.of_contract(contract),
            HaltChange::Kill | HaltChange::LiftKill | HaltChange::SwitchOn | HaltChange::LiftLatch => {
                Fields::new()
            }
        }
    }

    fn asked(&self, asked: &Asked) -> Fields {
        match asked {
            Asked::Request(OrderRequest { contract, side, qty, kind, bracket, guard: asked }) => {
                let terms = self.terms(*contract, *side, *qty, *kind);
                [terms, self.bracket(*contract, *bracket), guard(asked)].concat()
            }
            Asked::Ticket(Ticket { symbol, side, qty, kind, price, stop, target, guard: _ }) => vec![
                ("symbol", json!(symbol)),
                ("side", json!(side.word())),
                ("qty", json!(qty)),
                ("type", json!(ticket_word(*kind))),
                ("price", json!(price)),
                ("stopPrice", json!(stop)),
                ("takeProfit", json!(target)),
            ],
        }
    }

    fn changed(&self, order: OrderId, qty: Qty, limit: Price) -> Fields {
        let terms = vec![("qty", json!(qty.contracts())), ("price", self.price_of_order(order, limit))];
        [of_order(order), terms].concat()
    }

    /// The facts about orders, stops and targets that change.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted the facts")]
    fn change(&self, body: &FactBody) -> Fields {
        match body {
            FactBody::ChangeAsked { order, qty, limit, origin } => {
                [self.changed(*order, *qty, *limit), self.origin(Some(*origin))].concat()
            }
            FactBody::OrderChanged { order, qty, limit } => self.changed(*order, *qty, *limit),
            FactBody::ChangeRejected { order, refusal, origin } => {
                [of_order(*order), refused(refusal), self.origin(Some(*origin))].concat()
            }
            FactBody::ProtectionSet { lot, generation, protection, origin } => {
                let set = self.protection(*lot, protection);
                let head = [of_lot(*lot), vec![("generation", json!(generation))]].concat();
                [head, set, self.origin(Some(*origin))].concat()
            }
            FactBody::ProtectionRejected { lot, refusal, origin } => {
                [of_lot(*lot), refused(refusal), self.origin(Some(*origin))].concat()
            }
            FactBody::BreakEvenReached { lot, generation, stop, print } => vec![
                ("lot", lot_id(*lot)),
                ("generation", json!(generation)),
                ("stopPrice", self.price_of_lot(*lot, *stop)),
                ("print", self.price_of_lot(*lot, *print)),
            ],
            FactBody::TrailsMoved { contract, low, high } => vec![
                ("contract", self.contract(*contract)),
                ("low", json!(self.price(*contract, *low))),
                ("high", json!(self.price(*contract, *high))),
            ],
            _ => Fields::new(),
        }
    }

    fn protection(&self, lot: LotId, it: &Protection) -> Fields {
        let price = |price: Option<Price>| json!(price.map(|price| self.price_of_lot(lot, price)));
        let prices = vec![("stopPrice", price(it.bracket.stop)), ("takeProfit", price(it.bracket.target))];
        let asked =
            Guard { stop: it.stop_offset, target: it.target_offset, trail: None, break_even: it.break_even };
        let mut fields = [prices, guard(&asked)].concat();
        if let Some(trail) = it.trail {
            fields.push(("trailTicks", json!(trail.distance.count())));
            fields.push(("trailBest", self.price_of_lot(lot, trail.best)));
        }
        fields
    }

    fn terms(&self, contract: ContractId, side: Side, qty: Qty, kind: OrderKind) -> Fields {
        vec![
            ("contract", self.contract(contract)),
            ("side", json!(side.word())),
            ("qty", json!(qty.contracts())),
            ("type", json!(kind.word())),
            ("price", json!(kind.limit().map(|price| self.price(contract, price)))),
        ]
    }

    fn bracket(&self, contract: ContractId, bracket: Bracket) -> Fields {
        let leg = |price: Option<Price>| json!(price.map(|price| self.price(contract, price)));
        vec![("stopPrice", leg(bracket.stop)), ("takeProfit", leg(bracket.target))]
    }

    fn purpose(&self, contract: ContractId, purpose: Purpose) -> Fields {
        match purpose {
            Purpose::Entry(bracket) => {
                [vec![("purpose", json!("entry"))], self.bracket(contract, bracket)].concat()
            }
            Purpose::Reduction => vec![("purpose", json!("reduction"))],
            Purpose::Outside => vec![("purpose", json!("outside"))],
            Purpose::LotExit { lot, leg } => [vec![("purpose", json!(leg_word(leg)))], of_lot(lot)].concat(),
            Purpose::Flatten(flatten) => [vec![("purpose", json!("flatten"))], of_flatten(flatten)].concat(),
        }
    }

    /// Who asked; a signal by its own name. Nothing for what the desk does by itself.
    fn origin(&self, origin: Option<Origin>) -> Fields {
        let word = match origin {
            None => return Fields::new(),
            Some(Origin::Window) => "window",
            Some(Origin::Hotkey) => "hotkey",
            Some(Origin::Rule) => "rule",
            Some(Origin::Signal(signal)) => {
                return vec![("origin", json!("signal")), ("signal", json!(self.run.signal_id(signal)))];
            }
        };
        vec![("origin", json!(word))]
    }

    fn alarm(&self, alarm: Alarm) -> Fields {
        let (word, about) = match alarm {
            Alarm::LateFill(order) => ("lateFill", of_order(order)),
            Alarm::IllegalStep(order) => ("illegalStep", of_order(order)),
            Alarm::ContradictingExec(order) => ("contradictingExec", of_order(order)),
            Alarm::ExitSlow(lot) => ("exitSlow", of_lot(lot)),
            Alarm::Unprotected(lot) => ("unprotected", of_lot(lot)),
            Alarm::FlattenStuck(contract) => ("flattenStuck", self.of_contract(contract)),
            Alarm::Mismatch { contract, ours, broker } => {
                ("mismatch", [self.of_contract(contract), numbers(ours, broker)].concat())
            }
            Alarm::NoPriceToAdjust(contract) => ("noPriceToAdjust", self.of_contract(contract)),
            Alarm::Busted(order) => ("busted", of_order(order)),
            Alarm::Corrected(order) => ("corrected", of_order(order)),
            Alarm::UnknownExec(exec) => ("unknownExec", of_exec(exec)),
            Alarm::TwinExec(order) => ("twinExec", of_order(order)),
            Alarm::StillUnknown(order) => ("stillUnknown", of_order(order)),
            Alarm::PerhapsOurs(order) => ("perhapsOurs", of_order(order)),
            Alarm::WrongAnswer => ("wrongAnswer", Fields::new()),
            Alarm::SnapshotIncomplete => ("snapshotIncomplete", Fields::new()),
            Alarm::StopsBlind => ("stopsBlind", Fields::new()),
            Alarm::RuleNear { rule, percent } => {
                ("ruleNear", vec![("rule", json!(rule.code())), ("percent", json!(percent))])
            }
            Alarm::RuleBroken(rule) => ("ruleBroken", vec![("rule", json!(rule.code()))]),
            Alarm::RanAway(why) => ("ordersRanAway", vec![("reason", json!(why.code()))]),
        };
        [vec![("alarm", json!(word))], about].concat()
    }

    fn contract(&self, contract: ContractId) -> Value {
        shown(self.run.listing().contract(contract))
    }

    fn price(&self, contract: ContractId, price: Price) -> String {
        self.run.listing().contract(contract).instrument().grid().text(price)
    }

    fn price_of_lot(&self, lot: LotId, price: Price) -> Value {
        json!(self.run.book().lots().get(lot).map(|lot| self.price(lot.contract, price)))
    }

    fn price_of_order(&self, order: OrderId, price: Price) -> Value {
        let book = self.run.book();
        json!(book.find(order).map(|key| self.price(book.orders().at(key).contract, price)))
    }
}

/// Only what was asked for: most orders have nothing of it.
fn guard(it: &Guard) -> Fields {
    let ticks = |offset: Option<Offset>| offset.map(Offset::ticks);
    let even = it.break_even;
    let fields = [
        ("stopTicks", ticks(it.stop)),
        ("targetTicks", ticks(it.target)),
        ("trailTicks", ticks(it.trail)),
        ("evenAfterTicks", even.map(BreakEven::after)),
        ("evenPlusTicks", even.map(BreakEven::plus)),
    ];
    fields.into_iter().filter_map(|(name, ticks)| Some((name, json!(ticks?.count())))).collect()
}

fn refused(refusal: &Refusal) -> Fields {
    vec![("reason", json!(refusal.reason())), ("message", json!(refusal.to_string()))]
}

fn latch(cause: LatchCause) -> Fields {
    let (word, about) = match cause {
        LatchCause::Overfill(order) => ("overfill", of_order(order)),
        LatchCause::ExitOpened(order) => ("exitOpened", of_order(order)),
        LatchCause::ForeignOrder(order) => ("foreignOrder", of_order(order)),
        LatchCause::OutsideOrder(order) => ("outsideOrder", of_order(order)),
        // The contract is named by the fact itself.
        LatchCause::Mismatch(_) => ("mismatch", Fields::new()),
        LatchCause::Undone(order) => ("undone", of_order(order)),
        LatchCause::TwoOrders(order) => ("twoOrders", of_order(order)),
        LatchCause::Revived(order) => ("revived", of_order(order)),
        LatchCause::TwinExec(order) => ("twinExec", of_order(order)),
        LatchCause::Broken(Invariant::ExitsWithinPosition) => ("exitsBeyondPosition", Fields::new()),
        LatchCause::Broken(Invariant::LotsMatchPosition) => ("lotsBesidePosition", Fields::new()),
        LatchCause::Broken(Invariant::WaitingWithinPosition) => ("waitingBeyondPosition", Fields::new()),
    };
    [vec![("cause", json!(word))], about].concat()
}

/// Both numbers of a position.
fn numbers(ours: NetQty, broker: NetQty) -> Fields {
    vec![("ours", json!(ours.signed())), ("broker", json!(broker.signed()))]
}

const fn link_word(link: Link) -> &'static str {
    match link {
        Link::Up => "up",
        Link::Down => "down",
    }
}

const fn halt_word(change: HaltChange) -> &'static str {
    match change {
        HaltChange::Kill => "kill",
        HaltChange::LiftKill => "liftKill",
        HaltChange::SwitchOn => "switchOn",
        HaltChange::LiftLatch => "liftLatch",
        HaltChange::LiftContractLatch(_) => "liftContractLatch",
    }
}

const fn leg_word(leg: Leg) -> &'static str {
    match leg {
        Leg::Stop => "stop",
        Leg::Target => "target",
    }
}

fn of_order(order: OrderId) -> Fields {
    vec![("order", shown(&order))]
}

fn of_exec(exec: ExecId) -> Fields {
    vec![("exec", json!(format!("E{}", exec.number())))]
}

fn of_lot(lot: LotId) -> Fields {
    vec![("lot", lot_id(lot))]
}

fn of_flatten(flatten: FlattenId) -> Fields {
    vec![("flatten", json!(format!("F{}", flatten.row())))]
}

fn lot_id(lot: LotId) -> Value {
    json!(format!("L{}", lot.row()))
}

fn money(money: Money) -> Value {
    json!(money_text::exact(money))
}

fn shown(value: &impl Display) -> Value {
    json!(value.to_string())
}
