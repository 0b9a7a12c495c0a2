//! Commands: place and cancel.

use phantom_compliance::{OrderRequest, Outbound, Permit, Refusal, can_submit};
use phantom_model::{Guard, OrderId};

use crate::book::{Cancelling, OrderKey};
use crate::engine::{Engine, Now};
use crate::fact::{Asked, FactBody, Purpose};
use crate::input::{Intake, Origin};
use crate::judgement::{Inputs, Judgement};
use crate::outcome::Request;
use crate::rule_fact::RuleFact;

impl Engine {
    /// Places an order, or records why not.
    pub(crate) fn place(&mut self, now: &mut Now<'_>, intake: Intake, origin: Origin) {
        let order = self.book.next_ticket();
        let request = match intake {
            Intake::Read(request) => request,
            Intake::Refused(refused) => {
                let (ticket, refusal) = *refused;
                let what = Box::new((Asked::Ticket(ticket), refusal));
                self.emit(now, FactBody::OrderRejected { order, what, origin });
                self.judge_rates(now);
                return;
            }
        };
        let (outbound, purpose) = match self.permit(now, order, &request) {
            Ok(Permit::Opening(approved)) => (Outbound::Opening(approved), Purpose::Entry(request.bracket)),
            Ok(Permit::Reducing(exit)) => (Outbound::Exit(exit), Purpose::Reduction),
            Err(refusal) => {
                let what = Box::new((Asked::Request(request), refusal));
                self.emit(now, FactBody::OrderRejected { order, what, origin });
                self.judge_rates(now);
                return;
            }
        };
        self.submit_guarded(now, outbound, (purpose, request.guard), Some(origin), Request::Submit);
        self.judge_rates(now);
    }

    /// The gate's answer in this state. Under rules the verdict is recorded with all that it was given.
    fn permit(
        &mut self,
        now: &mut Now<'_>,
        order: OrderId,
        request: &OrderRequest,
    ) -> Result<Permit, Refusal> {
        self.keep_hours(request.contract, now.at);
        let (limits, version) = (self.limits, self.book.seq());
        let (answer, judgement) = self.with_standing(now.at, request, |standing| {
            let answer = can_submit(&limits, standing, order, request);
            let judgement = standing.rules.standing().map(|_| {
                let reason = answer.as_ref().err().map(|refusal| refusal.reason().to_owned());
                let inputs = Inputs::of(standing);
                Box::new(Judgement { version, request: *request, limits, inputs, reason })
            });
            (answer, judgement)
        });
        if let Some(judgement) = judgement {
            self.rule(now, RuleFact::Judged { order, judgement });
        }
        answer
    }

    /// Records an order and asks for it to be sent.
    pub(crate) fn submit(
        &mut self,
        now: &mut Now<'_>,
        outbound: Outbound,
        purpose: Purpose,
        origin: Option<Origin>,
        way: impl FnOnce(Outbound) -> Request,
    ) {
        self.submit_guarded(now, outbound, (purpose, Guard::NONE), origin, way);
    }

    fn submit_guarded(
        &mut self,
        now: &mut Now<'_>,
        outbound: Outbound,
        (purpose, guard): (Purpose, Guard),
        origin: Option<Origin>,
        way: impl FnOnce(Outbound) -> Request,
    ) {
        let key = self.book.orders().next_key();
        let body = FactBody::OrderSubmitted {
            order: outbound.id(),
            contract: outbound.contract(),
            side: outbound.side(),
            qty: outbound.qty(),
            kind: outbound.kind(),
            purpose,
            guard,
            origin,
        };
        self.emit(now, body);
        self.expect_answer(now, key);
        now.request(way(outbound));
    }

    /// Takes an order out of the market, if it can still be in it.
    pub(crate) fn cancel(&mut self, now: &mut Now<'_>, order: OrderId) {
        if let Some(key) = self.book.find(order) {
            self.request_cancel(now, key);
        }
    }

    /// Asks the broker to cancel, once.
    pub(crate) fn request_cancel(&mut self, now: &mut Now<'_>, key: OrderKey) {
        let order = self.book.orders().at(key);
        if !order.is_live() || order.cancelling == Cancelling::Asked {
            return;
        }
        let id = order.id;
        self.emit(now, FactBody::CancelRequested { order: id });
        self.expect_answer(now, key);
        now.request(Request::Cancel(id));
    }
}
