//! What a trader meets after the program was killed: the stop is armed again, and fires.

use desktop::{Program, Start, Supervised, tale};
use rustix::process::{Pid, Signal, kill_process};

/// A price of ES so many ticks from the last one that the window shows.
async fn near_the_price(desk: &Program, ticks: i64) -> String {
    let row = desk.wait_for_row("Prices", &[("Symbol", "ES")]).await;
    let digits: String = row["Last"].chars().filter(char::is_ascii_digit).collect();
    let hundredths = digits.parse::<i64>().unwrap() + 25 * ticks;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Buys with a stop and a target, and waits until they are armed.
async fn arm(desk: &Program, ticks: i64) -> (String, String) {
    desk.wait_until("return /[0-9]/.test(rowLike('Prices', { Symbol: 'ES' })?.Last ?? '')", "a price").await;
    let stop = near_the_price(desk, -ticks).await;
    let target = near_the_price(desk, ticks).await;
    desk.type_into("Stop loss", &stop).await;
    desk.type_into("Take profit", &target).await;
    desk.wait_for_words("status", "Gate", "Buy: allowed").await;
    desk.click("button", "Buy").await;
    desk.wait_for_row("Phantoms", &[("Symbol", "ES"), ("Stop", &stop), ("Target", &target)]).await;
    (stop, target)
}

#[test]
fn a_phantom_survives_a_kill_of_the_program_and_fires_after_it() {
    tale(async {
        let desk = Program::start(&Start::quick()).await;
        let (stop, target) = arm(&desk, 24).await;
        desk.wait_for_row("Order log", &[("Action", "FILL"), ("Order", "T1")]).await;

        let desk = desk.killed_and_started_again().await;
        desk.wait_for_row("Phantoms", &[("Symbol", "ES"), ("Stop", &stop), ("Target", &target)]).await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Qty", "+1")]).await;
        desk.wait_for_row("Order log", &[("Action", "FILL"), ("Order", "T1")]).await;
        // What the first stop would have lost is still known: the profit can be told in it.
        for _ in 0..3 {
            desk.click("button", "Open").await;
        }
        let in_r = "return (rowLike('Positions', { Contract: 'ES' })?.Open ?? '').endsWith(' R')";
        desk.wait_until(in_r, "the profit in R").await;

        desk.click("button", "Settings").await;
        desk.type_into("Speed, times the clock", "200").await;
        desk.click("button", "Save").await;
        desk.wait_for_words("status", "Settings", "Saved.").await;
        desk.close("Settings").await;
        desk.wait_for_row("Positions", &[("Contract", "ES"), ("Qty", "0")]).await;
        desk.wait_for_count("Phantoms", 0).await;
        let fired = desk.rows("Order log").await;
        let fired = fired.iter().filter(|row| ["STOP", "TARGET"].contains(&row["Action"].as_str()));
        assert_eq!(fired.count(), 1, "it fires once");
        desk.wait_for_row("Order log", &[("Action", "CLOSE"), ("Order", "T1")]).await;
        desk.end();
    });
}

#[test]
fn the_parent_starts_a_desk_that_crashed_or_hangs_again_and_stops_after_three_times() {
    tale(async {
        let desk = Program::start(&Start::quick()).await;
        arm(&desk, 400).await;
        let mut pair = Supervised::start_after(desk);
        let first = armed_again(&pair, None, 2);
        kill_process(first, Signal::KILL).unwrap();
        pair.wait_for_words("has crashed", 1);
        let second = armed_again(&pair, Some(first), 3);
        // It does not run, and it does not end either: only its heart tells.
        kill_process(second, Signal::STOP).unwrap();
        pair.wait_for_words("does not answer any more; it is started again", 1);
        let third = armed_again(&pair, Some(second), 4);
        kill_process(third, Signal::KILL).unwrap();
        pair.wait_for_words("has crashed", 2);
        let fourth = armed_again(&pair, Some(third), 5);
        kill_process(fourth, Signal::KILL).unwrap();
        pair.wait_for_words("STOPS AND TARGETS ARE NOT WATCHED", 1);
        let told = pair.process("--stopped", None);
        kill_process(told, Signal::TERM).unwrap();
        assert_eq!(pair.wait(), Some(70));
    });
}

/// Waits until the desk of a run is there with its phantom armed.
fn armed_again(pair: &Supervised, before: Option<Pid>, run: usize) -> Pid {
    let desk = pair.process("--supervised-child", before);
    let journal = pair.journal_of_run(run);
    assert_eq!((journal.open_lots, journal.damage), ((1, 1), None));
    desk
}
