//! The checks of the rules on an order that opens, in their published order: time, product, size,
//! losses, price, rate.

use phantom_model::{Money, OrderKind, Price, Side, Ticks};

use crate::Minis;
use crate::gate::{Limits, Standing, check_own_size};
use crate::pack::{Effect, NewsAction};
use crate::refusal::Refusal;
use crate::request::OrderRequest;
use crate::rule_refusal::{RuleRefusal, SizeRefusal};
use crate::rule_standing::{Costs, Hours, RuleStanding};
use crate::rules::{RuleId, RuleSource};

/// Something that does not stop an order but should be seen before it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Warning {
    /// What would be a refusal where the rule refuses.
    Rule(RuleRefusal),
    /// The order has no stop: its worst case is counted with a distance that nobody promises.
    NoStop,
}

impl Warning {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rule(refusal) => refusal.reason(),
            Self::NoStop => "no_stop",
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule(refusal) => refusal.fmt(f),
            Self::NoStop => write!(
                f,
                "no stop: the worst case is counted with {} ticks against it",
                Costs::WITHOUT_STOP.count()
            ),
        }
    }
}

/// What an order, or a change of one, adds to risk.
#[derive(Clone, Copy)]
pub(crate) struct Growth<'a> {
    /// The order as it would be.
    pub(crate) request: &'a OrderRequest,
    /// Contracts that are not counted in the standing yet.
    pub(crate) contracts: u64,
    /// How much nearer to the market the price of what is counted moves.
    nearer: Ticks,
    is_new: bool,
}

impl<'a> Growth<'a> {
    /// A whole order.
    pub(crate) const fn of_order(request: &'a OrderRequest) -> Self {
        let contracts = request.qty.contracts() as u64;
        Self { request, contracts, nearer: Ticks::new(0), is_new: true }
    }

    /// What a change adds to an order that is counted.
    pub(crate) const fn of_change(request: &'a OrderRequest, contracts: u64, nearer: Ticks) -> Self {
        Self { request, contracts, nearer, is_new: false }
    }

    /// What it can lose: filled and then stopped out.
    fn loss(&self, costs: &Costs, last: Option<Price>) -> Money {
        let contracts = i64::try_from(self.contracts).unwrap_or(i64::MAX);
        let whole = i64::from(self.request.qty.contracts());
        costs.loss(self.request, contracts, last) + costs.tick_value * self.nearer.count() * whole
    }
}

/// Every check of the rules. `warn` gets what only warns.
pub(crate) fn check_rules(
    limits: &Limits,
    standing: &Standing<'_>,
    rules: &RuleStanding,
    growth: Growth<'_>,
    warn: &mut dyn FnMut(Warning),
) -> Result<(), Refusal> {
    let mut warn_of = |refusal| warn(Warning::Rule(refusal));
    check_time(standing, rules, growth, &mut warn_of).map_err(Refusal::by_rule)?;
    check_product(rules, growth.request.side).map_err(Refusal::by_rule)?;
    check_own_size(limits, standing, growth)?;
    check_size(limits, standing, rules, growth, &mut warn_of).map_err(Refusal::by_rule)?;
    check_losses(standing, rules, growth, &mut warn_of).map_err(Refusal::by_rule)?;
    check_price(standing, rules, growth.request).map_err(Refusal::by_rule)?;
    check_rate(rules, growth.is_new).map_err(Refusal::by_rule)?;
    if growth.request.bracket.stop.is_none()
        && growth.request.guard.stop.is_none()
        && growth.request.guard.trail.is_none()
    {
        warn(Warning::NoStop);
    }
    Ok(())
}

/// What an effect makes of a refusal.
fn apply(effect: Effect, refusal: RuleRefusal, warn: &mut dyn FnMut(RuleRefusal)) -> Result<(), RuleRefusal> {
    match effect {
        Effect::Block => Err(refusal),
        Effect::Warn => {
            warn(refusal);
            Ok(())
        }
    }
}

fn check_time(
    standing: &Standing<'_>,
    rules: &RuleStanding,
    growth: Growth<'_>,
    warn: &mut dyn FnMut(RuleRefusal),
) -> Result<(), RuleRefusal> {
    let source = || rules.source.clone();
    match &rules.hours {
        Hours::Open => {}
        Hours::Closed { opens } => return Err(RuleRefusal::SessionClosed { opens: *opens }),
        Hours::Unknown { valid_through } => {
            return Err(RuleRefusal::BeyondCalendar { valid_through: *valid_through });
        }
        Hours::Holiday { name, opens } => {
            return Err(RuleRefusal::Holiday { name: name.clone(), opens: *opens });
        }
        Hours::NoNewEntries { from, until } => {
            return Err(RuleRefusal::NoNewEntries { from: *from, until: *until, source: source() });
        }
    }
    let Some(news) = &rules.news else { return Ok(()) };
    let refusal =
        || RuleRefusal::NewsWindow { release: news.release.clone(), until: news.until, source: source() };
    match news.action {
        NewsAction::MustBeFlat | NewsAction::NoEntries => apply(news.effect, refusal(), warn),
        NewsAction::ContractsMax(most) => {
            let held = contracts_in_use(standing, growth.request.side);
            let fits = held.saturating_add(growth.contracts) <= u64::from(most);
            if fits { Ok(()) } else { apply(news.effect, refusal(), warn) }
        }
    }
}

fn check_product(rules: &RuleStanding, side: Side) -> Result<(), RuleRefusal> {
    let product = &rules.product;
    let source = || rules.source.clone();
    if !product.permitted {
        return Err(RuleRefusal::NotPermitted { source: source() });
    }
    if !product.front {
        return Err(RuleRefusal::NotFrontMonth { source: source() });
    }
    if product.blocked {
        return Err(RuleRefusal::SymbolBlocked);
    }
    let opposed = product.elsewhere.side().is_some_and(|held| held != side);
    if product.hedging_forbidden && opposed {
        return Err(RuleRefusal::Hedge { elsewhere: product.elsewhere, source: source() });
    }
    Ok(())
}

/// Contracts of this product that are held or may still fill on a side.
fn contracts_in_use(standing: &Standing<'_>, side: Side) -> u64 {
    let leaves = match side {
        Side::Buy => standing.buy_entry_leaves,
        Side::Sell => standing.sell_entry_leaves,
    };
    standing.position.size().saturating_add(leaves)
}

/// The worst case of the account in mini-equivalents, on the side of an order.
pub(crate) fn minis_in_use(standing: &Standing<'_>, side: Side) -> Minis {
    standing.worst_elsewhere + standing.weight * contracts_in_use(standing, side)
}

/// The caps of the account and whose they are, the firm's first.
fn caps(rules: &RuleStanding) -> impl Iterator<Item = (Minis, Option<&RuleSource>)> {
    let own = rules.size.own.map(|cap| (cap, None));
    std::iter::once((rules.size.firm, Some(&rules.source))).chain(own)
}

/// Contracts of a product that an order on a side may still have.
#[must_use]
pub fn contracts_allowed(limits: &Limits, standing: &Standing<'_>, side: Side) -> u64 {
    let in_use = minis_in_use(standing, side);
    let fits = |cap: Minis| whole_contracts(cap - in_use, standing.weight);
    let own = limits.position_max.map(fits);
    let order = limits.order_max.map(|cap| whole_contracts(cap, standing.weight));
    let rules = standing.rules.standing().map(|rules| {
        let (firm, own) = (fits(rules.size.firm), rules.size.own.map(fits));
        let order = rules.size.own_order.map(|cap| whole_contracts(cap, standing.weight));
        let contracts = rules.size.contracts.filter(|(_, effect)| *effect == Effect::Block);
        let contracts =
            contracts.map(|(cap, _)| u64::from(cap).saturating_sub(contracts_in_use(standing, side)));
        own.into_iter().chain(order).chain(contracts).fold(firm, u64::min)
    });
    own.into_iter().chain(order).chain(rules).fold(u64::from(phantom_model::qty::ORDER_QTY_MAX), u64::min)
}

/// How many whole contracts of a size fit into a room.
pub(crate) fn whole_contracts(room: Minis, weight: Minis) -> u64 {
    let room = room.max(Minis::ZERO).thousandths();
    room.checked_div(weight.thousandths()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

fn check_size(
    limits: &Limits,
    standing: &Standing<'_>,
    rules: &RuleStanding,
    growth: Growth<'_>,
    warn: &mut dyn FnMut(RuleRefusal),
) -> Result<(), RuleRefusal> {
    let whole = standing.weight * u64::from(growth.request.qty.contracts());
    if let Some(limit) = rules.size.own_order.filter(|&limit| whole > limit) {
        return Err(RuleRefusal::OrderSize { wanted: whole, limit });
    }
    let side = growth.request.side;
    let in_use = minis_in_use(standing, side);
    let wanted = standing.weight * growth.contracts;
    // A change that only moves a price makes nothing larger.
    let grows = growth.contracts > 0;
    let broken = caps(rules).filter(|(cap, _)| grows && in_use + wanted > *cap).min_by_key(|(cap, _)| *cap);
    if let Some((limit, source)) = broken {
        let contracts_more = contracts_allowed(limits, standing, side);
        let too_large = SizeRefusal { in_use, wanted, limit, contracts_more, source: source.cloned() };
        return Err(match rules.size.by_balance.filter(|_| source.is_some()) {
            Some(balance) => RuleRefusal::ScalingLimit { size: too_large, balance },
            None => RuleRefusal::PositionLimit(too_large),
        });
    }
    let held = contracts_in_use(standing, side);
    if let Some((limit, effect)) = rules.size.contracts
        && held.saturating_add(growth.contracts) > u64::from(limit)
    {
        let source = rules.source.clone();
        apply(effect, RuleRefusal::ContractLimit { in_use: held, limit, source }, warn)?;
    }
    match rules.trades {
        Some(trades) if growth.is_new && trades.used >= trades.max => {
            apply(trades.effect, RuleRefusal::TradeCount { used: trades.used, max: trades.max }, warn)
        }
        Some(_) | None => Ok(()),
    }
}

fn check_losses(
    standing: &Standing<'_>,
    rules: &RuleStanding,
    growth: Growth<'_>,
    warn: &mut dyn FnMut(RuleRefusal),
) -> Result<(), RuleRefusal> {
    let losses = &rules.losses;
    let source = |rule| (rule != RuleId::PersonalDailyLoss).then(|| rules.source.clone());
    for line in losses.lines.iter().flatten() {
        let (rule, counted) = (line.rule, line.counted);
        if counted <= line.at {
            let refusal = RuleRefusal::LossReached { rule, counted, line: line.at, source: source(rule) };
            apply(line.reached, refusal, warn)?;
        }
    }
    if let Some(goal) = losses.goals.iter().flatten().find(|goal| goal.result >= goal.target) {
        return Err(RuleRefusal::ProfitTargetReached { result: goal.result, target: goal.target });
    }
    let loss = growth.loss(&losses.costs, standing.last_trade);
    for line in losses.lines.iter().flatten() {
        let rule = line.rule;
        // With everything closed, closed trades and equity are the same money.
        let left = losses.worst_equity - line.at;
        if loss >= left {
            let left = left.max(Money::ZERO);
            let refusal = RuleRefusal::WorstCaseLoss { rule, loss, left, source: source(rule) };
            apply(line.forward, refusal, warn)?;
        }
    }
    Ok(())
}

fn check_price(
    standing: &Standing<'_>,
    rules: &RuleStanding,
    request: &OrderRequest,
) -> Result<(), RuleRefusal> {
    let data = &rules.data;
    let age = data.last_at.map(|at| rules.at.since(at));
    let (Some(last), Some(age)) = (standing.last_trade, age) else {
        return Err(RuleRefusal::StaleData { age: None });
    };
    if data.blind || age > crate::rule_standing::Data::STALE_AFTER {
        return Err(RuleRefusal::StaleData { age: Some(age) });
    }
    let decimal = |price: Price| standing.grid.decimal(price);
    if let (OrderKind::Limit(price), Some(ticks)) = (request.kind, data.collar)
        && price.distance(last).count() > ticks.count()
    {
        let (price, last) = (decimal(price), decimal(last));
        return Err(RuleRefusal::PriceCollar { price, last, ticks: ticks.count() });
    }
    if let Some((low, high)) = data.zone {
        let bound = if last >= high { Some(high) } else { Some(low).filter(|&low| last <= low) };
        if let Some(bound) = bound {
            return Err(RuleRefusal::LimitZone { bound: decimal(bound), source: rules.source.clone() });
        }
    }
    Ok(())
}

fn check_rate(rules: &RuleStanding, is_new: bool) -> Result<(), RuleRefusal> {
    let rates = &rules.rates;
    if let Some(of) = rates.twin.filter(|_| is_new) {
        return Err(RuleRefusal::Duplicate { of });
    }
    for (count, max, seconds) in [(rates.second, rates.second_max, 1), (rates.minute, rates.minute_max, 60)] {
        if count >= max {
            return Err(RuleRefusal::Throttle { count, max, seconds });
        }
    }
    rules.run_away.map_or(Ok(()), |why| Err(RuleRefusal::RunAway(why)))
}
