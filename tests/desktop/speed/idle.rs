//! What the desk costs while three instruments tick and nobody touches it, in sight and hidden.

use std::time::Duration;

use desktop::Program;

/// Time to come to rest, and time that is measured.
const REST: Duration = Duration::from_secs(5);
const WATCHED: Duration = Duration::from_secs(30);

pub(crate) async fn measure(desk: &Program) {
    println!("  in sight: {}", share(desk).await);
    desk.hide();
    let hidden = desk.run("return document.hidden").await;
    println!(
        "  hidden (the page {} it): {}",
        if hidden == true { "knows" } else { "does not know" },
        share(desk).await
    );
}

async fn share(desk: &Program) -> String {
    tokio::time::sleep(REST).await;
    let before = desk.cpu();
    tokio::time::sleep(WATCHED).await;
    let worked = desk.cpu().saturating_sub(before);
    let tenths = worked.as_millis() * 1_000 / WATCHED.as_millis();
    format!("{}.{} % of a core, program and web view together", tenths / 10, tenths % 10)
}
