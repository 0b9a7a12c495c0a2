//! Stops that the venue places for the desk's phantoms: shadows while the desk is away, disaster stops
//! all the time. Never more than the position that they close.

use phantom_bridge::RefusalCode;
use phantom_bridge::body::{Answer, OrderRole, Row};
use phantom_bridge::command::{ARMED_MAX, Arm, Armed as ArmedAnswer, Disarm, PlaceTif};
use phantom_bridge::text::{Amount, Contracts, Id, PlatformId};
use phantom_model::{ContractId, OrderKind, Qty, Side, Timestamp};

use super::Venue;
use super::commands::Refused;
use super::orders::{Held, Terms};
use crate::books::{Entry, closes, exited};

/// A phantom that is protected, and how many stops it has had.
#[derive(Clone, Debug)]
pub(super) struct Armed {
    pub(super) arm: Arm,
    stops: u32,
    /// Contracts that its exits and stops had filled when it was armed.
    done_before: i64,
}

impl Armed {
    /// Contracts of it that nothing has closed and nothing that may still fill will close, stops apart.
    fn left(&self, orders: &[Held]) -> i64 {
        let done = exited(orders.iter().map(|it| &it.order), &self.arm.exit_id) - self.done_before;
        let leaving = orders.iter().filter(|it| it.is_live() && it.order.role.is_none());
        let leaving = leaving.filter(|it| closes(&it.order, &self.arm.exit_id));
        let leaving: i64 = leaving.map(|it| it.order.qty.get() - it.order.filled.get()).sum();
        self.arm.qty.get() - done - leaving
    }
}

impl Venue {
    pub(super) fn arm(&mut self, now: Timestamp, arm: Arm) -> Result<Answer, Refused> {
        let known = self.armed.iter().position(|it| it.arm.phantom == arm.phantom);
        if known.is_none() && self.armed.len() >= ARMED_MAX {
            return Err((RefusalCode::TooMany, None));
        }
        if arm.env != self.settings.env {
            return Err((RefusalCode::WrongEnv, None));
        }
        let contract = self.contract_named(arm.root.as_str(), arm.month, arm.year);
        let grid = contract.and_then(|contract| self.traded_as(contract)).map(|traded| *traded.grid());
        let grid = grid.ok_or((RefusalCode::UnknownInstrument, None))?;
        let is_price = |price: &Amount| price.on(&grid).is_ok();
        if !is_price(&arm.stop) || !arm.disaster.as_ref().is_none_or(is_price) {
            return Err((RefusalCode::BadPrice, None));
        }
        self.books.note(&Entry::Armed(arm.clone()));
        let done_before = exited(self.orders.iter().map(|it| &it.order), &arm.exit_id);
        match known.and_then(|at| self.armed.get_mut(at)) {
            Some(it) => (it.done_before, it.arm) = (done_before, arm),
            // Armed before, perhaps: the ids of its stops go on.
            None => self.remember_armed(arm, done_before),
        }
        if let Some(contract) = contract {
            self.fit_protection(now, contract);
        }
        Ok(self.armed_answer())
    }

    pub(super) fn disarm(&mut self, now: Timestamp, it: &Disarm) -> Result<Answer, Refused> {
        let (gone, kept): (Vec<Armed>, Vec<Armed>) =
            std::mem::take(&mut self.armed).into_iter().partition(|armed| it.names(&armed.arm.phantom));
        self.armed = kept;
        if gone.is_empty() && it.phantom.is_some() {
            return Err((RefusalCode::NoSuchPhantom, None));
        }
        for it in gone {
            self.books.note(&Entry::Disarmed(it.arm.phantom.clone()));
            self.cancel_stops(now, &it.arm.exit_id, None);
        }
        Ok(self.armed_answer())
    }

    fn armed_answer(&self) -> Answer {
        let digest = self.digest();
        PlatformId::try_from(digest.as_str())
            .map_or_else(|_| Answer::of(&()), |digest| Answer::of(&ArmedAnswer { digest }))
    }

    /// What was armed before the venue was started again.
    pub(super) fn remember_armed(&mut self, arm: Arm, done_before: i64) {
        let prefix = format!("{}.", arm.exit_id);
        let had = self.by_client.keys().filter(|id| id.as_str().starts_with(&prefix)).count();
        self.armed.push(Armed { arm, stops: u32::try_from(had).unwrap_or(u32::MAX), done_before });
    }

    /// The client has been silent for long enough: a native stop for each phantom that has none.
    pub fn place_shadows(&mut self, now: Timestamp) {
        if self.is_attended {
            return;
        }
        for at in 0..self.armed.len() {
            let Some(arm) = self.armed.get(at).map(|it| it.arm.clone()) else { continue };
            let stop = arm.stop.clone();
            self.place_stop(now, at, &arm, OrderRole::Shadow, &stop);
        }
    }

    /// Live stops of a phantom.
    fn stops_of(&self, exit_id: &Id, role: Option<OrderRole>) -> Vec<usize> {
        let prefix = format!("{exit_id}.");
        let is_its = |at: &usize| {
            self.orders.get(*at).is_some_and(|held| {
                let order = &held.order;
                held.is_live()
                    && order.role.is_some()
                    && role.is_none_or(|role| order.role == Some(role))
                    && order.client_id.as_ref().is_some_and(|id| id.as_str().starts_with(&prefix))
            })
        };
        (0..self.orders.len()).filter(is_its).collect()
    }

    /// Contracts that a stop of this role may close besides those that stand.
    fn room(&self, contract: ContractId, side: Side, role: OrderRole) -> i64 {
        let held = self.broker.position(contract);
        if held.side() != Some(side.opposite()) {
            return 0;
        }
        let standing: i64 = self
            .orders
            .iter()
            .filter(|it| it.contract == contract && it.is_live() && it.order.role == Some(role))
            .map(|it| it.order.qty.get() - it.order.filled.get())
            .sum();
        i64::try_from(held.size()).unwrap_or(i64::MAX) - standing
    }

    fn place_stop(&mut self, now: Timestamp, at: usize, arm: &Arm, role: OrderRole, level: &Amount) {
        let Some(contract) = self.contract_named(arm.root.as_str(), arm.month, arm.year) else { return };
        let side = Side::from(arm.side);
        let left = self.armed.get(at).map_or(0, |it| it.left(&self.orders));
        let most = self.room(contract, side, role).min(left);
        let stands = !self.stops_of(&arm.exit_id, Some(role)).is_empty();
        let qty = u32::try_from(most).ok().and_then(Qty::new).filter(|_| !stands);
        let stop = self.traded_as(contract).and_then(|traded| level.on(traded.grid()).ok());
        let (Some(qty), Some(stop)) = (qty, stop) else { return };
        let letter = match role {
            OrderRole::Shadow => 's',
            OrderRole::Disaster => 'd',
        };
        let Some(armed) = self.armed.get_mut(at) else { return };
        armed.stops += 1;
        let Ok(id) = Id::try_from(format!("{}.{letter}{}", arm.exit_id, armed.stops)) else { return };
        let terms = Terms {
            client_id: Some(id),
            contract,
            side,
            qty,
            kind: OrderKind::Market,
            stop: Some(stop),
            tif: PlaceTif::Gtc,
            role: Some(role),
        };
        if let Err((code, _)) = self.send_new(now, &terms) {
            tracing::error!(?code, phantom = %arm.phantom, "a stop for a phantom could not be placed");
        }
    }

    /// Keeps the stops of a contract within its position, and places disaster stops that are missing.
    pub(super) fn fit_protection(&mut self, now: Timestamp, contract: ContractId) {
        for role in [OrderRole::Shadow, OrderRole::Disaster] {
            self.shrink(now, contract, role);
        }
        for at in 0..self.armed.len() {
            let Some(arm) = self.armed.get(at).map(|it| it.arm.clone()) else { continue };
            if self.contract_named(arm.root.as_str(), arm.month, arm.year) != Some(contract) {
                continue;
            }
            if let Some(level) = arm.disaster.clone() {
                self.place_stop(now, at, &arm, OrderRole::Disaster, &level);
            } else {
                self.cancel_stops(now, &arm.exit_id, Some(OrderRole::Disaster));
            }
        }
    }

    fn cancel_stops(&mut self, now: Timestamp, exit_id: &Id, role: Option<OrderRole>) {
        for at in self.stops_of(exit_id, role) {
            self.cancel_at(now, at);
        }
    }

    /// The newest stops give way first.
    fn shrink(&mut self, now: Timestamp, contract: ContractId, role: OrderRole) {
        for at in (0..self.orders.len()).rev() {
            let Some(held) = self.orders.get(at) else { continue };
            if held.contract != contract || !held.is_live() || held.order.role != Some(role) {
                continue;
            }
            let beyond = -self.room(contract, held.order.side.into(), role);
            let rest = held.order.qty.get() - held.order.filled.get();
            // What has triggered is at the market: it is asked back whole or let be.
            if beyond <= 0 || held.stop.is_none() {
                continue;
            }
            if beyond >= rest {
                self.cancel_at(now, at);
            } else if let Some(held) = self.orders.get_mut(at) {
                held.order.qty = Contracts::clamped(held.order.qty.get() - beyond);
                held.order.changed = true;
                let said = held.order.clone();
                self.books.note(&Entry::Order(said.clone()));
                self.event(now, Row::Order(said), false);
            }
        }
    }
}
