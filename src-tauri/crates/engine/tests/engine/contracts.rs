//! How contracts stand: rolled away, at their last day, expired, or on terms that are not the desk's.

use phantom_compliance::{Protect, StopChange, TargetChange};
use phantom_engine::Input;
use phantom_model::{BrokerReport, ContractStanding, TradingDay};
use phantom_testkit::{World, buy, contract, price, rules, sell};

fn listed(world: &mut World, standing: ContractStanding) {
    world.feed(Input::Report(BrokerReport::Contract { contract: contract("GC"), standing }));
}

fn refusal(world: &World, draft: phantom_testkit::Draft) -> Option<&'static str> {
    world.verdict(draft).map(|refusal| refusal.reason())
}

fn stop_at(text: &str) -> Protect {
    Protect { stop: StopChange::At(price("GC", text)), ..Protect::default() }
}

#[test]
fn a_contract_that_stands_as_before_says_nothing_and_one_that_nobody_holds_only_that() {
    let mut world = World::new();
    listed(&mut world, ContractStanding::Current);
    world.expect("");
    listed(&mut world, ContractStanding::RolledAway);
    world.expect("GC stands RolledAway");
    listed(&mut world, ContractStanding::RolledAway);
    world.expect("");
    world.print("1320.0");
    assert_eq!(refusal(&world, buy(1).stop("1319.0")), None, "it still trades");
}

#[test]
fn an_expired_contract_is_not_opened_its_entries_go_and_its_stop_stays() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(2).stop("1319.0"), "1320.0");
    world.place(buy(1).limit("1319.5"));
    world.accept("T2");
    world.hush();
    listed(&mut world, ContractStanding::Expired);
    world.expect("GC stands Expired | alarm GC is Expired | cancel T2");
    assert_eq!(refusal(&world, buy(1)), Some("contract_expired"));
    assert_eq!(refusal(&world, buy(1).on("MGC")), None, "another one trades");
    assert_eq!(refusal(&world, sell(1)), None, "an exit is never refused");
    assert_eq!(world.armed(0), 2);
    world.cancelled("T2");
    world.protect(0, stop_at("1319.2"));
    assert_eq!(world.legs(0), "1319.2 -", "what is open may be protected");
    world.hush();
    world.print("1319.1");
    world.expect("fired L0 stop 1319.1 | submit L0-X1 SELL 2 GC MARKET");
}

#[test]
fn on_other_terms_nothing_opens_or_is_armed_until_the_broker_says_otherwise() {
    let mut world = World::new();
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0").target("1325.0"), "1320.0");
    world.hush();
    listed(&mut world, ContractStanding::OtherTerms);
    world.expect("GC stands OtherTerms | alarm GC is OtherTerms");
    assert_eq!(refusal(&world, buy(1)), Some("instrument_changed"));
    assert_eq!(refusal(&world, sell(1)), None);
    world.protect(0, stop_at("1319.5"));
    world.expect("reject_protection L0 instrument_changed");
    let target = TargetChange::At(price("GC", "1324.0"));
    world.protect(0, Protect { target, ..Protect::default() });
    world.expect("reject_protection L0 instrument_changed");
    // Taking a leg away arms nothing.
    world.protect(0, Protect { target: TargetChange::Remove, ..Protect::default() });
    assert_eq!(world.legs(0), "1319.0 -");
    world.hush();
    listed(&mut world, ContractStanding::Current);
    world.expect("GC stands Current");
    assert_eq!(refusal(&world, buy(1)), None);
    world.protect(0, stop_at("1319.5"));
    assert_eq!(world.legs(0), "1319.5 -");
}

#[test]
fn a_growing_change_of_an_entry_is_refused_in_a_contract_that_is_not_opened() {
    let mut world = World::new();
    world.print("1320.0");
    world.place(buy(1).limit("1319.5"));
    world.accept("T1");
    listed(&mut world, ContractStanding::Expired);
    world.refuse_cancel("T1");
    world.accept("T1");
    world.hush();
    world.change("T1", Some(2), None);
    assert!(world.said().join(" | ").contains("contract_expired"));
}

#[test]
fn the_calendar_tells_the_roll_the_last_day_and_the_end_each_day_while_something_is_open() {
    let mut world = World::under("topstep-combine-50k", &[], "2026-11-20T15:00:00Z");
    let day = |world: &mut World, at: &str| {
        world.feed(Input::TradingDay(TradingDay::of(rules::moment(at))));
        let said = world.said();
        said.into_iter().filter(|line| line.contains("GC") && !line.contains("MGC")).collect::<Vec<_>>()
    };
    assert!(day(&mut world, "2026-11-20T15:00:00Z").is_empty());
    world.print("1320.0");
    world.enter(buy(1).stop("1319.0"), "1320.0");
    world.hush();
    assert!(day(&mut world, "2026-11-23T15:00:00Z").is_empty(), "nothing speaks against it yet");
    assert_eq!(day(&mut world, "2026-11-30T15:00:00Z"), ["GC stands RolledAway", "alarm GC is RolledAway"]);
    assert_eq!(day(&mut world, "2026-12-01T15:00:00Z"), ["alarm GC is RolledAway"], "once more each day");
    assert_eq!(day(&mut world, "2026-12-29T15:00:00Z"), ["GC stands LastDay", "alarm GC is LastDay"]);
    assert_eq!(day(&mut world, "2026-12-30T15:00:00Z"), ["GC stands Expired", "alarm GC is Expired"]);
    // The broker's word does not bring back what the calendar has ended, and it can be worse.
    listed(&mut world, ContractStanding::Current);
    world.expect("");
    listed(&mut world, ContractStanding::OtherTerms);
    world.expect("GC stands OtherTerms | alarm GC is OtherTerms");
    listed(&mut world, ContractStanding::Current);
    world.expect("GC stands Expired | alarm GC is Expired");
}

#[test]
fn after_a_restart_what_is_of_record_counts_until_the_broker_says_otherwise() {
    let mut world = World::new();
    listed(&mut world, ContractStanding::OtherTerms);
    let engine = world.restarted(world.inputs().len());
    let position = engine.book().positions().at(contract("GC"));
    assert_eq!(position.contract, ContractStanding::OtherTerms);
}
