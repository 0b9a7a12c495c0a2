//! How fast orders come: the same order twice, too many messages, orders that run away.

use phantom_compliance::pack::{Share, Throttle};
use phantom_compliance::rule_standing::Rates;
use phantom_compliance::{OrderRequest, Profile, RunAway};
use phantom_model::{OrderId, OrderKind, Timestamp};

use crate::engine::{Engine, Now};
use crate::fact::Alarm;
use crate::rule_fact::RuleFact;

/// Messages in a second and in a minute where the firm says nothing.
const PER_SECOND: u32 = 10;
const PER_MINUTE: u32 = 120;
/// The share that entries leave to exits then, in ten-thousandths.
const EXITS_RESERVE: u32 = 5_000;

impl Engine {
    pub(crate) fn rates(&self, profile: &Profile, at: Timestamp, request: &OrderRequest) -> Rates {
        let (second, minute) = self.book.account().messages(at);
        let firm = profile.pack().firm().throttle;
        let (per_second, per_minute, reserve) = match firm {
            Some(Throttle { per_second, per_minute, exits_reserve }) => {
                (per_second, per_minute, exits_reserve.ten_thousandths())
            }
            None => (PER_SECOND, PER_MINUTE, EXITS_RESERVE),
        };
        let whole = Share::WHOLE.ten_thousandths();
        let for_entries = |most: u32| {
            let share = u64::from(most) * u64::from(whole.saturating_sub(reserve)) / u64::from(whole);
            u32::try_from(share).unwrap_or(u32::MAX).max(1)
        };
        Rates {
            twin: self.twin(at, request),
            second,
            minute,
            second_max: for_entries(per_second),
            minute_max: for_entries(per_minute),
        }
    }

    /// An entry of the same terms that was sent a moment ago.
    fn twin(&self, at: Timestamp, request: &OrderRequest) -> Option<OrderId> {
        let from = at - Rates::TWIN_WITHIN;
        let recent = self.book.orders().iter().rev().map(|(_, order)| order);
        let mut recent = recent.take_while(|order| order.submitted_at > from);
        let same = |kind: OrderKind| match (kind, request.kind) {
            (OrderKind::Market, OrderKind::Market) => true,
            (OrderKind::Limit(a), OrderKind::Limit(b)) => a == b,
            (OrderKind::Market | OrderKind::Limit(_), _) => false,
        };
        let terms = |order: &crate::book::Order| (order.contract, order.side, order.qty);
        let wanted = (request.contract, request.side, request.qty);
        let twin =
            recent.find(|order| order.purpose.is_entry() && terms(order) == wanted && same(order.kind));
        twin.map(|order| order.id)
    }

    /// Orders have been asked for, refused, or an exit has been sent again: do they run away?
    pub(crate) fn judge_rates(&mut self, now: &mut Now<'_>) {
        let account = self.book.account();
        if account.profile().is_none() || account.run_away().is_some() {
            return;
        }
        if let Some(why) = account.runs_away(now.at) {
            self.switch_entries_off(now, why);
        }
    }

    /// The exits of one lot are tried again and again.
    pub(crate) fn judge_exits(&mut self, now: &mut Now<'_>, exits_sent: u8) {
        let account = self.book.account();
        if exits_sent > RunAway::EXITS_MAX && account.profile().is_some() && account.run_away().is_none() {
            self.switch_entries_off(now, RunAway::ExitAttempts);
        }
    }

    fn switch_entries_off(&mut self, now: &mut Now<'_>, why: RunAway) {
        self.rule(now, RuleFact::RanAway { why });
        self.alarm(now, Alarm::RanAway(why));
    }
}
