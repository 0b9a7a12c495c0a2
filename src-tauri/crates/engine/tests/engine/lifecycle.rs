//! The order lifecycle: its table, and every short sequence of what can happen to one order.

use phantom_engine::book::Cancelling;
use phantom_model::{OrderStatus, OrderStep, Stepped};
use phantom_testkit::ledger::may_go;
use phantom_testkit::{World, buy, sell};

/// The published table, cell by cell. A letter is the next status, `+` marks a late fill, `=` says
/// nothing new, `!` is not in the table.
const TABLE: &str = "
    from              accept  part  rest  cancel  fail  close
    PENDING           A       P     F     X       D     !
    ACCEPTED          =       P     F     X       D     !
    PARTIALLY_FILLED  =       P     F     X       D     !
    FILLED            =       !     !     !       !     C
    CLOSED            =       !     !     !       !     !
    CANCELLED         =       P+    F+    =       !     !
    FAILED            !       P+    F+    !       =     !
    REJECTED          !       !     !     !       !     !
";

fn cell(stepped: Stepped) -> String {
    let letter = |status| match status {
        OrderStatus::Pending => 'N',
        OrderStatus::Accepted => 'A',
        OrderStatus::PartiallyFilled => 'P',
        OrderStatus::Filled => 'F',
        OrderStatus::Closed => 'C',
        OrderStatus::Cancelled => 'X',
        OrderStatus::Failed => 'D',
        OrderStatus::Rejected => 'R',
    };
    match stepped {
        Stepped::To(status) => letter(status).to_string(),
        Stepped::Late(status) => format!("{}+", letter(status)),
        Stepped::Stale => "=".to_owned(),
        Stepped::Illegal => "!".to_owned(),
    }
}

#[test]
fn every_cell_of_the_table_is_as_published() {
    let rows = TABLE.lines().map(str::trim).filter(|line| !line.is_empty()).skip(1);
    let mut seen = 0;
    for (row, status) in rows.zip(OrderStatus::ALL.map(OrderStatus::word)) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let from = OrderStatus::ALL.into_iter().find(|status| status.word() == words[0]).unwrap();
        let cells: Vec<String> = OrderStep::ALL.iter().map(|&step| cell(from.after(step))).collect();
        assert_eq!(cells, words[1..], "from {from}, listed beside {status}");
        seen += 1;
    }
    assert_eq!(seen, OrderStatus::ALL.len());
}

#[test]
fn the_steps_go_exactly_the_published_ways() {
    for from in OrderStatus::ALL {
        for to in OrderStatus::ALL {
            let goes = OrderStep::ALL
                .iter()
                .any(|&step| matches!(from.after(step), Stepped::To(it) | Stepped::Late(it) if it == to));
            assert_eq!(goes, may_go(from, to), "{from} to {to}");
        }
    }
}

/// Calls `check` with every sequence of `OrderStep` up to five long, from every status.
fn each_sequence(check: &mut impl FnMut(OrderStatus, &[OrderStep])) {
    fn longer(
        from: OrderStatus,
        steps: &mut Vec<OrderStep>,
        check: &mut impl FnMut(OrderStatus, &[OrderStep]),
    ) {
        check(from, steps);
        if steps.len() == 5 {
            return;
        }
        for step in OrderStep::ALL {
            steps.push(step);
            longer(from, steps, check);
            steps.pop();
        }
    }
    for from in OrderStatus::ALL {
        longer(from, &mut Vec::new(), check);
    }
}

fn walk(from: OrderStatus, steps: &[OrderStep]) -> Vec<(OrderStatus, Stepped)> {
    let mut status = from;
    let mut walked = Vec::new();
    for &step in steps {
        let stepped = status.after(step);
        if let Stepped::To(next) | Stepped::Late(next) = stepped {
            status = next;
        }
        walked.push((status, stepped));
    }
    walked
}

#[test]
fn rejected_and_closed_absorb_every_sequence() {
    each_sequence(&mut |from, steps| {
        let mut ended = [OrderStatus::Rejected, OrderStatus::Closed].into_iter().find(|end| *end == from);
        for (status, _) in walk(from, steps) {
            assert_eq!(ended.unwrap_or(status), status, "{from} {steps:?}");
            ended = ended.or((status == OrderStatus::Closed).then_some(status));
        }
    });
}

#[test]
fn no_sequence_loses_a_fill() {
    use OrderStatus::{Cancelled, Closed, Failed, Filled, PartiallyFilled};
    each_sequence(&mut |from, steps| {
        let (mut some, mut all) = (false, false);
        for (status, stepped) in walk(from, steps) {
            assert!(!all || matches!(status, Filled | Closed), "{from} {steps:?}: {status}");
            let keeps = matches!(status, PartiallyFilled | Filled | Closed | Cancelled | Failed);
            assert!(!some || keeps, "{from} {steps:?}: {status}");
            if let Stepped::To(next) | Stepped::Late(next) = stepped {
                some |= matches!(next, PartiallyFilled | Filled);
                all |= next == Filled;
            }
        }
    });
}

#[test]
fn what_has_ended_becomes_live_again_only_by_a_late_fill() {
    each_sequence(&mut |from, steps| {
        let mut was_live = from.is_live();
        for (status, stepped) in walk(from, steps) {
            let revived = status.is_live() && !was_live;
            assert!(!revived || stepped == Stepped::Late(OrderStatus::PartiallyFilled), "{from} {steps:?}");
            was_live = status.is_live();
        }
    });
}

/// What a broker can say about one order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    Accept,
    PartFill,
    RestFill,
    Cancelled,
    Failed,
    CancelRefused,
    SameFill,
}

impl Says {
    const ALL: [Self; 7] = [
        Self::Accept,
        Self::PartFill,
        Self::RestFill,
        Self::Cancelled,
        Self::Failed,
        Self::CancelRefused,
        Self::SameFill,
    ];
}

/// One order of two contracts, and what the broker has truly filled of it.
#[derive(Clone)]
struct Told {
    world: World,
    order: &'static str,
    filled: u32,
    said: Vec<Says>,
}

impl Told {
    fn new(world: World, order: &'static str) -> Self {
        Self { world, order, filled: 0, said: Vec::new() }
    }

    fn tell(&mut self, says: Says) {
        self.said.push(says);
        let (order, world) = (self.order, &mut self.world);
        world.hush();
        let before = world.status(order);
        let key = order.parse().ok().and_then(|id| world.book().find(id));
        let cancelling = key.map(|key| world.book().orders().at(key).cancelling);
        let refused = cancelling == Some(Cancelling::Refused);
        match says {
            Says::Accept => world.accept(order),
            Says::PartFill => self.filled += fill(world, order, 1),
            Says::RestFill => self.filled += fill(world, order, 2_u32.saturating_sub(self.filled).max(1)),
            Says::Cancelled => world.cancelled(order),
            Says::Failed => world.fail(order),
            Says::CancelRefused => world.refuse_cancel(order),
            Says::SameFill if self.filled > 0 => world.fill_again(),
            Says::SameFill => {}
        }
        self.check(says, before, refused);
    }

    /// Nothing is swallowed: what is not in the table raises an alarm, what is new leaves a fact,
    /// what says nothing new leaves none.
    /// An acknowledgement after a refused cancel is new: the order works, and may be cancelled again.
    fn check(&mut self, says: Says, before: OrderStatus, cancel_refused: bool) {
        let (said, trail) = (self.world.said(), &self.said);
        let step = match says {
            Says::Accept => OrderStep::Accept,
            Says::PartFill | Says::RestFill => OrderStep::FillPart,
            Says::Cancelled => OrderStep::Cancel,
            Says::Failed => OrderStep::Fail,
            Says::SameFill => return assert!(said.is_empty(), "{trail:?} {said:?}"),
            Says::CancelRefused => return,
        };
        let alarmed = said.iter().any(|line| line.starts_with("alarm"));
        match before.after(step) {
            Stepped::To(_) => assert!(!said.is_empty(), "{trail:?}"),
            Stepped::Stale => {
                let is_new = says == Says::Accept && cancel_refused && before.is_live();
                assert_eq!(said.is_empty(), !is_new, "{trail:?} {said:?}");
            }
            Stepped::Late(_) | Stepped::Illegal => assert!(alarmed, "{trail:?} {said:?}"),
        }
    }

    fn each_sequence(&self, longest: usize, check: &mut impl FnMut(&Self)) -> usize {
        check(self);
        if longest == 0 {
            return 1;
        }
        let mut count = 1;
        for says in Says::ALL {
            let mut next = self.clone();
            next.tell(says);
            count += next.each_sequence(longest - 1, check);
        }
        count
    }
}

fn fill(world: &mut World, order: &str, contracts: u32) -> u32 {
    world.fill(order, contracts, "1320.1");
    contracts
}

/// Sequences of up to five reports, seven kinds: 1 + 7 + 49 + 343 + 2 401 + 16 807.
const SEQUENCES: usize = 19_608;

#[test]
fn every_sequence_of_reports_for_an_entry_leaves_the_position_that_its_fills_prove() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).stop("1319.2").target("1322.0"));
    let sequences = Told::new(world, "T1").each_sequence(5, &mut |told| {
        assert_eq!(told.world.net("GC"), i64::from(told.filled), "{:?}", told.said);
    });
    assert_eq!(sequences, SEQUENCES);
}

#[test]
fn every_sequence_of_reports_for_an_entry_that_is_being_cancelled_keeps_its_fills_too() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(2).limit("1319.8").stop("1319.2"));
    world.cancel("T1");
    Told::new(world, "T1").each_sequence(5, &mut |told| {
        assert_eq!(told.world.net("GC"), i64::from(told.filled), "{:?}", told.said);
    });
}

#[test]
fn every_sequence_of_reports_for_a_reduction_leaves_the_position_that_its_fills_prove() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.place(sell(2));
    let sequences = Told::new(world, "T2").each_sequence(5, &mut |told| {
        assert_eq!(told.world.net("GC"), 2 - i64::from(told.filled), "{:?}", told.said);
    });
    assert_eq!(sequences, SEQUENCES);
}

#[test]
fn every_sequence_of_reports_for_the_exit_of_a_lot_leaves_the_position_that_its_fills_prove() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.print("1319.2");
    Told::new(world, "L0-X1").each_sequence(5, &mut |told| {
        assert_eq!(told.world.net("GC"), 2 - i64::from(told.filled), "{:?}", told.said);
    });
}

#[test]
fn every_sequence_of_reports_for_the_exit_of_a_flatten_leaves_the_position_that_its_fills_prove() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.2"), "1320.0");
    world.flatten();
    Told::new(world, "F0-C0-X1").each_sequence(5, &mut |told| {
        assert_eq!(told.world.net("GC"), 2 - i64::from(told.filled), "{:?}", told.said);
    });
}

#[test]
fn a_report_for_an_order_that_our_gate_refused_is_alarmed_and_changes_nothing() {
    let mut world = World::new();
    world.place(sell(1).stop("1319.0"));
    world.expect("reject T1 stop_wrong_side");
    world.accept("T1");
    world.cancelled("T1");
    world.fail("T1");
    world.expect("alarm illegal_step T1 | alarm illegal_step T1 | alarm illegal_step T1");
    world.fill("T1", 1, "1320.0");
    world.expect("alarm illegal_step T1 | latch foreign T1");
    assert_eq!(world.net("GC"), 0);
}

#[test]
fn an_order_closes_with_the_fill_that_closes_the_last_of_what_it_opened() {
    let mut world = World::new();
    world.place(buy(2));
    world.expect("submit T1 BUY 2 GC MARKET");
    world.fill("T1", 1, "1320.0");
    world.accept("T1");
    world.fill("T1", 1, "1320.1");
    world.expect("fill T1 1@1320.0 | lot L0 T1 1@1320.0 | fill T1 1@1320.1 | grew L0 1@1320.1");
    world.place(sell(2));
    world.accept("T2");
    world.fill("T2", 1, "1320.3");
    world.fill("T2", 1, "1320.3");
    world.expect(
        "submit T2 SELL 2 GC MARKET reduces | accept T2
         fill T2 1@1320.3 | reduced L0 1 by T2 1320.0>1320.3 30.00
         fill T2 1@1320.3 | reduced L0 1 by T2 1320.1>1320.3 20.00 | closed T1 | closed T2",
    );
}

#[test]
fn a_cancelled_order_keeps_what_was_filled_and_stays_cancelled() {
    let mut world = World::new();
    world.place(buy(2).limit("1320.0"));
    world.accept("T1");
    world.fill("T1", 1, "1320.0");
    world.cancel("T1");
    world.cancelled("T1");
    world.cancel("T1");
    world.expect(
        "submit T1 BUY 2 GC LIMIT 1320.0 | accept T1 | fill T1 1@1320.0 | lot L0 T1 1@1320.0
         cancel T1 | cancelled T1",
    );
    assert_eq!((world.net("GC"), world.status("T1")), (1, OrderStatus::Cancelled));
}

#[test]
fn late_fill_after_cancel_still_changes_the_position_and_is_alarmed() {
    let mut world = World::new();
    world.print("1320.5");
    world.place(buy(2).limit("1320.0").stop("1319.2"));
    world.accept("T1");
    world.cancel("T1");
    world.cancelled("T1");
    world.hush();
    world.fill("T1", 1, "1320.0");
    world.expect("fill T1 1@1320.0 | alarm late_fill T1 | lot L0 T1 1@1320.0");
    world.expect_requests("query T1");
    assert_eq!((world.net("GC"), world.armed(0)), (1, 1));
    // What is left of it counts again, until the broker proves that it is dead.
    assert_eq!(world.status("T1"), OrderStatus::PartiallyFilled);
    world.cancel("T1");
    world.expect("cancel T1");
    world.expect_requests("cancel T1");
    world.cancelled("T1");
    world.expect("cancelled T1");
}
