//! Snapshots and what follows them; queues that are bounded.

use phantom_compliance::Limits;
use phantom_engine::{Book, Origin};
use phantom_model::Side;
use phantom_runtime::DeskFault;
use phantom_runtime::handle::COMMANDS_MAX;

use crate::world::{engine, listing, mock, run, ticket};

#[tokio::test(start_paused = true)]
async fn a_snapshot_and_the_batches_after_it_lose_nothing() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Buy, "3"), Origin::Window).await.unwrap();
    let mut snapshot = world.desk.snapshot().await.unwrap();
    world.print(13_201).await;
    world.desk.place(ticket(Side::Sell, "1"), Origin::Window).await.unwrap();
    world.print(13_205).await;

    let mut book = snapshot.book;
    while let Ok(batch) = snapshot.later.try_recv() {
        for fact in batch.iter() {
            assert_eq!(fact.seq, book.seq() + 1, "numbered without gaps");
            book.fold(fact);
        }
    }
    assert_eq!(book, world.desk.snapshot().await.unwrap().book);
}

#[tokio::test(start_paused = true)]
async fn the_journal_alone_rebuilds_the_book() {
    let world = run(mock(), Limits::NONE);
    world.desk.place(ticket(Side::Sell, "2"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    let book = world.desk.snapshot().await.unwrap().book;
    drop(world.desk);
    let journal = world.task.await.unwrap();
    let listing = listing();
    let terms = engine(&listing, Limits::NONE).terms().clone();
    assert_eq!(Book::replay(&terms, journal.facts()), book);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_finds_the_queue_full_is_refused_at_once() {
    let world = run(mock(), Limits::NONE);
    // The desk does not run until this task waits for something.
    for _ in 0..COMMANDS_MAX {
        world.desk.set_limits(Limits::NONE).unwrap();
    }
    assert_eq!(world.desk.set_limits(Limits::NONE), Err(DeskFault::Busy));
}

#[tokio::test(start_paused = true)]
async fn a_desk_without_handles_ends_and_later_commands_say_so() {
    let world = run(mock(), Limits::NONE);
    let desk = world.desk.clone();
    world.task.abort();
    assert!(world.task.await.unwrap_err().is_cancelled());
    assert_eq!(desk.set_limits(Limits::NONE), Err(DeskFault::Stopped));
    assert_eq!(desk.snapshot().await.unwrap_err(), DeskFault::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_person_is_heard_through_a_flood_of_trades() {
    let world = run(mock(), Limits::NONE);
    world.print(13_200).await;
    let feeder = world.desk.clone();
    let gold = world.gold;
    let flood = tokio::spawn(async move {
        for n in 0..50_000_i64 {
            let price = phantom_model::Price::new(13_200 + n % 10).unwrap();
            let print = phantom_model::Print::Trade { price, size: 1 };
            let record = phantom_model::MarketRecord { contract: gold, at: crate::world::OPEN, print };
            feeder.feed(record).await.unwrap();
        }
    });
    tokio::task::yield_now().await;
    let answer = world.desk.place(ticket(Side::Buy, "1"), Origin::Window).await.unwrap();
    assert!(answer.refusal.is_none());
    assert!(!flood.is_finished(), "answered in the middle of the flood");
    flood.await.unwrap();
}
