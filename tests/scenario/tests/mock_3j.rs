//! The mock broker behind the real desk: what it fills, when, and that chance comes from its seed alone.

use phantom_broker_mock::{FillSize, LimitFill, MockBroker, MockSettings, Range, Refusals};
use phantom_compliance::Limits;
use phantom_engine::{HaltChange, Timing};
use phantom_model::{ContractId, FailReason, Link, NetQty, OrderStatus};
use phantom_testkit::{buy, contract, sell};
use scenario::brokers::BadLine;
use scenario::story::Story;

const SMOOTH: MockSettings = MockSettings::frictionless(1);

/// A desk at a market without friction.
fn smooth() -> Story<MockBroker> {
    Story::at_mock(SMOOTH)
}

/// An order at the market in a contract that has not traded since it was sent waits for the next trade and
/// gets that price, however old the last one is; with no trade at all it waits too.
#[test]
fn p_01_a_market_order_waits_for_a_fresh_trade() {
    for seen_before in [false, true] {
        for (draft, fill) in [(buy(1), "fill T1 1@1325.0"), (sell(1), "fill T1 1@1325.0")] {
            let mut story = smooth();
            if seen_before {
                story.print("1320.0");
            }
            story.wait_ms(60_000);
            story.place(draft);
            story.trade("NQ", "5000.00", 1);
            story.wait_ms(60_000);
            assert_eq!((story.net("GC"), story.status("T1")), (0, OrderStatus::Accepted));
            story.print("1325.0");
            assert_eq!(story.times(fill), 1);
        }
    }
}

/// A trade comes while the order is on its way: it is not filled by that one, and once by the next.
#[test]
fn p_02_a_trade_while_the_order_travels_does_not_fill_it() {
    for (delay_ms, waits, filled_at) in [
        (0, [0, 0, 0], "fill T1 2@1320.1"),
        (100, [0, 99, 1], "fill T1 2@1320.3"),
        (100, [50, 50, 0], "fill T1 2@1320.2"),
        (100, [100, 0, 0], "fill T1 2@1320.1"),
    ] {
        let settings = MockSettings { delay_nanos: Range::always(delay_ms * 1_000_000), ..SMOOTH };
        let mut story = Story::at_mock(settings);
        story.print("1320.0");
        story.place(buy(2));
        for (wait, at) in waits.into_iter().zip(["1320.1", "1320.2", "1320.3"]) {
            story.wait_ms(wait);
            story.print(at);
        }
        story.print("1320.4");
        assert_eq!(story.times(filled_at), 1, "{delay_ms} {waits:?}");
        let fills = story.history().iter().filter(|line| line.starts_with("fill T1")).count();
        assert_eq!((fills, story.net("GC")), (1, 2));
    }
}

/// A bar holds the stop and the target of a lot: the stop leaves, at the price of the bar that comes next.
#[test]
fn p_04_inside_a_bar_the_stop_comes_first() {
    for (draft, bar, profit) in [
        (buy(1).stop("1319.0").target("1321.0"), ["1320.0", "1321.5", "1318.5", "1321.2"], "-100.00"),
        (sell(1).stop("1321.0").target("1319.0"), ["1320.0", "1321.5", "1318.5", "1318.8"], "100.00"),
    ] {
        let mut story = smooth();
        story.print("1320.0");
        story.place(draft);
        story.bar(["1320.0", "1320.5", "1319.5", "1320.0"]);
        story.bar(bar);
        assert!(story.history().iter().any(|line| line.starts_with("fired L0 stop")), "{bar:?}");
        story.bar(["1319.0", "1319.2", "1318.9", "1319.0"]);
        assert_eq!(story.realized("GC"), profit);
        assert!(story.is_flat());
    }
}

/// The print that fills an entry arms its stop, and does not fire it, however far it went; an order placed
/// at that moment is filled by a later print. A stop that is already passed fires on the next one.
#[test]
fn p_05_what_a_fill_arms_sees_only_later_prints() {
    let mut story = smooth();
    story.print("1320.0");
    story.place(buy(1).limit("1320.0").stop("1319.0").target("1321.0"));
    story.print("1318.5");
    assert_eq!((story.net("GC"), story.armed(0)), (1, 1));
    assert_eq!(story.exits_sent("GC"), []);
    story.print("1318.5");
    assert_eq!(story.exits_sent("GC"), [("L0-X1".to_owned(), 1)]);
    assert_eq!(story.net("GC"), 1, "the exit waits for the print after that");
    story.print("1318.7");
    assert!(story.is_flat());
    // A bar that fills the entry and reaches both levels afterwards, or before: nobody knows.
    let mut story = smooth();
    story.print("1320.0");
    story.place(buy(1).stop("1319.0").target("1321.0"));
    story.bar(["1320.0", "1322.0", "1318.0", "1320.0"]);
    assert_eq!(story.armed(0), 1);
    story.place(sell(1));
    assert_eq!(story.net("GC"), 1);
    story.bar(["1320.2", "1320.2", "1320.2", "1320.2"]);
    assert_eq!(story.times("fill T2 1@1320.2"), 1);
}

/// A limit order that is only touched does not fill, however much is traded there; once the market goes
/// through it, it fills at its price. The broker can be told that a touch is enough.
#[test]
fn p_06_a_limit_that_is_touched_and_not_traded_through_does_not_fill() {
    for (rule, draft, touch, through, filled_by_touch) in [
        (LimitFill::Through, buy(2).limit("1319.0"), "1319.0", "1318.9", false),
        (LimitFill::Through, sell(2).limit("1321.0"), "1321.0", "1321.1", false),
        (LimitFill::Touch, buy(2).limit("1319.0"), "1319.0", "1318.9", true),
    ] {
        let mut story = Story::at_mock(MockSettings { limit_fill: rule, ..SMOOTH });
        story.print("1320.0");
        story.place(draft);
        for _ in 0..10 {
            story.trade("GC", touch, 50);
        }
        assert_eq!(story.status("T1") == OrderStatus::Filled, filled_by_touch);
        story.trade("GC", through, 1);
        assert_eq!(story.status("T1"), OrderStatus::Filled);
        assert_eq!(story.times(&format!("fill T1 2@{touch}")), 1);
    }
}

/// A day at a broker that delays, slips, fills in parts and refuses, behind a line that loses, doubles and
/// turns round its reports. At the end the line is good, and the account is compared and flattened.
fn bad_day(seed: u64) -> Story<BadLine> {
    let settings = MockSettings {
        fill_size: FillSize::Printed,
        refusals: Refusals::Chance { per_mille: 100, reason: FailReason::Margin },
        ..MockSettings::window(seed)
    };
    let mut story = Story::timed(BadLine::new(settings), Limits::NONE, Timing::LIVE);
    let mut prices = ["1320.0", "1319.7", "1320.7", "1320.2", "1319.1"].into_iter().cycle();
    story.link(Link::Up);
    story.print("1320.0");
    for n in 0..240_u32 {
        match n % 12 {
            0 | 5 => drop(story.place(buy(1 + n % 4).stop("1319.2").target("1320.8"))),
            2 => drop(story.place(buy(2).limit("1319.8").stop("1319.0"))),
            3 => story.cancel(&format!("T{}", 1 + n / 4)),
            7 => drop(story.place(sell(1 + n % 2))),
            9 => drop(story.place(sell(1).limit("1320.6"))),
            10 => story.halt(HaltChange::LiftLatch),
            11 if n % 36 == 35 => story.flatten(),
            _ => {}
        }
        for at in prices.by_ref().take(4) {
            story.trade("GC", at, 2);
            story.wait_ms(90);
        }
    }
    story
}

/// Reports that are lost, doubled, late and in the wrong order, cancels that lose against fills, parts and
/// refusals: the same seed tells the same story, fact by fact and message by message, and another seed
/// another one.
#[test]
fn p_08_the_same_seed_gives_the_same_log_to_the_byte() {
    let log = |seed| {
        let story = bad_day(seed);
        let sent = &story.core().broker().sent;
        (format!("{:?}", story.core().journal().facts()), format!("{sent:?}"), story.broker().mishaps)
    };
    let first = log(42);
    assert!(first == log(42), "the same twice");
    assert!(first.2.iter().all(|count| *count > 5), "each kind happens: {:?}", first.2);
    assert!(first.0 != log(43).0, "another seed tells another story");
}

/// A part fills and the rest is refused: the part is kept and protected, and of an exit the rest leaves
/// again. The refusal may come first and the part late: it counts all the same.
#[test]
fn p_08_a_part_that_fills_beside_a_refusal_is_kept() {
    for fill_first in [true, false] {
        let mut story = Story::by_hand();
        story.print("1320.0");
        story.place(buy(5).limit("1320.0").stop("1319.2"));
        if fill_first {
            story.fill("T1", 2, "1320.0");
            story.fail("T1", FailReason::Margin);
            assert_eq!(story.status("T1"), OrderStatus::Failed);
        } else {
            story.fail("T1", FailReason::Margin);
            story.fill("T1", 2, "1320.0");
            assert_eq!(story.times("alarm late_fill T1"), 1);
        }
        assert_eq!((story.net("GC"), story.armed(0)), (2, 2));
        story.print("1319.2");
        story.hush();
        story.fill("L0-X1", 1, "1319.2");
        story.fail("L0-X1", FailReason::Margin);
        story.expect_sent("send L0-X2 SELL 1 GC MARKET");
        story.fill("L0-X2", 1, "1319.1");
        assert_eq!((story.net("GC"), story.realized("GC").as_str()), (0, "-170.00"));
    }
}

/// A cancel and a fill meet, and the reports come in whichever order: what was filled is held and protected,
/// and what was not is not.
#[test]
fn p_08_a_fill_that_meets_a_cancel_counts_in_any_order() {
    for (filled, orders) in
        [(2, ["fill", "refuse"]), (2, ["refuse", "fill"]), (1, ["fill", "end"]), (1, ["end", "fill"])]
    {
        let mut story = Story::by_hand();
        story.print("1320.0");
        story.place(buy(2).limit("1319.5").stop("1319.0"));
        story.accept("T1");
        story.cancel("T1");
        for report in orders {
            match report {
                "fill" => story.fill("T1", filled, "1319.5"),
                "end" => story.cancelled("T1"),
                _ => story.refuse_cancel("T1"),
            }
        }
        assert_eq!((story.net("GC"), story.armed(0)), (i64::from(filled), filled), "{orders:?}");
        story.hush();
        story.print("1319.0");
        let sent = story.sent();
        assert!(sent.contains(&format!("send L0-X1 SELL {filled} GC MARKET")), "{orders:?} {sent:?}");
    }
}

/// However bad the line was: once the broker's own account has come, what we hold is what the broker holds.
#[test]
fn p_08_after_a_bad_line_the_books_agree_with_the_brokers() {
    for seed in 42..47 {
        let mut story = bad_day(seed);
        story.wait_ms(10_000);
        for _ in 0..12 {
            story.link(Link::Down);
            story.link(Link::Up);
            story.wait_ms(11_000);
            story.print("1320.0");
        }
        let brokers = story.broker().broker().position(contract("GC"));
        let ours: NetQty = story.book().positions().at(contract("GC")).net;
        assert_eq!(ours, brokers, "seed {seed}");
    }
}

/// What the market does, record by record: in a replay the records carry the time, in the running desk the
/// clock does, and is asked in between. Delays and slippage are the same in both, and so is every fact.
#[test]
fn p_09_delay_and_slippage_are_the_same_in_a_replay_and_live() {
    let tell = |live: bool| {
        let mut story = Story::at_mock(MockSettings::window(7));
        story.print("1320.0");
        for n in 0..80 {
            match n % 8 {
                0 => drop(story.place(buy(2).stop("1319.4").target("1320.6"))),
                5 => drop(story.place(sell(1))),
                7 if n % 16 == 15 => story.flatten(),
                _ => {}
            }
            // Live, the loop wakes up often; in a replay only with the next record.
            let steps = if live { 25 } else { 1 };
            for _ in 0..steps {
                story.wait_ms(250 / steps);
            }
            story.print(["1320.0", "1319.6", "1320.7", "1320.1", "1319.3"][n % 5]);
        }
        story.core().journal().facts().to_vec()
    };
    let replayed = tell(false);
    assert_eq!(replayed, tell(true));
    assert!(replayed.len() > 100, "{}", replayed.len());
}

/// In a replay and live an order reaches the market after its delay, and not before.
#[test]
fn p_09_the_delay_holds_whichever_way_time_comes() {
    let gold: ContractId = contract("GC");
    for live in [false, true] {
        let settings = MockSettings { delay_nanos: Range::always(300_000_000), ..SMOOTH };
        let mut story = Story::at_mock(settings);
        story.print("1320.0");
        story.place(buy(1));
        for n in 1..=30 {
            if live {
                (0..10).for_each(|_| story.wait_ms(1));
            } else {
                story.wait_ms(10);
            }
            story.print("1320.0");
            assert_eq!(story.broker().position(gold).signed(), i64::from(n == 30), "at {n} hundredths");
        }
    }
}
