//! The log stays at its newest row, whatever becomes of the window.

use desktop::{Program, Start, story};

/// The newest row of the log is whole within the place for the rows.
const NEWEST_IN_SIGHT: &str = "
    const table = document.querySelector('.row-table.log');
    const place = table.querySelector('.rows').getBoundingClientRect();
    const newest = table.querySelector(`.row[aria-rowindex='${table.getAttribute('aria-rowcount')}']`);
    const box = newest?.getBoundingClientRect();
    return box !== undefined && box.bottom <= place.bottom + 1 && box.top >= place.top - 1;";

async fn resized(desk: &Program, height: u32) {
    desk.resize(1280, height).await;
    desk.wait_until(&format!("return outerHeight === {height}"), "the size").await;
    desk.wait_until(NEWEST_IN_SIGHT, &format!("the newest row at {height} px")).await;
    assert!(!desk.has("button", "↓ Jump to live").await, "it follows no more at {height} px");
}

#[test]
fn the_log_follows_through_every_size_of_the_window_until_a_person_scrolls_up() {
    story("follow", &Start::quick(), async |desk| {
        desk.resize(1280, 720).await;
        for click in 0..8 {
            let side = if click % 2 == 0 { "Buy" } else { "Sell" };
            desk.wait_for_words("status", "Gate", &format!("{side}: allowed")).await;
            desk.click("button", side).await;
            let order = format!("T{}", click + 1);
            desk.wait_for_row("Order log", &[("Action", "FILL"), ("Order", &order)]).await;
        }
        for height in [720, 1000, 760, 1060, 720] {
            resized(desk, height).await;
        }
        let up = "document.querySelector('.row-table.log [role=rowgroup][tabindex]').scrollTop -= 60";
        desk.run(up).await;
        desk.wait_until("return byRole('button', '↓ Jump to live') !== null", "the way back").await;
        desk.click("button", "↓ Jump to live").await;
        desk.wait_until(NEWEST_IN_SIGHT, "the newest row").await;
    });
}
