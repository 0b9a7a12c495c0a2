//! The mock broker in a process of its own, and the cases that every server of the bridge is held to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::phantom;

/// Cases that wait for seconds on purpose; `scripts/conformance` runs them too.
const SLOW: [u64; 8] = [2, 6, 7, 8, 59, 63, 64, 66];

/// A server that ends with the test.
struct Server {
    process: Child,
    port: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn server(folder: &Path, more: &[&str]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phantom"));
    command.current_dir(folder).args(["mock-broker", "--listen", "127.0.0.1:0"]).args(more);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.strip_prefix("listening on ").unwrap().split(',').next().unwrap();
    Server { port: address.rsplit(':').next().unwrap().to_owned(), process }
}

fn cases(folder: &Path, port: &str, only: &[String]) -> (Option<i32>, Vec<Value>) {
    let mut arguments = vec!["ninjatrader", "conformance", "--json", "--port", port, "--only"];
    arguments.extend(only.iter().map(String::as_str));
    let ended = phantom(folder, &arguments);
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|fault| panic!("{fault}: {} {}", ended.stdout, ended.stderr));
    (ended.status, rows)
}

#[test]
fn the_mock_broker_passes_the_cases_of_the_bridge() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &["--simulated", "NQ", "--speed", "20", "--state", "books"]);
    let quick: Vec<String> = (1..=67).filter(|n| !SLOW.contains(n)).map(|n: u64| n.to_string()).collect();
    let (status, rows) = cases(folder.path(), &server.port, &quick);
    let failed: Vec<&Value> = rows.iter().filter(|row| row["passed"] != true).collect();
    assert_eq!((status, rows.len()), (Some(0), quick.len()), "{failed:?}");
}

#[test]
fn a_server_that_refuses_orders_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &["--simulated", "NQ", "--speed", "20", "--refuse", "1000"]);
    let (status, rows) = cases(folder.path(), &server.port, &["31".to_owned(), "43".to_owned()]);
    let passed: Vec<bool> = rows.iter().map(|row| row["passed"] == true).collect();
    assert_eq!((status, passed), (Some(1), vec![false, true]), "{rows:?}");
}

#[test]
fn a_server_for_other_machines_must_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let ended = phantom(folder.path(), &["mock-broker", "--listen", "0.0.0.0:0"]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.contains("must be switched on"), "{}", ended.stderr);
}
