//! No rules any more, and a lock until a time of one's own.

use phantom_engine::{Input, Origin, RulesInput};
use phantom_model::{NetQty, Timestamp};
use phantom_testkit::rules::{adopt, profile};
use phantom_testkit::{buy, sell};
use scenario::brokers::ByHand;
use scenario::story::Story;

/// A Tuesday morning in Chicago, an ordinary day.
const MORNING: &str = "2026-10-06T15:00:00Z";
const NEXT_SESSION: &str = "2026-10-06T22:00:00Z";
const COMBINE: &str = "topstep-combine-50k";

fn combine() -> Story<ByHand> {
    Story::under(COMBINE, &["daily_loss=on"], MORNING, 0)
}

/// Traded once, and flat again.
fn traded() -> Story<ByHand> {
    let mut story = combine();
    story.enter(buy(1).stop("1315.0"), "1320.0");
    story.print("1320.0");
    story.wait_ms(1_000);
    let exit = story.place(sell(1));
    story.fill(&exit, 1, "1320.0");
    story
}

fn lift(story: &mut Story<ByHand>) {
    story.rules(RulesInput::Lift { origin: Origin::Window });
}

fn has_rules(story: &Story<ByHand>) -> bool {
    story.book().account().profile().is_some()
}

fn lock_until(story: &mut Story<ByHand>, until: Timestamp) {
    story.rules(RulesInput::LockOut { until: Some(until), origin: Origin::Window });
}

fn panel_lifts(story: &Story<ByHand>) -> bool {
    story.core().engine().panel(story.core().now(), &[]).lifts
}

#[test]
fn rules_are_lifted_at_once_where_nothing_was_traded_and_else_with_the_next_session() {
    let mut untouched = combine();
    lift(&mut untouched);
    assert!(!has_rules(&untouched));

    let mut story = traded();
    lift(&mut story);
    assert!(has_rules(&story) && panel_lifts(&story), "loosening waits");
    // Asked for again, as every start of the program does, it is no second fact.
    let facts = story.history().len();
    lift(&mut story);
    assert_eq!(story.history().len(), facts);
    story.restart();
    story.print("1320.0");
    assert!(has_rules(&story) && panel_lifts(&story), "a restart changes nothing");
    story.wait_until(NEXT_SESSION);
    assert!(has_rules(&story), "the clock alone ends no session");
    story.print("1320.0");
    assert!(!has_rules(&story) && !panel_lifts(&story));
    assert_eq!(story.verdict(buy(1)), None);
    story.restart();
    assert!(!has_rules(&story));
}

#[test]
fn what_was_planned_is_taken_back_by_choosing_what_is_in_force() {
    let mut story = traded();
    lift(&mut story);
    story.feed(adopt(profile(COMBINE, &["daily_loss=on"])));
    assert!(has_rules(&story) && !panel_lifts(&story));
    story.wait_until(NEXT_SESSION);
    story.print("1320.0");
    assert!(has_rules(&story), "nothing is lifted any more");
}

#[test]
fn limits_that_are_locked_are_not_lifted() {
    let mut story = combine();
    story.rules(RulesInput::LockLimits { origin: Origin::Window });
    lift(&mut story);
    assert!(has_rules(&story) && !panel_lifts(&story));
    story.wait_until(NEXT_SESSION);
    story.print("1320.0");
    assert!(has_rules(&story));
}

#[test]
fn rules_stay_while_something_is_open_and_a_lock_outlives_them() {
    let mut story = combine();
    story.enter(buy(1).stop("1315.0"), "1320.0");
    story.print("1320.0");
    lock_until(&mut story, "2026-10-07T15:00:00.0000000Z".parse().unwrap());
    story.hush();
    lift(&mut story);
    story.wait_until(NEXT_SESSION);
    story.print("1320.0");
    assert!(has_rules(&story), "the position of the day before is still open");
    story.fill("F0-C0-X1", 1, "1320.0");
    story.wait_until("2026-10-07T14:59:59Z");
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1)), Some("locked_out"));
    story.wait_until("2026-10-07T15:00:00Z");
    assert_eq!(story.verdict(buy(1)), Some("locked_out"), "the clock alone ends no lock");
    story.print("1320.0");
    assert!(!story.book().halt().locked_out);
    assert!(!has_rules(&story), "with the lock the rules have gone too");
}

#[test]
fn what_other_accounts_hold_outlives_rules_that_are_lifted() {
    let mut story = combine();
    story.print("1320.0");
    story.rules(RulesInput::Elsewhere { holdings: vec![("gold".into(), NetQty::new(3))] });
    lift(&mut story);
    assert!(!has_rules(&story), "nothing was traded");
    assert_eq!(story.book().account().elsewhere("gold"), NetQty::new(3));
}

#[test]
fn a_lock_until_a_time_can_be_made_longer_and_never_shorter() {
    let mut story = Story::before_rules(MORNING, 0);
    story.print("1320.0");
    lock_until(&mut story, "2026-10-06T15:30:00.0000000Z".parse().unwrap());
    lock_until(&mut story, "2026-10-06T15:10:00.0000000Z".parse().unwrap());
    assert_eq!(story.book().account().lockouts().len(), 1, "shorter is no lock");
    lock_until(&mut story, "2026-10-06T16:00:00.0000000Z".parse().unwrap());
    for (at, locked) in [("2026-10-06T15:30:00Z", true), ("2026-10-06T16:00:00Z", false)] {
        story.wait_until(at);
        story.print("1320.0");
        assert_eq!(story.book().halt().locked_out, locked, "{at}");
    }
    lock_until(&mut story, "2026-10-06T15:00:00.0000000Z".parse().unwrap());
    assert!(!story.book().halt().locked_out, "a time that has come locks nothing");
    story.feed(Input::Clock);
}
