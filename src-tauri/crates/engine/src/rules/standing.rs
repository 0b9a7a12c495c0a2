//! What the gate is told of the rules for one order.

use std::sync::Arc;

use phantom_compliance::pack::{Balances, Effect, SizeRule, TradeCounting};
use phantom_compliance::rule_standing::{
    Costs, Data, Goal, Line, Losses, Product, RuleStanding, Size, Trades,
};
use phantom_compliance::{OrderRequest, Profile, RuleSource, Rules, Standing};
use phantom_model::{ContractId, Price, Ticks, Timestamp};

use super::hours::news_at;
use super::lines::Counted;
use super::{Act, RuleBook};
use crate::engine::Engine;

/// What is known of the rules, with what it borrows from.
pub(crate) enum Known {
    None,
    Stand(Box<RuleStanding>),
    Unusable(Arc<str>),
}

impl Known {
    pub(crate) const fn rules(&self) -> Rules<'_> {
        match self {
            Self::None => Rules::None,
            Self::Stand(rules) => Rules::Stand(rules),
            Self::Unusable(why) => Rules::Unusable(why),
        }
    }
}

impl Engine {
    /// How the account, a contract and its rules stand before the gate for an order. An order that only
    /// closes is judged by no rule, so that none is looked up.
    pub(crate) fn with_standing<T>(
        &self,
        at: Timestamp,
        request: &OrderRequest,
        judge: impl FnOnce(&Standing<'_>) -> T,
    ) -> T {
        let standing = self.standing(request.contract);
        let closes = standing.position.side().is_some_and(|held| held != request.side);
        let known = if closes { Known::None } else { self.known_rules(at, request) };
        judge(&Standing { rules: known.rules(), ..standing })
    }

    fn known_rules(&self, at: Timestamp, request: &OrderRequest) -> Known {
        let account = self.book.account();
        if let Some(why) = account.unusable() {
            return Known::Unusable(Arc::clone(why));
        }
        let Some(profile) = account.profile() else { return Known::None };
        match (&self.rulebook, self.counted()) {
            (Some(book), Some(counted)) => {
                Known::Stand(Box::new(self.rule_standing(book, profile, &counted, at, request)))
            }
            (None, _) | (_, None) => Known::Unusable(Arc::from("there is no calendar to judge them by")),
        }
    }

    fn rule_standing(
        &self,
        book: &RuleBook,
        profile: &Profile,
        counted: &Counted<'_>,
        at: Timestamp,
        request: &OrderRequest,
    ) -> RuleStanding {
        let contract = request.contract;
        let pack = profile.pack();
        RuleStanding {
            source: RuleSource { pack: Arc::clone(&self.pack_name), checked_on: pack.checked_on() },
            at,
            run_away: self.book.account().run_away(),
            hours: self.hours(book, profile, contract, at),
            news: news_at(&self.overlays, book.root(contract), at),
            product: self.product(contract),
            size: self.size(book, counted, contract, at),
            trades: self.trades(profile),
            losses: self.losses(counted, contract),
            data: self.data(profile, contract, at),
            rates: self.rates(profile, at, request),
        }
    }

    fn product(&self, contract: ContractId) -> Product {
        let Some(rules) = self.contract_rules.get(contract) else { return super::UNKNOWN_PRODUCT };
        Product { elsewhere: self.book.account().elsewhere(&rules.group), ..rules.product }
    }

    fn size(&self, book: &RuleBook, counted: &Counted<'_>, contract: ContractId, at: Timestamp) -> Size {
        let (profile, figures) = (counted.profile, counted.figures);
        let rule = &profile.pack().program().size;
        let equity = self.equity();
        let (firm, by_balance) = match rule {
            SizeRule::Fixed(size) => (*size, None),
            SizeRule::ByEodBalance(_) | SizeRule::HalfUntil { .. } => {
                (figures.cap, Some(figures.eod_balance))
            }
            SizeRule::ByLiveEquity(_) => {
                (rule.cap(Balances { eod: figures.eod_balance, equity }), Some(equity))
            }
        };
        let (root, day) = (book.root(contract), phantom_model::TradingDay::of(at).date());
        let overlays = self.overlays.iter().filter(|overlay| overlay.holds_on(day));
        let caps = overlays.filter_map(|overlay| Some((overlay.contract_cap(root)?, overlay.effect)));
        Size {
            firm,
            by_balance,
            own: profile.personal().position_max,
            own_order: profile.personal().order_max,
            contracts: caps.min_by_key(|(cap, effect)| (*effect == Effect::Warn, *cap)),
        }
    }

    /// The trades of the day, with the orders that may still become one.
    fn trades(&self, profile: &Profile) -> Option<Trades> {
        let own = profile.personal().trades.map(|rule| (rule.max, rule.counting, Effect::Block));
        let firm = profile.pack().program().trades_max.map(|rule| (rule.per_day, rule.counting, rule.effect));
        let rows = own.into_iter().chain(firm).map(|(max, counting, effect)| {
            let used = self.trades_used(counting);
            Trades { used, max, effect }
        });
        rows.min_by_key(|row| (row.effect == Effect::Warn, row.max.saturating_sub(row.used)))
    }

    /// Trades of the day as a rule counts them; orders that have not filled yet count as if they had.
    pub(crate) fn trades_used(&self, counting: TradeCounting) -> u32 {
        let waiting = self.book.live_orders().filter(|(_, order)| order.filled == 0);
        let waiting = waiting.filter(|(_, order)| match counting {
            TradeCounting::Entries => order.purpose.is_entry(),
            TradeCounting::EntriesAndExits => true,
        });
        let waiting = u32::try_from(waiting.count()).unwrap_or(u32::MAX);
        self.book.account().trades(counting).saturating_add(waiting)
    }

    fn losses(&self, counted: &Counted<'_>, contract: ContractId) -> Losses {
        let open = self.unrealized_total();
        let lines = counted.loss_lines(open).map(|line| {
            line.map(|line| Line {
                rule: line.rule,
                counted: line.counted,
                at: line.acts_at,
                limit: line.limit,
                reached: if line.act == Act::Warn { Effect::Warn } else { Effect::Block },
                forward: line.forward,
            })
        });
        let result = counted.result(open);
        let goals = counted.goals().map(|goal| {
            let goal = goal.filter(|goal| goal.act != Act::Warn);
            goal.map(|goal| Goal { rule: goal.rule, result, target: goal.target })
        });
        let terms = self.terms.at(contract);
        Losses {
            equity: counted.balance + open,
            worst_equity: self.worst_equity(),
            lines,
            goals,
            costs: Costs { tick_value: terms.tick_value, fee_per_side: terms.fee_per_side },
        }
    }

    fn data(&self, profile: &Profile, contract: ContractId, at: Timestamp) -> Data {
        let figures = self.book.account().figures();
        let unbegun = figures.is_some_and(|figures| at >= figures.day_ends);
        let collar = profile.personal().price_collar_ticks;
        Data {
            last_at: self.marks.at(contract).last.map(|_| self.marks.at(contract).traded_at),
            blind: self.book.is_blind() || unbegun || !self.has_every_mark(),
            collar: collar.map(|ticks| Ticks::new(i64::from(ticks))),
            zone: self.zone(profile, contract),
        }
    }

    /// The prices between which entries are taken. The limit of the exchange is told only for equity
    /// indices, and only once a reference price is known.
    fn zone(&self, profile: &Profile, contract: ContractId) -> Option<(Price, Price)> {
        let zone = profile.pack().firm().limit_zone?;
        let reference = self.marks.at(contract).reference?;
        let rules = self.rulebook.as_deref()?;
        if rules.product(contract)? != phantom_compliance::ProductHours::EquityIndex {
            return None;
        }
        let parts = zone.equity_limit.ten_thousandths().saturating_sub(zone.width.ten_thousandths());
        let away = reference.ticks() * i64::from(parts) / 10_000;
        Some((Price::new(reference.ticks() - away)?, Price::new(reference.ticks() + away)?))
    }
}
