//! Contracts that roll and end while something is open.

use phantom_engine::Input;
use phantom_model::{BrokerReport, ContractStanding, TradingDay};
use phantom_testkit::{buy, contract, rules, sell};
use scenario::account::Account;
use scenario::brokers::ByHand;
use scenario::story::Story;

fn begins(story: &mut Story<ByHand>, at: &str) -> Vec<String> {
    story.hush();
    story.wait_until(at);
    story.feed(Input::TradingDay(TradingDay::of(rules::moment(at))));
    story.said().into_iter().filter(|line| line.contains("GC ") && !line.contains("MGC")).collect()
}

/// Nobody rolls the position: from the day on which traders move on it is told each day, the last day and
/// the end in words of their own. The stop stays with the position all the time; what the exchange settles
/// is taken from the broker's account by a person, and then the stop is gone too.
#[test]
fn s_25_an_expiring_contract_is_told_and_its_stop_goes_with_the_position() {
    let mut story = Story::before_rules("2026-11-20T15:00:00Z", 0);
    assert!(begins(&mut story, "2026-11-20T15:00:01Z").is_empty());
    story.print("1320.0");
    story.enter(buy(2).stop("1319.2"), "1320.0");
    let told = |word: &str| vec![format!("GC stands {word}"), format!("alarm GC is {word}")];
    assert_eq!(begins(&mut story, "2026-11-30T15:00:00Z"), told("RolledAway"));
    assert_eq!(begins(&mut story, "2026-12-01T15:00:00Z"), ["alarm GC is RolledAway"]);
    assert_eq!(begins(&mut story, "2026-12-29T15:00:00Z"), told("LastDay"));
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1)), None, "on its last day it still trades");
    assert_eq!(begins(&mut story, "2026-12-30T15:00:00Z"), told("Expired"));
    assert_eq!(story.verdict(buy(1)), Some("contract_expired"));
    assert_eq!(story.verdict(sell(2)), None);
    assert_eq!(story.armed(0), 2);
    // The exchange has settled it: flat at the broker, twice.
    story.account(Account::holds(&[]));
    story.wait_ms(5_000);
    story.answer(Account::holds(&[]));
    story.decide("GC", phantom_engine::Decision::TakeBrokers);
    assert_eq!((story.net("GC"), story.armed(0)), (0, 0));
    story.hush();
    story.print("1319.0");
    story.expect_sent("");
}

/// The platform maps the name to something with another tick: nothing is opened or armed there, what is open
/// can be closed, and the desk says so.
#[test]
fn s_25_a_contract_of_other_terms_is_neither_opened_nor_armed() {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.enter(buy(1).stop("1319.2"), "1320.0");
    story.hush();
    let standing = ContractStanding::OtherTerms;
    story.report(BrokerReport::Contract { contract: contract("GC"), standing });
    story.expect_said("GC stands OtherTerms | alarm GC is OtherTerms");
    assert_eq!(story.verdict(buy(1)), Some("instrument_changed"));
    story.restart();
    story.answer(Account::holds(&[("GC", 1)]));
    story.print("1320.0");
    assert_eq!(story.verdict(buy(1)), Some("instrument_changed"), "also after a restart");
    story.hush();
    story.flatten();
    story.expect_sent("send F0-C0-X1 SELL 1 GC MARKET");
}
