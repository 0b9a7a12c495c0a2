//! The rules as a person reads them: what is used, what is left, what is locked, until when.

use std::sync::Arc;

use phantom_compliance::pack::TradeCounting;
use phantom_compliance::rule_standing::Hours;
use phantom_compliance::{Lockout, Minis, OrderRequest, RuleId, RunAway, Standing, Used, contracts_allowed};
use phantom_model::{ContractId, Guard, Money, OrderKind, Qty, Side, Timestamp, TradingDay};

use super::Act;
use crate::book::Plan;
use crate::engine::Engine;

/// How far a rule is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Below the first warning.
    Fine,
    /// This many of its warnings were reached today, from 1 on.
    Warned(u8),
    /// It was reached.
    Reached,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleRow {
    /// Which rule.
    pub rule: RuleId,
    /// How much of it is used.
    pub used: Used,
    /// The equity at which it is reached; for a profit target too.
    pub line: Money,
    /// How far that is from the equity now; below zero once it is passed.
    pub distance: Money,
    /// How far it is.
    pub level: Level,
    /// Whether it is the firm's, with the pack's date; else the trader's own.
    pub firms: bool,
    /// Whether open profit counts; else closed trades alone do.
    pub by_equity: bool,
    /// What it does once it is reached.
    pub act: Act,
}

/// The size rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SizeRow {
    /// The worst case of the account.
    pub in_use: Minis,
    /// The tightest cap, the desk's own settings in it.
    pub limit: Minis,
    /// The balance that the firm's cap follows from, where it follows from one.
    pub by_balance: Option<Money>,
}

/// The trades of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TradesRow {
    /// How many, orders that work in it.
    pub used: u32,
    /// The most; `None` for any number.
    pub max: Option<u32>,
    /// How many as the firm counts them: entries and every part of an exit.
    pub as_the_firm_counts: u32,
}

/// What may still be opened in one contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContractRow {
    /// The contract.
    pub contract: ContractId,
    /// Contracts that a buy may still open; 0 while nothing may be opened.
    pub buy: u64,
    /// Contracts that a sell may still open; 0 while nothing may be opened.
    pub sell: u64,
    /// Why nothing may be opened by one contract at the market now: the code of the refusal of a buy.
    pub reason: Option<String>,
    /// When the desk closes it by itself today; `None` when positions may stay, or are closed already.
    pub flatten_at: Option<Timestamp>,
    /// By when the firm wants it flat today.
    pub flat_by: Option<Timestamp>,
}

/// The compliance panel: read only, of one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panel {
    /// The number of the last fact that it knows.
    pub version: u64,
    /// The market's time.
    pub at: Timestamp,
    /// The pack's id; `None` without rules.
    pub pack: Option<Arc<str>>,
    /// The day on which its rules were checked.
    pub checked_on: Option<jiff::civil::Date>,
    /// Why the rules cannot be used; then nothing opens.
    pub unusable: Option<Arc<str>>,
    /// The trading day of the account.
    pub day: Option<TradingDay>,
    /// The balance.
    pub balance: Money,
    /// The equity: open profit in it.
    pub equity: Money,
    /// The day's result: net of fees, open profit in it.
    pub result: Money,
    /// The equity if everything that works filled and every stop was hit.
    pub worst_equity: Money,
    /// Each limit and target of money.
    pub rules: Vec<RuleRow>,
    /// The floor of the maximum loss now.
    pub floor: Option<Money>,
    /// The floor from the next session on, if the day ended with the equity of now.
    pub floor_tomorrow: Option<Money>,
    /// The size rule; `None` without rules.
    pub size: Option<SizeRow>,
    /// The trades of the day; `None` without rules.
    pub trades: Option<TradesRow>,
    /// What locks the account, oldest first.
    pub lockouts: Vec<Lockout>,
    /// Why entries are switched off.
    pub run_away: Option<RunAway>,
    /// Until when no limit can be loosened.
    pub limits_locked_until: Option<Timestamp>,
    /// Whether other rules come with the next session.
    pub planned: bool,
    /// Whether no rules are there from the next session on.
    pub lifts: bool,
    /// What may still be opened, of every contract that was asked for.
    pub contracts: Vec<ContractRow>,
}

impl Engine {
    /// The compliance panel at a moment, with these contracts in it.
    #[must_use]
    pub fn panel(&self, at: Timestamp, contracts: &[ContractId]) -> Panel {
        let account = self.book.account();
        let profile = account.profile();
        let counted = self.counted();
        let open = self.unrealized_total();
        let equity = self.equity();
        let max_loss = profile.map(|profile| profile.pack().program().max_loss);
        let figures = counted.map(|it| *it.figures);
        let tomorrow =
            figures.zip(max_loss).map(|(it, rule)| rule.floor_after_day(it.start_balance, it.floor, equity));
        Panel {
            version: self.book.seq(),
            at,
            pack: profile.map(|_| Arc::clone(&self.pack_name)),
            checked_on: profile.map(|profile| profile.pack().checked_on()),
            unusable: account.unusable().map(Arc::clone),
            day: figures.map(|figures| figures.day),
            balance: self.book.balance(),
            equity,
            result: counted.map_or(Money::ZERO, |it| it.result(open)),
            worst_equity: self.worst_equity(),
            rules: self.rule_rows(),
            floor: figures.map(|figures| figures.floor),
            floor_tomorrow: tomorrow,
            size: counted.map(|_| self.size_row(at)),
            trades: profile.map(|profile| TradesRow {
                used: self.trades_used(
                    profile.personal().trades.map_or(TradeCounting::Entries, |rule| rule.counting),
                ),
                max: profile.personal().trades.map(|rule| rule.max),
                as_the_firm_counts: self.trades_used(TradeCounting::EntriesAndExits),
            }),
            lockouts: account.lockouts().to_vec(),
            run_away: account.run_away(),
            limits_locked_until: account.limits_locked_until(),
            planned: matches!(account.plan(), Some(Plan::Rules { .. })),
            lifts: account.plan() == Some(&Plan::Lift),
            contracts: contracts.iter().map(|&contract| self.contract_row(at, contract)).collect(),
        }
    }

    fn rule_rows(&self) -> Vec<RuleRow> {
        let Some(it) = self.counted() else { return Vec::new() };
        let open = self.unrealized_total();
        let losses = it.loss_lines(open).into_iter().flatten().map(|line| RuleRow {
            rule: line.rule,
            used: line.used(),
            line: line.at,
            distance: line.counted - line.at,
            level: self.level(line.rule),
            firms: line.rule != RuleId::PersonalDailyLoss,
            by_equity: line.by_equity,
            act: line.act,
        });
        let result = it.result(open);
        let goals = it.goals().into_iter().flatten().map(|goal| RuleRow {
            rule: goal.rule,
            used: Used { used: result.max(Money::ZERO), limit: goal.target },
            line: it.figures.day_start_equity + goal.target,
            distance: goal.target - result,
            level: self.level(goal.rule),
            firms: goal.rule != RuleId::PersonalDailyProfit,
            by_equity: true,
            act: goal.act,
        });
        losses.chain(goals).collect()
    }

    fn level(&self, rule: RuleId) -> Level {
        let account = self.book.account();
        let locked = account.lockouts().iter().any(|lock| lock.cause == rule);
        let warned = u8::try_from(account.warned(rule)).unwrap_or(u8::MAX);
        match warned {
            _ if locked || account.is_broken(rule) => Level::Reached,
            0 => Level::Fine,
            _ => Level::Warned(warned),
        }
    }

    fn size_row(&self, at: Timestamp) -> SizeRow {
        let Some(contract) = self.terms.iter().next().map(|(id, _)| id) else {
            return SizeRow { in_use: Minis::ZERO, limit: Minis::ZERO, by_balance: None };
        };
        self.with_standing(at, &one(contract, Side::Buy), |standing| {
            let size = standing.rules.standing().map(|rules| rules.size.clone());
            let caps =
                size.iter().flat_map(|size| [Some(size.firm), size.own]).chain([self.limits.position_max]);
            SizeRow {
                in_use: self.book.worst_total(),
                limit: caps.flatten().min().unwrap_or(Minis::ZERO),
                by_balance: size.as_ref().and_then(|size| size.by_balance),
            }
        })
    }

    fn contract_row(&self, at: Timestamp, contract: ContractId) -> ContractRow {
        let refusal = |side| self.verdict(at, &one(contract, side)).err();
        let (no_buy, no_sell) = (refusal(Side::Buy), refusal(Side::Sell));
        let allowed = |side, refused: bool| {
            if refused {
                return 0;
            }
            self.with_standing(at, &one(contract, side), |it: &Standing<'_>| {
                contracts_allowed(&self.limits, it, side)
            })
        };
        let times = self.times_of(contract, at);
        ContractRow {
            contract,
            buy: allowed(Side::Buy, no_buy.is_some()),
            sell: allowed(Side::Sell, no_sell.is_some()),
            reason: no_buy.map(|refusal| refusal.reason().to_owned()),
            flatten_at: times.and_then(|times| times.flatten_at).filter(|by| *by > at),
            flat_by: times.and_then(|times| times.flat_by),
        }
    }

    /// What the clock allows for a contract, for people to read; `None` without rules.
    #[must_use]
    pub fn hours_now(&self, at: Timestamp, contract: ContractId) -> Option<Hours> {
        let (book, profile) = (self.rulebook.as_deref()?, self.book.account().profile()?);
        Some(self.hours(book, profile, contract, at))
    }
}

/// One contract at the market.
fn one(contract: ContractId, side: Side) -> OrderRequest {
    let (kind, bracket) = (OrderKind::Market, phantom_model::Bracket::NONE);
    OrderRequest { contract, side, qty: Qty::ONE, kind, bracket, guard: Guard::NONE }
}
