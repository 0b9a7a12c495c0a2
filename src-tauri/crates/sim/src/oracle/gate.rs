//! The gate, once more and in the plainest way: what must the answer to a ticket be?

use phantom_compliance::{OrderRequest, Refusal, ShortSelling};
use phantom_engine::fact::Purpose;
use phantom_model::{BrokerReport, ContractId, ContractStanding, OrderId, OrderKind, Side};

use super::Oracle;
use super::facts::Submitted;
use super::rows::Guard;
use crate::invariants::Invariant;

/// What the gate must answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expected {
    /// It opens or adds.
    Opens,
    /// It closes.
    Closes,
    /// It is refused for this reason.
    Refused(&'static str),
    /// It closes, or is refused: how much may still be closed hangs on which lots the reductions under
    /// way will consume.
    ClosesOr(&'static str),
    /// It is refused for one of these, for the same uncertainty.
    Either([&'static str; 2]),
}

impl Oracle {
    pub(super) fn expect(&self, request: &OrderRequest) -> Expected {
        if let Some(reason) = self.wrong_bracket(request) {
            return Expected::Refused(reason);
        }
        let net = self.contracts.at(request.contract).net;
        let against = net != 0 && (net > 0) != (request.side == Side::Buy);
        let halt = self.halt_reason(request.contract);
        if against {
            let (least, most) = self.left_to_close(request.contract);
            let wanted = u64::from(request.qty.contracts());
            let crosses = halt.unwrap_or("would_cross_zero");
            if wanted > most {
                return Expected::Refused(crosses);
            }
            let closes = request.bracket.is_none() && request.guard.is_none();
            return match (wanted <= least, closes) {
                (true, true) => Expected::Closes,
                (true, false) => Expected::Refused("bracket_on_exit"),
                (false, true) => Expected::ClosesOr(crosses),
                (false, false) => Expected::Either(["bracket_on_exit", crosses]),
            };
        }
        let refusal = halt
            .or_else(|| self.wrong_direction(request))
            .or_else(|| self.wrong_contract(request.contract))
            .or_else(|| self.too_large(request));
        refusal.map_or(Expected::Opens, Expected::Refused)
    }

    fn wrong_bracket(&self, request: &OrderRequest) -> Option<&'static str> {
        let reference = match request.kind {
            OrderKind::Limit(price) => Some(price.ticks()),
            OrderKind::Market => self.contracts.at(request.contract).last,
        };
        let sign = request.side.sign();
        let ahead = |price: phantom_model::Price| reference.map(|it| (price.ticks() - it) * sign);
        let bracket = request.bracket;
        if bracket.stop.is_some_and(|stop| ahead(stop).is_none_or(|ticks| ticks >= 0)) {
            Some("stop_wrong_side")
        } else if bracket.target.is_some_and(|target| ahead(target).is_none_or(|ticks| ticks <= 0)) {
            Some("target_wrong_side")
        } else {
            None
        }
    }

    pub(super) fn halt_reason(&self, contract: ContractId) -> Option<&'static str> {
        if self.halt.killed {
            Some("killed")
        } else if self.halt.locked_out {
            Some("locked_out")
        } else if self.halt.flattening {
            Some("flattening")
        } else if self.halt.not_connected {
            Some("not_connected")
        } else if self.halt.reconciling {
            Some("reconciling")
        } else if self.halt.journal_lost {
            Some("journal_lost")
        } else if self.halt.latched || self.contracts.at(contract).latched {
            Some("latched")
        } else {
            None
        }
    }

    /// How much may still be closed: at least, at most. Lots that have fired and wait are about to
    /// leave; reductions under way may cover them or may cover others.
    fn left_to_close(&self, contract: ContractId) -> (u64, u64) {
        let closable = self.contracts.at(contract).closable();
        let left = closable.saturating_sub(self.exit_leaves(contract));
        let lots = self.contracts.at(contract).lots.iter().filter_map(|&lot| self.lot(lot));
        let waiting: u64 = lots
            .filter(|lot| matches!(lot.guard, Guard::Exiting(_)))
            .map(|lot| u64::from(lot.open.saturating_sub(self.lot_exit_leaves(lot))))
            .sum();
        let reductions = self.live(contract).filter(|order| order.is_reduction());
        let covered: u64 = reductions.map(|order| u64::from(order.leaves())).sum();
        (left.saturating_sub(waiting), left.saturating_sub(waiting.saturating_sub(covered)))
    }

    fn wrong_direction(&self, request: &OrderRequest) -> Option<&'static str> {
        if self.entry_leaves(request.contract, request.side.opposite()) > 0 {
            return Some("opposite_entry_working");
        }
        let short_off = self.limits.short_selling == ShortSelling::Off;
        (request.side == Side::Sell && short_off).then_some("short_selling_off")
    }

    /// Why nothing opens in the contract.
    pub(super) fn wrong_contract(&self, contract: ContractId) -> Option<&'static str> {
        match self.contracts.at(contract).listed[1] {
            ContractStanding::Current | ContractStanding::RolledAway | ContractStanding::LastDay => None,
            ContractStanding::Expired => Some("contract_expired"),
            ContractStanding::OtherTerms => Some("instrument_changed"),
        }
    }

    fn too_large(&self, request: &OrderRequest) -> Option<&'static str> {
        let qty = i64::from(request.qty.contracts());
        let wanted = self.weight(request.contract) * qty;
        if self.limits.order_max.is_some_and(|limit| wanted > limit.thousandths()) {
            return Some("order_size");
        }
        let limit = self.limits.position_max?.thousandths();
        (self.worst_with(request.contract, request.side, qty) > limit).then_some("position_limit")
    }

    /// The size of one contract in thousandths of a mini.
    fn weight(&self, contract: ContractId) -> i64 {
        self.terms.at(contract).weight.thousandths()
    }

    /// The account's worst case once this much more may fill here, in thousandths of a mini: every
    /// live entry fills and no exit does.
    pub(super) fn worst_with(&self, contract: ContractId, side: Side, qty: i64) -> i64 {
        let elsewhere: i64 = self
            .contracts
            .iter()
            .filter(|(other, _)| *other != contract)
            .map(|(other, row)| self.worst_of(other, row.net))
            .sum();
        let leaves = i64::try_from(self.entry_leaves(contract, side)).unwrap_or(i64::MAX);
        let net = self.contracts.at(contract).net;
        elsewhere + self.weight(contract) * (net.abs() + leaves + qty)
    }

    fn worst_of(&self, contract: ContractId, net: i64) -> i64 {
        let leaves = |side| i64::try_from(self.entry_leaves(contract, side)).unwrap_or(i64::MAX);
        let long = net + leaves(Side::Buy);
        let short = net - leaves(Side::Sell);
        self.weight(contract) * net.abs().max(long.abs()).max(short.abs())
    }

    /// The desk has refused a ticket.
    pub(super) fn rejected(&mut self, order: OrderId, refusal: &Refusal) {
        self.refused += 1;
        self.rejected.insert(order);
        let given = refusal.reason();
        let Some(expected) = self.expected.take() else {
            self.broken(Invariant::I31, || format!("{order} refused, and nobody asked for it"));
            return;
        };
        let same = match expected {
            Expected::Refused("unreadable") => true,
            Expected::Refused(reason) | Expected::ClosesOr(reason) => reason == given,
            Expected::Either(reasons) => reasons.contains(&given),
            Expected::Opens | Expected::Closes => false,
        };
        let closes = expected == Expected::Closes;
        let words = || format!("{order} refused for {given}; expected {expected:?}: {refusal}");
        self.check(Invariant::I33, !closes, words);
        self.check(Invariant::I31, same, words);
        if self.by_signal {
            self.check(Invariant::I50, same, words);
        }
    }

    /// The desk has taken a ticket, or acts by itself.
    pub(super) fn answered_by_gate(&mut self, it: &Submitted) {
        if !matches!(it.order, OrderId::Ticket(_)) {
            return;
        }
        let id = it.order;
        let Some(expected) = self.expected.take() else {
            self.broken(Invariant::I31, || format!("{id} was submitted, and nobody asked for it"));
            return;
        };
        let opens = matches!(it.purpose, Purpose::Entry(_));
        let same = match expected {
            Expected::Opens => opens,
            Expected::Closes | Expected::ClosesOr(_) => !opens,
            Expected::Either(_) => false,
            Expected::Refused(reason) => {
                let limit = matches!(reason, "position_limit" | "order_size");
                let halted = matches!(
                    reason,
                    "killed" | "locked_out" | "flattening" | "not_connected" | "reconciling" | "latched"
                );
                self.check(Invariant::I06, !limit, || format!("{id} left although {reason} forbids it"));
                self.check(Invariant::I32, !halted, || format!("{id} left although {reason}"));
                false
            }
        };
        let words = || format!("{id} was let through; expected {expected:?}");
        self.check(Invariant::I31, same, words);
        if self.by_signal {
            self.check(Invariant::I50, same, words);
        }
    }

    /// An opening order is released: the worst case must hold in this very state.
    pub(super) fn opening_released(&mut self, it: &Submitted) {
        let id = it.order;
        let qty = i64::from(it.qty);
        if let Some(limit) = self.limits.position_max {
            let worst = self.worst_with(it.contract, it.side, qty);
            self.check(Invariant::I06, worst <= limit.thousandths(), || {
                format!("{id} brings the worst case to {worst} of {} thousandths", limit.thousandths())
            });
        }
        if let Some(limit) = self.limits.order_max {
            let size = self.weight(it.contract) * qty;
            self.check(Invariant::I07, size <= limit.thousandths(), || format!("{id} has size {size}"));
        }
        let halt = self.halt_reason(it.contract).or_else(|| self.wrong_contract(it.contract));
        self.check(Invariant::I32, halt.is_none(), || format!("{id} opens while {halt:?}"));
        let whole = !self.halt.reconciling && !self.halt.not_connected;
        self.check(Invariant::I40, whole, || format!("{id} opens before the broker's account is known"));
        let foreign =
            matches!(self.last_report, Some(BrokerReport::ForeignFill(_))) && self.expected.is_some();
        self.check(Invariant::I44, !foreign, || format!("{id} opens because of a trade that is not ours"));
    }
}
