//! Scripts of chance in which messages get lost, orders and their protection change, executions are taken back or changed, somebody else
//! trades on the account, and the broker's own account comes whole, in part, late or wrong.
//!
//! The world checks every invariant after every step; here is what holds at the end: once a whole and
//! true account has come, the books are those of the executions that count.

use std::collections::{BTreeMap, BTreeSet};

use phantom_engine::{Decision, HaltChange, Input, Origin};
use phantom_model::{
    Bar, BrokerOrderId, BrokerReport, ContractId, ExecId, FailReason, FillReport, FillTiming, ForeignFill,
    Link, Listed, ListedFill, ListedOrder, ListedPosition, ListedStanding, Money, NetQty, OrderId, OrderKind,
    OrderStatus, Price, Print, Qty, Side, Ticks, Timestamp, TradingDay,
};
use phantom_testkit::{Account, World, contract};
use proptest::prelude::*;
use proptest::sample::Index;

use super::random::{
    Moved, Shape, change, last, market, moved, old_qty_of, place, print, protect, root, shape, side,
};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Place { root: &'static str, side: Side, contracts: u32, shape: Shape },
    Cancel(Index),
    Change { order: Index, contracts: Option<u32>, ticks: Option<i64> },
    Protect { lot: Option<Index>, stop: Moved, target: Moved, even: Option<(u32, u32)> },
    Flatten,
    Halt(HaltChange),
    Trade { root: &'static str, ticks: i64 },
    Bar { root: &'static str, ticks: [i64; 3] },
    Wait { millis: u32 },
    Says { order: Index, says: Says, heard: bool },
    Lose(Index),
    Bust(Index),
    Correct { exec: Index, contracts: u32, ticks: i64 },
    Foreign { name: u64, root: &'static str, side: Side, contracts: u32, ticks: i64 },
    Account(Tells),
    Link(Link),
    Heartbeat,
    Day(i64),
    Lift,
    Decide { root: &'static str, decision: Decision },
}

/// What the broker does with an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    Accepted,
    Fill,
    Cancelled,
    CancelRefused,
    Failed,
    Changed,
    ChangeRefused,
}

/// How the broker's own account comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tells {
    Whole,
    HalfTheOrders,
    NoFills,
    NoPositions,
    AnotherPosition(i64),
    OldQuestion,
}

fn step() -> impl Strategy<Value = Step> {
    let says = prop_oneof![
        2 => Just(Says::Accepted),
        4 => Just(Says::Fill),
        2 => Just(Says::Cancelled),
        1 => Just(Says::CancelRefused),
        2 => Just(Says::Failed),
        2 => Just(Says::Changed),
        1 => Just(Says::ChangeRefused),
    ];
    let change = (any::<Index>(), prop::option::of(1_u32..7), prop::option::of(-6_i64..6));
    let even = prop::option::weighted(0.3, (1_u32..6, 0_u32..3));
    let protect = (prop::option::weighted(0.8, any::<Index>()), moved(), moved(), even);
    let halts = prop::sample::select(vec![
        HaltChange::Kill,
        HaltChange::LiftKill,
        HaltChange::SwitchOn,
        HaltChange::LiftContractLatch(contract("GC")),
    ]);
    let tells = prop_oneof![
        6 => Just(Tells::Whole),
        1 => Just(Tells::HalfTheOrders),
        1 => Just(Tells::NoFills),
        1 => Just(Tells::NoPositions),
        2 => (-2_i64..3).prop_map(Tells::AnotherPosition),
        1 => Just(Tells::OldQuestion),
    ];
    let place = (root(), side(), 1_u32..5, shape());
    let foreign = (1_u64..4, root(), side(), 1_u32..4, -5_i64..6);
    let decision = prop::sample::select(vec![Decision::KeepOurs, Decision::TakeBrokers]);
    prop_oneof![
        6 => place.prop_map(|(root, side, contracts, shape)| Step::Place { root, side, contracts, shape }),
        1 => any::<Index>().prop_map(Step::Cancel),
        3 => change.prop_map(|(order, contracts, ticks)| Step::Change { order, contracts, ticks }),
        3 => protect.prop_map(|(lot, stop, target, even)| Step::Protect { lot, stop, target, even }),
        1 => Just(Step::Flatten),
        1 => halts.prop_map(Step::Halt),
        5 => (root(), -8_i64..9).prop_map(|(root, ticks)| Step::Trade { root, ticks }),
        1 => (root(), [-6_i64..7, 0..10, 0..10]).prop_map(|(root, ticks)| Step::Bar { root, ticks }),
        4 => prop_oneof![1_u32..700, 4_000_u32..12_000].prop_map(|millis| Step::Wait { millis }),
        10 => (any::<Index>(), says, prop::bool::weighted(0.8))
            .prop_map(|(order, says, heard)| Step::Says { order, says, heard }),
        1 => any::<Index>().prop_map(Step::Lose),
        2 => any::<Index>().prop_map(Step::Bust),
        2 => (any::<Index>(), 1_u32..4, -4_i64..5)
            .prop_map(|(exec, contracts, ticks)| Step::Correct { exec, contracts, ticks }),
        2 => foreign.prop_map(|(name, root, side, contracts, ticks)| {
            Step::Foreign { name, root, side, contracts, ticks }
        }),
        4 => tells.prop_map(Step::Account),
        1 => prop::sample::select(vec![Link::Up, Link::Down]).prop_map(Step::Link),
        1 => Just(Step::Heartbeat),
        1 => (0_i64..5).prop_map(Step::Day),
        2 => Just(Step::Lift),
        2 => (root(), decision).prop_map(|(root, decision)| Step::Decide { root, decision }),
    ]
}

/// An execution as it truly is.
#[derive(Clone, Copy, Debug)]
struct Execution {
    order: Option<OrderId>,
    name: BrokerOrderId,
    contract: ContractId,
    side: Side,
    exec: ExecId,
    qty: Qty,
    price: Price,
    dead: bool,
}

/// What has truly happened at the broker.
#[derive(Default)]
struct Truth {
    executions: Vec<Execution>,
    ended: BTreeMap<OrderId, ListedStanding>,
    lost: BTreeSet<OrderId>,
    /// Contracts of each order that have executed, taken back ones included.
    done: BTreeMap<OrderId, u32>,
    /// The terms that orders have which were changed, said or not.
    terms: BTreeMap<OrderId, (Qty, OrderKind)>,
    /// Executions that the exchange has changed or taken back without the desk having heard of them.
    unheard: BTreeSet<ExecId>,
}

impl Truth {
    fn orders(world: &World) -> Vec<OrderId> {
        let ids = world.book().orders().iter().map(|(_, order)| order.id);
        ids.filter(|id| !matches!(id, OrderId::Outside(_))).collect()
    }

    fn say(&mut self, world: &mut World, nth: Index, says: Says, heard: bool) {
        let ids = Self::orders(world);
        let recent = &ids[ids.len().saturating_sub(6)..];
        if recent.is_empty() {
            return;
        }
        let order = *nth.get(recent);
        let done = self.done.get(&order).copied().unwrap_or(0);
        let (qty, _) = self.terms_of(world, order);
        if self.lost.contains(&order) || self.ended.contains_key(&order) || done >= qty.contracts() {
            return;
        }
        let report = match says {
            Says::Accepted => {
                // The answer to a query tells the terms too.
                if heard && let Some(terms) = self.terms_told(order) {
                    world.report(terms);
                }
                BrokerReport::Accepted { order }
            }
            Says::Changed => match self.change(world, order) {
                Some(changed) => changed,
                None => return,
            },
            Says::ChangeRefused if self.terms.contains_key(&order) => return,
            Says::ChangeRefused => BrokerReport::ChangeRefused { order },
            Says::CancelRefused => BrokerReport::CancelRefused { order },
            Says::Fill => self.fill(world, order),
            Says::Cancelled => {
                self.ended.insert(order, ListedStanding::Cancelled);
                BrokerReport::Cancelled { order }
            }
            Says::Failed => {
                let reason = FailReason::Margin;
                self.ended.insert(order, ListedStanding::Failed(reason));
                BrokerReport::Failed { order, reason }
            }
        };
        if heard {
            world.report(report);
        } else if let BrokerReport::Filled(fill) = report {
            self.unheard.insert(fill.exec);
        }
    }

    /// Takes the change that is on its way, if there is one and something would be left to fill.
    fn change(&mut self, world: &World, order: OrderId) -> Option<BrokerReport> {
        let change = *world.book().change_of(world.book().find(order).unwrap())?;
        if change.new_qty.contracts() <= self.done.get(&order).copied().unwrap_or(0) {
            return None;
        }
        self.terms.insert(order, (change.new_qty, OrderKind::Limit(change.new_limit)));
        self.terms_told(order)
    }

    fn terms_told(&self, order: OrderId) -> Option<BrokerReport> {
        let (qty, kind) = *self.terms.get(&order)?;
        Some(BrokerReport::Changed { order, qty, limit: kind.limit()? })
    }

    /// The terms that the order has in truth.
    fn terms_of(&self, world: &World, order: OrderId) -> (Qty, OrderKind) {
        let kind = world.book().orders().at(world.book().find(order).unwrap()).kind;
        let before = (Qty::new(old_qty_of(world, order)).unwrap(), kind);
        self.terms.get(&order).copied().unwrap_or(before)
    }

    fn fill(&mut self, world: &World, order: OrderId) -> BrokerReport {
        let key = world.book().find(order).unwrap();
        let row = world.book().orders().at(key);
        let (_, kind) = self.terms_of(world, order);
        let price = kind.limit().unwrap_or_else(|| last(world, row.contract));
        *self.done.entry(order).or_default() += 1;
        let (contract, side) = (row.contract, row.side);
        let exec = self.execute(Some(order), BrokerOrderId::new(1_000), contract, side, Qty::ONE, price);
        let timing = FillTiming::Unknown;
        BrokerReport::Filled(FillReport { order, exec, qty: Qty::ONE, price, timing, broker_time: None })
    }

    fn execute(
        &mut self,
        order: Option<OrderId>,
        name: BrokerOrderId,
        contract: ContractId,
        side: Side,
        qty: Qty,
        price: Price,
    ) -> ExecId {
        let exec = ExecId::new(u64::try_from(self.executions.len()).unwrap() + 1);
        self.executions.push(Execution { order, name, contract, side, exec, qty, price, dead: false });
        exec
    }

    /// An execution that the desk has heard of.
    fn heard(&mut self, nth: Index) -> Option<&mut Execution> {
        let known: Vec<usize> = (0..self.executions.len())
            .filter(|&n| !self.executions[n].dead && !self.unheard.contains(&self.executions[n].exec))
            .collect();
        if known.is_empty() { None } else { self.executions.get_mut(*nth.get(&known)) }
    }

    fn foreign(
        &mut self,
        world: &mut World,
        name: u64,
        contract: ContractId,
        side: Side,
        qty: u32,
        price: Price,
    ) {
        let (broker_order, qty) = (BrokerOrderId::new(name), Qty::new(qty).unwrap());
        let exec = self.execute(None, broker_order, contract, side, qty, price);
        world.report(BrokerReport::ForeignFill(ForeignFill {
            broker_order,
            contract,
            side,
            exec,
            qty,
            price,
        }));
    }

    fn net(&self, contract: ContractId) -> i64 {
        let counted = self.executions.iter().filter(|it| !it.dead && it.contract == contract);
        counted.map(|it| it.side.sign() * i64::from(it.qty.contracts())).sum()
    }

    fn account(&self, world: &World) -> Account {
        let orders = Self::orders(world).into_iter().filter(|order| !self.lost.contains(order));
        let orders = orders.zip(10_000..).map(|(order, number)| {
            let key = world.book().find(order).unwrap();
            let row = world.book().orders().at(key);
            let counted = self.executions.iter().filter(|it| !it.dead && it.order == Some(order));
            let done = self.done.get(&order).copied().unwrap_or(0);
            let (qty, kind) = self.terms_of(world, order);
            let whole =
                if done >= qty.contracts() { ListedStanding::Filled } else { ListedStanding::Working };
            ListedOrder {
                order: Some(order),
                broker_order: BrokerOrderId::new(number),
                contract: row.contract,
                side: row.side,
                qty,
                kind,
                filled: counted.map(|it| it.qty.contracts()).sum(),
                standing: self.ended.get(&order).copied().unwrap_or(whole),
            }
        });
        let fills = self.executions.iter().filter(|it| !it.dead).map(|it| ListedFill {
            order: it.order,
            broker_order: it.name,
            contract: it.contract,
            side: it.side,
            exec: it.exec,
            qty: it.qty,
            price: it.price,
            broker_time: None,
        });
        let positions = ["GC", "NQ"].map(|root| ListedPosition {
            contract: contract(root),
            net: NetQty::new(self.net(contract(root))),
        });
        Account {
            orders: Listed::Complete(orders.collect()),
            fills: Listed::Complete(fills.collect()),
            positions: Listed::Complete(positions.to_vec()),
        }
    }

    fn tell(&mut self, world: &mut World, tells: Tells) {
        let mut account = self.account(world);
        match tells {
            Tells::Whole | Tells::OldQuestion => {}
            Tells::HalfTheOrders => {
                let half = account.orders.told().iter().step_by(2).copied().collect();
                account.orders = Listed::Partial(half);
            }
            Tells::NoFills => account.fills = Listed::Missing,
            Tells::NoPositions => account.positions = Listed::Missing,
            Tells::AnotherPosition(by) => account = account.holds("GC", self.net(contract("GC")) + by),
        }
        let before = world.question();
        world.feed(Input::Reconcile);
        if tells == Tells::OldQuestion {
            if let Some(question) = before.filter(|_| before != world.question()) {
                world.report(BrokerReport::Snapshot(Box::new(account.snapshot(question))));
            }
        } else if world.question().is_some() {
            if tells != Tells::NoFills {
                self.unheard.clear();
            }
            world.answer(&account);
        }
    }
}

fn run(steps: Vec<Step>) -> (World, Truth) {
    let (mut world, mut truth) = (market(), Truth::default());
    for step in steps {
        match step {
            Step::Place { root, side, contracts, shape } => place(&mut world, root, side, contracts, shape),
            Step::Cancel(nth) => {
                let live: Vec<OrderId> = world.book().live_orders().map(|(_, order)| order.id).collect();
                if !live.is_empty() {
                    world.feed(Input::Cancel { order: *nth.get(&live), origin: Origin::Window });
                }
            }
            Step::Change { order, contracts, ticks } => change(&mut world, order, contracts, ticks),
            Step::Protect { lot, stop, target, even } => protect(&mut world, lot, stop, target, even),
            Step::Flatten => world.flatten(),
            Step::Halt(change) => world.halt(change),
            Step::Trade { root, ticks } => {
                let price = last(&world, contract(root)) + Ticks::new(ticks);
                print(&mut world, root, Print::Trade { price, size: 1 });
            }
            Step::Bar { root, ticks: [gap, up, down] } => {
                let open = last(&world, contract(root)) + Ticks::new(gap);
                let (high, low) = (open + Ticks::new(up), open - Ticks::new(down));
                print(&mut world, root, Print::Bar(Bar { open, high, low, close: low, volume: 5 }));
            }
            Step::Wait { millis } => world.advance_ms(millis),
            Step::Says { order, says, heard } => truth.say(&mut world, order, says, heard),
            Step::Lose(nth) => {
                let live = world.book().live_orders().map(|(_, order)| order);
                let new = live.filter(|order| order.status == OrderStatus::Pending).map(|order| order.id);
                let new: Vec<OrderId> = new.filter(|order| !truth.done.contains_key(order)).collect();
                if !new.is_empty() {
                    truth.lost.insert(*nth.get(&new));
                }
            }
            Step::Bust(nth) => {
                if let Some(it) = truth.heard(nth) {
                    it.dead = true;
                    let exec = it.exec;
                    world.report(BrokerReport::Busted { exec });
                }
            }
            Step::Correct { exec, contracts, ticks } => {
                if let Some(it) = truth.heard(exec) {
                    it.qty = Qty::new(contracts).unwrap();
                    it.price = it.price + Ticks::new(ticks);
                    let (exec, qty, price) = (it.exec, it.qty, it.price);
                    world.report(BrokerReport::Corrected { exec, qty, price });
                }
            }
            Step::Foreign { name, root, side, contracts, ticks } => {
                let price = last(&world, contract(root)) + Ticks::new(ticks);
                truth.foreign(&mut world, name, contract(root), side, contracts, price);
            }
            Step::Account(tells) => truth.tell(&mut world, tells),
            Step::Link(link) => world.feed(Input::Link(link)),
            Step::Heartbeat => world.feed(Input::FeedAlive),
            Step::Day(days) => {
                let at = Timestamp::from_nanos(days * 86_400_000_000_000);
                world.feed(Input::TradingDay(TradingDay::of(at)));
            }
            Step::Lift => world.halt(HaltChange::LiftLatch),
            Step::Decide { root, decision } => {
                let origin = Origin::Window;
                world.feed(Input::Decide { contract: contract(root), decision, origin });
            }
        }
    }
    (world, truth)
}

/// A way to the broker, and its whole and true account until nothing new comes of it.
fn hear_everything(world: &mut World, truth: &mut Truth) {
    world.feed(Input::Link(Link::Up));
    for _ in 0..4 {
        let account = truth.account(world);
        world.answer(&account);
        truth.unheard.clear();
        world.advance_ms(6_000);
        world.feed(Input::Reconcile);
    }
    let account = truth.account(world);
    world.answer(&account);
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn once_everything_is_heard_the_books_are_those_of_the_executions_that_count(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let (mut world, mut truth) = run(steps);
        hear_everything(&mut world, &mut truth);
        for (root, tick_value) in [("GC", 100_000), ("NQ", 50_000)] {
            let it = contract(root);
            let adjusted = world.book().positions().at(it).adjusted.signed();
            prop_assert_eq!(world.net(root), truth.net(it) + adjusted, "{}", root);
            let touched = world.facts().iter().any(|fact| {
                matches!(fact.body, phantom_engine::FactBody::PositionAdjusted { contract, .. } if contract == it)
            });
            if touched {
                continue;
            }
            let counted = truth.executions.iter().filter(|row| !row.dead && row.contract == it);
            let cash: i64 = counted
                .map(|row| -row.side.sign() * i64::from(row.qty.contracts()) * row.price.ticks())
                .sum();
            let worth = world.net(root) * last(&world, it).ticks();
            let profit = Money::from_units(tick_value) * (cash + worth);
            let realized = world.book().positions().at(it).realized;
            prop_assert_eq!(realized + world.engine().unrealized(it), profit, "{}", root);
        }
        let lost = world.book().live_orders().filter(|(_, order)| truth.lost.contains(&order.id));
        prop_assert_eq!(lost.count(), 0, "what a whole history does not have has failed");
    }

    #[test]
    fn the_same_account_twice_says_nothing_the_second_time(steps in prop::collection::vec(step(), 1..60)) {
        let (mut world, mut truth) = run(steps);
        hear_everything(&mut world, &mut truth);
        world.advance_ms(1);
        world.feed(Input::Reconcile);
        let account = truth.account(&world);
        world.answer(&account);
        world.hush();
        world.reconcile(&account);
        world.expect("");
    }
}
