//! Messages, as they are handed to the connection: each must have been recorded, exactly so, and
//! goes out once.

use phantom_broker::{Message, SendEnd};
use phantom_compliance::Outbound;
use phantom_model::OrderId;

use super::Oracle;
use super::rows::{Cancel, Track};
use crate::invariants::Invariant;
use crate::tape::TruthFill;

/// How often a send that surely failed is tried before it is given up.
const TRIES: u32 = 4;

impl Oracle {
    pub(super) fn sent(&mut self, message: &Message, end: SendEnd) {
        match message {
            Message::Submit(order) | Message::NativeClose(order) => self.order_sent(order, end),
            Message::Cancel(order) => self.cancel_sent(*order, end),
            // A question about the account changes nothing.
            Message::Snapshot(_) => {}
            Message::Change(change) => {
                if let Some(track) = self.orders.get_mut(&change.id()) {
                    track.change_not_sent += u32::from(matches!(end, SendEnd::SurelyNotSent(_)));
                }
            }
            Message::Query(order) => {
                let now = self.now;
                if let Some(track) = self.orders.get_mut(order) {
                    track.asked_at = now;
                }
                let known = self.orders.contains_key(order);
                self.check(Invariant::I25, known, || {
                    format!("asked about {order}, which was never recorded")
                });
            }
        }
    }

    fn order_sent(&mut self, order: &Outbound, end: SendEnd) {
        let id = order.id();
        if matches!(order, Outbound::Exit(_)) {
            self.exit_sent(order);
        }
        let intent =
            self.orders.get(&id).map(|it| (it.contract, it.side, it.submitted_as.0, it.submitted_as.1));
        let sent = (order.contract(), order.side(), order.qty().contracts(), order.kind());
        self.check(Invariant::I25, intent == Some(sent), || {
            format!("{id} sent as {sent:?}, recorded as {intent:?}")
        });
        let Some(track) = self.orders.get_mut(&id) else { return };
        let (again, withdrawn) = (track.left, track.withdrawn);
        let failed = matches!(end, SendEnd::SurelyNotSent(_));
        track.left |= !failed;
        track.not_sent += u32::from(failed);
        let given_up = track.not_sent >= TRIES && !track.left;
        self.check(Invariant::I24, !withdrawn, || {
            format!("{id} is sent, and was called failed as never sent")
        });
        self.check(Invariant::I24, !again, || format!("{id} is sent again after it may have left"));
        if given_up {
            self.never_sent(id);
        }
    }

    /// What leaves as an exit must fit into the position together with every other, recorded or not.
    fn exit_sent(&mut self, order: &Outbound) {
        let (id, qty) = (order.id(), order.qty().contracts());
        let recorded = self.orders.get(&id).map_or(0, Track::leaves);
        let beyond = u64::from(qty.saturating_sub(recorded));
        if let OrderId::LotExit { lot, .. } = id
            && recorded == 0
            && let Some(row) = self.lot(lot)
        {
            let (open, out) = (row.open, self.lot_exit_leaves(row));
            self.check(Invariant::I11, out + qty <= open, || {
                format!("{id} leaves for {qty} of lot {lot:?}; {out} of {open} are on their way already")
            });
        }
        if let OrderId::LotExit { lot, .. } = id
            && recorded > 0
        {
            self.check(Invariant::I19, beyond == 0, || {
                format!("{id} leaves for {qty}; lot {lot:?} was armed for {recorded}")
            });
        }
        let out = self.exit_leaves(order.contract());
        let (net, closable) =
            (self.contracts.at(order.contract()).net, self.contracts.at(order.contract()).closable());
        let fits = beyond == 0 || out + beyond <= closable;
        self.check(Invariant::I10, fits, || {
            format!("{id} leaves for {qty}; exits for {out} are recorded, the position is {net}")
        });
    }

    fn cancel_sent(&mut self, id: OrderId, end: SendEnd) {
        let (now, back_at) = (self.now, self.back_at);
        let Some(track) = self.orders.get_mut(&id) else {
            self.broken(Invariant::I25, || format!("cancel of {id}, which was never recorded"));
            return;
        };
        track.cancel_not_sent += u32::from(matches!(end, SendEnd::SurelyNotSent(_)));
        let given_up = track.cancel_not_sent >= TRIES;
        // A repeated try may come after the answer to another cancel of the same order.
        let asked = track.cancel != Cancel::No || !track.status.is_live() || track.cancel_not_sent > 0;
        // What became due while the desk was away is recorded before the first report, and sent after it.
        let asked = asked || now == back_at;
        self.check(Invariant::I25, asked, || format!("cancel of {id} was never asked for"));
        if given_up {
            self.cancel_never_sent(id);
        }
    }

    /// An exit that fills at the exchange must not turn the account: unless the broker has lied about
    /// the contract, no order of events may lead there.
    pub(super) fn i13_no_exit_turns_the_position(&mut self, truth: &TruthFill) {
        if !truth.is_exit || self.contracts.at(truth.contract).lied {
            return;
        }
        let (before, after) = truth.position;
        let closes = after.abs() < before.abs() && (after == 0 || (after > 0) == (before > 0));
        self.check(Invariant::I13, closes, || {
            format!("the exit {} took the account from {before} to {after}", truth.order)
        });
    }
}
