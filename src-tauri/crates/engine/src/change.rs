//! Changes of working orders: quantity, limit, or both.
//!
//! The proof that new terms may leave is the gate's, as for a new order. While the broker has not
//! answered, the order counts with the larger quantity; a fill that comes first is applied, and what is
//! left under the new terms is never below nothing.

use phantom_compliance::{
    ChangeRequest, OrderChange, OrderRequest, Refusal, Unchangeable, WorkingAim, WorkingOrder, can_change,
};
use phantom_model::{Bracket, Guard, OrderId, OrderKind, Price, Qty, Timestamp};

use crate::book::{Cancelling, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{FactBody, Purpose};
use crate::input::Origin;
use crate::outcome::Request;

impl Engine {
    /// Asks the broker for new terms, or records why not. Nothing for an id that was never given.
    pub(crate) fn change(
        &mut self,
        now: &mut Now<'_>,
        order: OrderId,
        change: Result<ChangeRequest, Box<Refusal>>,
        origin: Origin,
    ) {
        let Some(key) = self.book.find(order) else { return };
        let permitted = change.and_then(|change| self.permit_change(now.at, key, change).map_err(Box::new));
        match permitted {
            Ok(change) => {
                let (qty, limit) = (change.qty(), change.limit());
                self.emit(now, FactBody::ChangeAsked { order, qty, limit, origin });
                self.expect_answer(now, key);
                now.request(Request::Change(change));
            }
            Err(refusal) => self.emit(now, FactBody::ChangeRejected { order, refusal, origin }),
        }
    }

    /// The gate's answer for a change that is not sent.
    ///
    /// # Errors
    /// The refusal that the change would get now.
    pub(crate) fn permit_change(
        &self,
        at: Timestamp,
        key: OrderKey,
        change: ChangeRequest,
    ) -> Result<OrderChange, Refusal> {
        let row = self.book.orders().at(key);
        let aim = match row.purpose {
            Purpose::Entry(bracket) => WorkingAim::Opens(bracket),
            Purpose::Reduction => WorkingAim::Closes,
            Purpose::LotExit { .. } | Purpose::DisasterStop { .. } | Purpose::Flatten(_) => {
                return Err(Refusal::Unchangeable(Unchangeable::OwnExit));
            }
            Purpose::Outside => return Err(Refusal::Unchangeable(Unchangeable::NotOurs)),
        };
        if !row.is_live() {
            return Err(Refusal::Unchangeable(Unchangeable::NotWorking));
        }
        if row.cancelling == Cancelling::Asked {
            return Err(Refusal::Unchangeable(Unchangeable::CancelUnderWay));
        }
        if self.book.change_of(key).is_some() {
            return Err(Refusal::Unchangeable(Unchangeable::ChangeUnderWay));
        }
        if row.unknown {
            return Err(Refusal::Unchangeable(Unchangeable::Unknown));
        }
        let order = WorkingOrder {
            id: row.id,
            contract: row.contract,
            side: row.side,
            qty: row.qty,
            filled: row.done(),
            kind: row.kind,
            aim,
        };
        let kind = change.limit.map_or(row.kind, OrderKind::Limit);
        let (contract, side, qty) = (row.contract, row.side, change.qty.unwrap_or(row.qty));
        let request = OrderRequest { contract, side, qty, kind, bracket: Bracket::NONE, guard: Guard::NONE };
        self.with_standing(at, &request, |standing| can_change(&self.limits, standing, &order, &change))
    }

    /// The broker says on which terms the order works. Its word counts whether or not we asked, and
    /// what works now is what the answer says, not what was asked for.
    pub(crate) fn changed(&mut self, now: &mut Now<'_>, key: OrderKey, qty: Qty, limit: Price) {
        let row = self.book.orders().at(key);
        let (order, contract, old_qty) = (row.id, row.contract, row.qty);
        if !row.status.is_live() {
            // The fill or the end that it crossed has been told already.
            return;
        }
        let is_news = (qty, OrderKind::Limit(limit)) != (old_qty, row.kind);
        if !is_news && self.book.change_of(key).is_none() {
            return;
        }
        self.emit(now, FactBody::OrderChanged { order, qty, limit });
        self.close_if_done(now, key);
        self.make_exits_fit(now, contract);
        self.settle(now, contract);
    }

    /// The old terms hold. Why is not known: the fill may be on its way, or the order unknown. Ask.
    pub(crate) fn change_refused(&mut self, now: &mut Now<'_>, key: OrderKey) {
        if self.book.change_of(key).is_none() {
            return;
        }
        let row = self.book.orders().at(key);
        let (order, contract) = (row.id, row.contract);
        self.emit(now, FactBody::ChangeRefused { order });
        if self.book.orders().at(key).status.is_live() {
            now.request(Request::Query(order));
        }
        self.close_if_done(now, key);
        self.settle(now, contract);
    }
}
