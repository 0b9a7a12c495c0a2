//! The verdict on an order before it is sent: the answer of the gate, what to see beside it, what it can
//! lose, and what would still be allowed.

use phantom_compliance::{
    OrderRequest, Permit, Refusal, RuleId, Warning, can_submit_warned, contracts_allowed,
};
use phantom_model::{Money, Side, Timestamp};

use crate::engine::Engine;

/// What an order that the gate lets through does to the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// It opens or adds.
    Opens,
    /// It only closes.
    Reduces,
}

/// What an order can lose: it and everything that works is filled, and then every stop is hit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorstCase {
    /// What this order loses of it, slippage and fees in it.
    pub loss: Money,
    /// The equity that is left then.
    pub equity: Money,
    /// What is left of each limit then; below zero where it is broken.
    pub left: Vec<(RuleId, Money)>,
}

/// The answer to an order that is not sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What it would do, or why it may not leave.
    pub answer: Result<Aim, Box<Refusal>>,
    /// What does not stop it but should be seen.
    pub warnings: Vec<Warning>,
    /// What it can lose; `None` without rules, and for an order that only closes.
    pub worst: Option<WorstCase>,
    /// Contracts that a buy may still have, as far as sizes go.
    pub buy: u64,
    /// Contracts that a sell may still have, as far as sizes go.
    pub sell: u64,
    /// The number of the last fact that it knows.
    pub version: u64,
}

impl Engine {
    /// The verdict on an order at a time of the market.
    #[must_use]
    pub fn judge(&self, at: Timestamp, request: &OrderRequest) -> Verdict {
        let id = self.book().next_ticket();
        let mut warnings = Vec::new();
        self.with_standing(at, request, |standing| {
            let permit =
                can_submit_warned(&self.limits, standing, id, request, &mut |warning| warnings.push(warning));
            let answer = match permit {
                Ok(Permit::Opening(_)) => Ok(Aim::Opens),
                Ok(Permit::Reducing(_)) => Ok(Aim::Reduces),
                Err(refusal) => Err(Box::new(refusal)),
            };
            let worst = standing.rules.standing().map(|rules| {
                let losses = &rules.losses;
                let qty = i64::from(request.qty.contracts());
                let loss = losses.costs.loss(request, qty, standing.last_trade);
                let equity = losses.worst_equity - loss;
                let left = losses.lines.iter().flatten().map(|line| (line.rule, equity - line.at)).collect();
                WorstCase { loss, equity, left }
            });
            let allowed = |side: Side| contracts_allowed(&self.limits, standing, side);
            let version = self.book().seq();
            let warnings = std::mem::take(&mut warnings);
            Verdict { answer, warnings, worst, buy: allowed(Side::Buy), sell: allowed(Side::Sell), version }
        })
    }
}
