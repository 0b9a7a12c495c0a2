//! Where a story about closing begins.

use phantom_testkit::{Draft, buy, sell};

use crate::brokers::ByHand;
use crate::story::Story;

/// The desk has seen 1320.0 in gold and 5000.00 in NQ.
#[must_use]
pub fn open_market() -> Story<ByHand> {
    let mut story = Story::by_hand();
    story.print("1320.0");
    story.trade("NQ", "5000.00", 1);
    story
}

/// A lot of one order, filled at 1320.0.
#[must_use]
pub fn holding(draft: Draft) -> Story<ByHand> {
    let mut story = open_market();
    story.enter(draft, "1320.0");
    story.wait_ms(1_000);
    story.hush();
    story
}

/// Long three with a stop, and three targets of one that rest at the broker.
#[must_use]
pub fn with_targets() -> Story<ByHand> {
    let mut story = holding(buy(3).stop("1319.2"));
    for limit in ["1322.0", "1323.0", "1324.0"] {
        let target = story.place(sell(1).limit(limit));
        story.accept(&target);
    }
    story.hush();
    story
}
