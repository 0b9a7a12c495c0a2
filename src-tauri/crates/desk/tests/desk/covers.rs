//! What the broker is told to hold for the phantoms, and who decided on an order.

use std::sync::Arc;

use phantom_compliance::{Limits, Ticket};
use phantom_engine::{Handling, Origin};
use phantom_model::{ArenaKey, FlattenId, Offset, OrderId, Price, Side};

use crate::brokers::Noted;
use crate::world::{run, ticket};

fn with_stop(stop: &str) -> Ticket {
    Ticket { stop: Some(stop.into()), ..ticket(Side::Buy, "2") }
}

#[tokio::test(start_paused = true)]
async fn what_is_to_stand_is_told_at_the_start_and_whole_each_time_that_it_changes() {
    let broker = Noted::default();
    let told = Arc::clone(&broker.covers);
    let world = run(broker, Limits::NONE);
    world.print(13_200).await;
    assert_eq!(*told.lock().unwrap(), [vec![]], "said once although there is none");
    world.desk.place(with_stop("1315.0"), Origin::Window).await.unwrap();
    world.print(13_201).await;
    let rows = told.lock().unwrap().clone();
    let [.., last] = rows.as_slice() else { panic!("{rows:?}") };
    let rows: Vec<_> = last.iter().map(|it| (it.lot.row(), it.qty.contracts(), it.stop.ticks())).collect();
    assert_eq!(rows, [(0, 2, 13_150)]);
    assert_eq!(told.lock().unwrap().len(), 2);
    world.print(13_202).await;
    assert_eq!(told.lock().unwrap().len(), 2, "nothing has changed");
    world.desk.set_handling(Handling { disaster: Offset::new(30), ..Handling::STANDARD }).unwrap();
    world.print(13_203).await;
    let wide = told.lock().unwrap().last().and_then(|rows| rows.first()?.disaster);
    assert_eq!(wide, Price::new(13_120));
    world.print(13_150).await;
    world.print(13_149).await;
    assert_eq!(told.lock().unwrap().last(), Some(&vec![]), "its exit has closed it");
}

#[tokio::test(start_paused = true)]
async fn the_exits_of_a_flatten_that_a_person_pressed_are_that_persons() {
    for (origin, is_a_person) in [(Origin::Window, true), (Origin::Hotkey, true), (Origin::Rule, false)] {
        let broker = Noted::default();
        let by_person = Arc::clone(&broker.by_person);
        let world = run(broker, Limits::NONE);
        world.print(13_200).await;
        world.desk.place(with_stop("1315.0"), Origin::Rule).await.unwrap();
        world.print(13_201).await;
        let (receipt, ()) = tokio::join!(world.desk.flatten_all(origin), world.print(13_202));
        assert!(receipt.unwrap().flat);
        let exit = OrderId::FlattenExit { flatten: FlattenId::from_row(0), contract: world.gold, exit: 1 };
        let expected = if is_a_person { vec![exit] } else { Vec::new() };
        assert_eq!(*by_person.lock().unwrap(), expected, "{origin:?}");
    }
}
