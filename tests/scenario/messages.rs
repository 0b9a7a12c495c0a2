//! Messages to a broker, in words.

use phantom_broker::Message;
use phantom_compliance::Outbound;
use phantom_testkit::{contracts, grid};

/// A message in words: `send L0-X1 SELL 2 GC MARKET`, `cancel T2`, `query T2`, `snapshot`.
#[must_use]
pub fn message_line(message: &Message) -> String {
    match message {
        Message::Submit(order) => format!("send {}", order_words(order)),
        Message::NativeClose(order) => format!("native {}", order_words(order)),
        Message::Cancel(order) => format!("cancel {order}"),
        Message::Change(it) => {
            let limit = grid(contracts::root(it.contract())).text(it.limit());
            format!("change {} {} at {limit}", it.id(), it.qty())
        }
        Message::Query(order) => format!("query {order}"),
        Message::Snapshot(_) => "snapshot".to_owned(),
    }
}

fn order_words(order: &Outbound) -> String {
    let root = contracts::root(order.contract());
    let (side, qty, kind) = (order.side(), order.qty(), order.kind());
    let words = format!("{} {side} {qty} {root} {}", order.id(), kind.word());
    kind.limit().map_or(words.clone(), |limit| format!("{words} {}", grid(root).text(limit)))
}

pub(crate) const fn is_send(message: &Message) -> bool {
    match message {
        Message::Submit(_) | Message::NativeClose(_) => true,
        Message::Cancel(_) | Message::Change(_) | Message::Query(_) | Message::Snapshot(_) => false,
    }
}
