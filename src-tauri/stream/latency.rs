//! How long the broker takes to answer an order, by the wall's clock: the market's may run faster.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use phantom_engine::FactBody;
use phantom_model::OrderId;
use phantom_wire::OrderLatency;

/// Answers that count.
const ANSWERS_MAX: usize = 100;

/// Orders on their way to the broker, and how long the newest answers took.
#[derive(Debug, Default)]
pub(crate) struct AnswerTimes {
    sent: BTreeMap<OrderId, Instant>,
    took_ms: VecDeque<u32>,
}

impl AnswerTimes {
    /// Takes a fact that was recorded at `at`.
    pub(crate) fn take(&mut self, body: &FactBody, at: Instant) {
        if let FactBody::OrderSubmitted { order, .. } = *body {
            self.sent.insert(order, at);
        } else if let FactBody::OrderAccepted { order }
        | FactBody::OrderFilled { order, .. }
        | FactBody::OrderFailed { order, .. } = *body
            && let Some(sent) = self.sent.remove(&order)
        {
            let took = at.saturating_duration_since(sent).as_millis();
            self.took_ms.push_back(u32::try_from(took).unwrap_or(u32::MAX));
            if self.took_ms.len() > ANSWERS_MAX {
                self.took_ms.pop_front();
            }
        }
    }

    pub(crate) fn row(&self) -> OrderLatency {
        let mut sorted: Vec<u32> = self.took_ms.iter().copied().collect();
        sorted.sort_unstable();
        // The smallest value that 95 of 100 do not exceed.
        let place = (sorted.len() * 95).div_ceil(100).saturating_sub(1);
        OrderLatency { last_ms: self.took_ms.back().copied(), p95_ms: sorted.get(place).copied() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn accepted(n: u32) -> FactBody {
        FactBody::OrderAccepted { order: OrderId::Ticket(n) }
    }

    #[test]
    fn the_first_answer_to_an_order_counts_and_no_other() {
        let start = Instant::now();
        let mut times = AnswerTimes::default();
        assert_eq!(times.row(), OrderLatency::default());
        for n in 1..=20 {
            times.sent.insert(OrderId::Ticket(n), start);
            times.take(&accepted(n), start + Duration::from_millis(u64::from(n)));
            times.take(&accepted(n), start + Duration::from_secs(9));
        }
        assert_eq!(times.row(), OrderLatency { last_ms: Some(20), p95_ms: Some(19) });
    }
}
