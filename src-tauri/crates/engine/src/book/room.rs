//! Room for the orders to come, taken before they come.
//!
//! The rows written here are never seen: they only make the system hand out the memory now.

use phantom_model::{
    ArenaKey, Bracket, ContractId, ExecId, LotId, Money, OrderId, OrderKind, OrderStatus, Price, Qty, Side,
    Timestamp,
};

use super::lot::{Closed, Lot, LotState, Piece, PieceKey};
use super::order::{Cancelling, FillKey, FillRow, FillState, Order, OrderKey};
use super::{Book, Entered};
use crate::fact::Purpose;

impl Book {
    /// Makes room for this many orders, each with an execution and a lot, so that a busy session does
    /// not pause to grow. Takes about 300 bytes for each, and fills them.
    pub fn reserve(&mut self, orders: usize) {
        let Some(price) = Price::new(0) else { return };
        self.orders.reserve(orders, blank_order());
        self.fills.reserve(
            orders,
            FillRow {
                exec: ExecId::new(0),
                qty: Qty::ONE,
                price,
                at: Timestamp::MIN,
                order: OrderKey::from_row(0),
                fee: Money::ZERO,
                broker_time: None,
                state: FillState::AsReported,
                earlier: None,
            },
        );
        self.closed.reserve(
            orders,
            Closed { lot: LotId::from_row(0), by: OrderKey::from_row(0), qty: 0, entry: price, exit: price },
        );
        let execs = self.execs.len();
        self.execs.resize(execs.saturating_add(orders), (ExecId::new(0), FillKey::from_row(0)));
        self.execs.truncate(execs);
        self.pieces.reserve(orders, Piece { price, open: 0, next: None });
        self.lots.reserve(orders, blank_lot());
        let tickets = self.tickets.len();
        self.tickets.resize(tickets.saturating_add(orders), Entered::Rejected);
        self.tickets.truncate(tickets);
    }
}

fn blank_order() -> Order {
    Order {
        id: OrderId::Ticket(0),
        contract: ContractId::from_row(0),
        side: Side::Buy,
        qty: Qty::ONE,
        kind: OrderKind::Market,
        purpose: Purpose::Reduction,
        origin: None,
        status: OrderStatus::Rejected,
        unknown: false,
        unknown_since: Timestamp::MIN,
        cancelling: Cancelling::No,
        cancel_asked_at: Timestamp::MIN,
        failed: None,
        filled: 0,
        busted: 0,
        cost_ticks: 0,
        submitted_at: Timestamp::MIN,
        last_fill: None,
        lot: None,
        earlier_exit: None,
    }
}

fn blank_lot() -> Lot {
    Lot {
        order: OrderKey::from_row(0),
        contract: ContractId::from_row(0),
        side: Side::Buy,
        open: 0,
        exit_leaves: 0,
        exits_sent: 0,
        bracket: Bracket::NONE,
        state: LotState::Bare,
        opened_at: Timestamp::MIN,
        first_piece: PieceKey::from_row(0),
        last_piece: PieceKey::from_row(0),
        last_exit: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phantom_model::Arena;

    #[test]
    fn room_for_orders_leaves_the_book_as_it_was() {
        let mut book = Book::new(&Arena::new());
        book.reserve(1_000);
        assert_eq!(book, Book::new(&Arena::new()));
        assert_eq!(book.next_ticket(), OrderId::Ticket(1));
    }
}
