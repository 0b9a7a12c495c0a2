//! The views, as a person reads them: through the library, and with the real `sqlite3` where it is.

use std::path::Path;
use std::process::Command;

use phantom_engine::book::Position;
use phantom_model::{Money, NetQty};
use rusqlite::{Connection, OpenFlags};

use crate::lines::written;
use crate::stories::{day, folded};

fn query(path: &Path, sql: &str) -> Vec<String> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells = (0..columns).map(|place| {
            Ok(match row.get_ref(place)? {
                rusqlite::types::ValueRef::Null => String::new(),
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other @ (rusqlite::types::ValueRef::Real(_) | rusqlite::types::ValueRef::Blob(_)) => {
                    format!("{other:?}")
                }
            })
        });
        cells.collect::<rusqlite::Result<Vec<_>>>().map(|cells| cells.join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

const ORDERS: &str =
    "SELECT order_id, contract, side, qty, type, price, purpose, status, filled, average_price FROM orders";

#[test]
fn orders_are_listed_with_how_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let rows = query(&written(folder.path()), ORDERS);
    for row in [
        "T1|GC 12-26|BUY|2|MARKET||entry|CLOSED|2|1319.100",
        "T2|GC 12-26|SELL|5|||refused|REJECTED|0|",
        "T3|GC 12-26|BUY|2|LIMIT|1311.0|entry|CANCELLED|0|",
        "L0-X1|GC 12-26|SELL|2|MARKET||stop|CLOSED|2|1316.400",
    ] {
        assert!(rows.contains(&row.to_owned()), "{row} is not in\n{}", rows.join("\n"));
    }
}

#[test]
fn the_orders_of_the_view_stand_as_those_of_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let book = folded(&day());
    let shown = query(
        &written(folder.path()),
        "SELECT order_id, status, filled FROM orders WHERE status <> 'REJECTED'",
    );
    let in_book = book.orders().iter().map(|(_, order)| order);
    let ours = in_book.filter(|order| !matches!(order.id, phantom_model::OrderId::Outside(_)));
    let expected = ours.map(|order| format!("{}|{}|{}", order.id, order.status.word(), order.filled));
    assert_eq!(shown, expected.collect::<Vec<_>>());
}

#[test]
fn lots_are_listed_with_what_watches_over_them() {
    let folder = tempfile::tempdir().unwrap();
    let rows = query(
        &written(folder.path()),
        "SELECT lot, contract, side, opened, open, entry, stop, target, trail_ticks, state, fired_leg, fired_by FROM phantoms",
    );
    assert_eq!(
        rows[0],
        "L0|GC 12-26|LONG|2|0|1319.1|1319.3|1322.0|12|CLOSED|stop|1316.5",
        "{}",
        rows.join("\n")
    );
    assert_eq!(rows.len(), folded(&day()).lots().iter().count());
}

#[test]
fn positions_and_profit_are_those_of_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let book = folded(&day());
    let of_book = |of: fn(&Position) -> Money| {
        let sum: Money = book.positions().iter().map(|(_, position)| of(position)).sum();
        sum.cents_text()
    };
    let sum = |column: &str| {
        query(&path, &format!("SELECT printf('%.2f', sum({column})) FROM pnl_per_day")).remove(0)
    };
    assert_eq!(sum("realized"), of_book(|position| position.realized));
    assert_eq!(sum("fees"), of_book(|position| position.fees));
    let net: i64 = book.positions().iter().map(|(_, position)| position.net.signed()).sum();
    let shown: i64 =
        query(&path, "SELECT net FROM positions").iter().map(|net| net.parse::<i64>().unwrap()).sum();
    assert_eq!(NetQty::new(shown), NetQty::new(net));
}

#[test]
fn alarms_and_fills_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let alarms = query(&path, "SELECT kind, what, about FROM alarms");
    assert!(alarms.iter().any(|row| row.contains("busted") && row.ends_with("|T4")), "{}", alarms.join("\n"));
    let fills = query(&path, "SELECT order_id, execution, contract, side, qty, price, undone FROM fills");
    assert!(fills.contains(&"T4|E4|GC 12-26|SELL|3|1316.3|1".to_owned()), "{}", fills.join("\n"));
    assert!(
        fills.contains(&"T1|E1|GC 12-26|BUY|1|1319.2|0".to_owned()),
        "a correction holds\n{}",
        fills.join("\n")
    );
    assert_eq!(query(&path, "SELECT count(*) FROM facts"), [day().len().to_string()]);
}

#[test]
fn the_stock_shell_reads_every_view() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let shell = |sql: &str| Command::new("sqlite3").arg(&path).arg(sql).output();
    // Where the shell is not installed, the library has shown the same above.
    let Ok(there) = shell("SELECT 1") else { return };
    assert!(there.status.success());
    for view in ["facts", "orders", "fills", "phantoms", "positions", "pnl_per_day", "alarms"] {
        let output = shell(&format!("SELECT * FROM {view}")).unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{view}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!said.is_empty() || view == "positions", "{view} has rows");
    }
    let output = shell(ORDERS).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.lines().any(|row| row == "T1|GC 12-26|BUY|2|MARKET||entry|CLOSED|2|1319.100"), "{said}");
}
