//! Runs cases against a server, one after the other, each on an account that the one before left clean.

use std::time::Duration;

use phantom_bridge::command::Arm;
use phantom_bridge::digest::digest;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::case::{Case, CommandStep, OpenStep, Step};
use super::hostile;
use super::wire::{Failure, PATIENCE, Target, Wire};
use super::words::{Words, at, filled, matches};

/// How long is waited for what must not come.
const NEVER: Duration = Duration::from_millis(300);

/// The market that the cases trade in, as the server described it.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) root: String,
    pub(super) month: i64,
    pub(super) year: i64,
    pub(super) env: String,
    pub(super) tick: Decimal,
    pub(super) last: Decimal,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) failure: Option<Failure>,
    pub(super) took: Duration,
}

/// Runs cases.
pub(super) struct Runner {
    target: Target,
    ground: Ground,
    /// Tells the ids of this run from those of every other.
    run: String,
}

/// One case that runs.
struct Running<'a> {
    target: &'a Target,
    words: Words,
    wire: Option<Wire>,
    requests: u32,
}

impl Runner {
    pub(super) const fn new(target: Target, ground: Ground, run: String) -> Self {
        Self { target, ground, run }
    }

    pub(super) async fn run(&self, case: &Case) -> Outcome {
        let began = Instant::now();
        let mut running =
            Running { target: &self.target, words: self.words(case.number), wire: None, requests: 0 };
        let mut failure = None;
        for (at, step) in case.steps.iter().enumerate() {
            if let Err(said) = running.step(step).await {
                failure = Some(format!("step {}: {said}", at + 1));
                break;
            }
        }
        let cleaned = running.clean().await;
        let failure = failure.or_else(|| cleaned.err().map(|said| format!("cleaning up: {said}")));
        Outcome { number: case.number, name: case.name.clone(), failure, took: began.elapsed() }
    }

    fn words(&self, number: u32) -> Words {
        let Ground { root, month, year, env, tick, last } = &self.ground;
        let other_env = if env == "sim" { "live" } else { "sim" };
        let steps = (*last * Decimal::new(99, 2) / *tick).floor();
        let low = steps * *tick;
        let id = |letter: &str| json!(format!("cf-{}-{number}-{letter}", self.run));
        let text = |price: Decimal| json!(price.normalize().to_string());
        Words::from([
            ("root", json!(root)),
            ("month", json!(month)),
            ("year", json!(year)),
            ("account", json!(self.target.account)),
            ("env", json!(env)),
            ("other_env", json!(other_env)),
            ("tick", text(*tick)),
            ("low", text(low)),
            ("lower", text(low - *tick * Decimal::from(4))),
            ("off_tick", text(low + *tick / Decimal::from(2))),
            ("a", id("a")),
            ("b", id("b")),
            ("c", id("c")),
            ("p", id("p")),
            ("x", id("x")),
        ])
    }
}

impl Running<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Open(it) => self.open(it).await,
            Step::Command(it) => self.command(it).await,
            Step::Handshake(it) => {
                let code = hostile::handshake(self.target, &it.handshake).await?;
                if code == it.bye {
                    Ok(())
                } else {
                    Err(format!("ended with {code:?}, expected {:?}", it.bye))
                }
            }
            Step::Raw(it) => hostile::line(self.wire()?, &it.raw).await,
            Step::Close(it) => {
                self.wire = None;
                tokio::time::sleep(Duration::from_millis(it.close)).await;
                Ok(())
            }
            Step::Trades(it) => self.trades(it.trades).await,
            Step::Beats(it) => {
                for _ in 0..it.beats {
                    self.beat().await?;
                }
                Ok(())
            }
            Step::ServerBeats(it) => self.server_beats(it.server_beats).await,
            Step::Silent(it) => self.silent(Duration::from_millis(it.silent)).await,
        }
    }

    fn wire(&mut self) -> Result<&mut Wire, Failure> {
        self.wire.as_mut().ok_or_else(|| "not connected".to_owned())
    }

    async fn open(&mut self, it: &OpenStep) -> Result<(), Failure> {
        // The server may not have seen the end of the last connection yet.
        let until = Instant::now() + PATIENCE;
        let wire = loop {
            match Wire::open(self.target).await {
                Ok(wire) => break wire,
                Err(failure) if Instant::now() >= until => return Err(failure),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        self.wire = Some(wire);
        let rows = self.snapshot("r-0").await?;
        for expected in &it.open {
            let expected = filled(expected, &self.words);
            if !rows.iter().any(|row| matches(row, &expected)) {
                return Err(format!("no row {expected} in the first snapshot: {rows:?}"));
            }
        }
        for absent in &it.absent {
            let absent = filled(absent, &self.words);
            if let Some(row) = rows.iter().find(|row| matches(row, &absent)) {
                return Err(format!("a row that must not be there: {row}"));
            }
        }
        Ok(())
    }

    /// The rows of a snapshot up to its end; they must add up.
    async fn snapshot(&mut self, id: &str) -> Result<Vec<Value>, Failure> {
        let until = Instant::now() + PATIENCE;
        let mut rows: Vec<Value> = Vec::new();
        loop {
            let body = self.wire()?.body(until).await?.ok_or("closed before the end of the snapshot")?;
            match at(&body, "/t").as_str() {
                Some("snap") if *at(&body, "/id") == *id => rows.push(body),
                Some("snap_end") if *at(&body, "/id") == *id => {
                    for kind in ["conn", "acct", "order", "exec", "pos"] {
                        let count = rows.iter().filter(|row| *at(row, "/k") == kind).count();
                        if at(&body, &format!("/{kind}")).as_u64() != u64::try_from(count).ok() {
                            return Err(format!(
                                "{count} rows of {kind}, and the end says {}",
                                at(&body, &format!("/{kind}"))
                            ));
                        }
                    }
                    return Ok(rows);
                }
                Some("snap" | "snap_end") => return Err(format!("a snapshot of {}", at(&body, "/id"))),
                Some(_) | None => {}
            }
        }
    }

    fn next_id(&mut self) -> String {
        self.requests += 1;
        format!("r-{}", self.requests)
    }

    async fn command(&mut self, it: &CommandStep) -> Result<(), Failure> {
        let id = self.next_id();
        let d = filled(&it.d, &self.words);
        let body = json!({"t": "cmd", "id": id, "op": it.cmd, "d": d});
        self.wire()?.say(&body).await?;
        let expected: Vec<Value> = it.events.iter().map(|it| filled(it, &self.words)).collect();
        let never: Vec<Value> = it.never.iter().map(|it| filled(it, &self.words)).collect();
        let (ack, _) = self.answer(&id, &expected, &never).await?;
        self.compare(it, &ack, &d)?;
        if let Some(count) = &it.count {
            let rows = self.snapshot(&id).await?;
            let row = json!({"k": count.k, "d": filled(&count.d, &self.words)});
            let found = rows.iter().filter(|it| matches(it, &row)).count();
            if found != count.is {
                return Err(format!("{found} rows {row}, expected {}", count.is));
            }
        }
        Ok(())
    }

    /// The answer and the expected events, in their order; other events may come between.
    async fn answer(
        &mut self,
        id: &str,
        expected: &[Value],
        never: &[Value],
    ) -> Result<(Value, Vec<Value>), Failure> {
        let mut until = Instant::now() + PATIENCE;
        let (mut ack, mut seen, mut met) = (None, Vec::new(), 0);
        loop {
            if let (Some(_), true) = (&ack, met == expected.len()) {
                if never.is_empty() {
                    break;
                }
                until = until.min(Instant::now() + NEVER);
            }
            let body = match self.wire()?.body(until).await {
                Ok(body) => body.ok_or("the server closed")?,
                Err(_) if ack.is_some() && met == expected.len() => break,
                Err(failure) => {
                    return Err(format!("{failure}: answer {ack:?}, events {seen:?}, expected {expected:?}"));
                }
            };
            match at(&body, "/t").as_str() {
                Some("ack") if *at(&body, "/id") == *id => ack = Some(body),
                Some("ev") => {
                    if let Some(wrong) = never.iter().find(|it| matches(&body, it)) {
                        return Err(format!("an event that must not come: {body} is {wrong}"));
                    }
                    met += usize::from(expected.get(met).is_some_and(|it| matches(&body, it)));
                    seen.push(body);
                }
                Some(_) | None => {}
            }
        }
        Ok((ack.unwrap_or_default(), seen))
    }

    fn compare(&self, it: &CommandStep, ack: &Value, d: &Value) -> Result<(), Failure> {
        let mut expected = filled(&it.ack, &self.words);
        let wanted = expected.as_object_mut().and_then(|members| members.remove("digest"));
        if !matches(ack, &expected) {
            return Err(format!("answered {ack}, expected {expected}"));
        }
        if let Some(wanted) = wanted {
            let armed: Option<Arm> =
                (wanted == "armed").then(|| serde_json::from_value(d.clone()).ok()).flatten();
            let ours = digest(&armed);
            if *at(ack, "/d/digest") != *ours {
                return Err(format!("the digest {}, expected {ours}", at(ack, "/d/digest")));
            }
        }
        if let Some(account) = &it.account {
            let name = filled(account, &self.words);
            let listed = at(ack, "/d/accounts")
                .as_array()
                .is_some_and(|all| all.iter().any(|it| *at(it, "/name") == name));
            if !listed {
                return Err(format!("{name} is not listed: {ack}"));
            }
        }
        Ok(())
    }

    async fn trades(&mut self, wanted: i64) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE * 4;
        let mut last = 0;
        while last < wanted {
            let body = self.wire()?.body(until).await?.ok_or("the server closed")?;
            if *at(&body, "/t") == "trade" {
                if at(&body, "/n").as_i64() != Some(last + 1) {
                    return Err(format!("trade {} after {last}", at(&body, "/n")));
                }
                last += 1;
            }
        }
        Ok(())
    }

    async fn beat(&mut self) -> Result<(), Failure> {
        let n = self.wire()?.beat().await?;
        let until = Instant::now() + PATIENCE;
        while !self.wire()?.pongs.contains(&n) {
            let wire = self.wire()?;
            let soon = until.min(Instant::now() + NEVER);
            // Heartbeats are no bodies: a quiet server brings none.
            if let Ok(None) = wire.body(soon).await {
                return Err("the server closed".to_owned());
            }
            if Instant::now() >= until {
                return Err("the heartbeat was not answered".to_owned());
            }
        }
        Ok(())
    }

    async fn server_beats(&mut self, wanted: i64) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE;
        while self.wire()?.server_beats < wanted {
            let soon = until.min(Instant::now() + NEVER);
            if let Ok(None) = self.wire()?.body(soon).await {
                return Err("the server closed".to_owned());
            }
            if Instant::now() >= until {
                return Err("the server does not say that it lives".to_owned());
            }
        }
        Ok(())
    }

    async fn silent(&mut self, patience: Duration) -> Result<(), Failure> {
        let began = Instant::now();
        let wire = self.wire()?;
        wire.beating = false;
        while wire.body(began + patience).await.map_err(|_| "a silent client was not let go")?.is_some() {}
        if began.elapsed() < Duration::from_millis(2_500) {
            return Err(format!("let go after {:?} already", began.elapsed()));
        }
        self.wire = None;
        Ok(())
    }

    /// Leaves the account as it was found: nothing of ours works, and the contract is flat.
    async fn clean(&mut self) -> Result<(), Failure> {
        self.wire = None;
        self.requests = 0;
        self.open(&OpenStep { open: Vec::new(), absent: Vec::new() }).await?;
        let id = self.next_id();
        let disarm = json!({"t": "cmd", "id": id, "op": "disarm", "d": {}});
        self.wire()?.say(&disarm).await?;
        self.answer(&id, &[], &[]).await?;
        let id = self.next_id();
        self.wire()?.say(&json!({"t": "cmd", "id": id, "op": "snapshot", "d": {}})).await?;
        self.answer(&id, &[], &[]).await?;
        let rows = self.snapshot(&id).await?;
        let [root, month, year, env] = ["root", "month", "year", "env"].map(|it| self.words.get(it).cloned());
        let here = json!({"k": "pos", "d": {"root": root, "month": month, "year": year}});
        let net = rows.iter().find(|row| matches(row, &here)).and_then(|row| at(row, "/d/net").as_i64());
        let live = rows.iter().any(|row| *at(row, "/k") == "order" && is_ours_and_live(at(row, "/d")));
        let net = net.unwrap_or(0);
        if net == 0 && !live {
            return Ok(());
        }
        let (side, qty) = if net < 0 { ("buy", -net) } else { ("sell", net.max(1)) };
        let closing = format!("{}-z", self.words.get("a").and_then(Value::as_str).unwrap_or("cf"));
        let id = self.next_id();
        let flatten = json!({"t": "cmd", "id": id, "op": "flatten", "d": {"client_id": closing, "root": root,
            "month": month, "year": year, "side": side, "qty": qty, "entry": "manual", "env": env}});
        self.wire()?.say(&flatten).await?;
        let state = if net == 0 { "cancelled" } else { "filled" };
        let ended = json!({"k": "order", "d": {"client_id": closing, "state": state}});
        self.answer(&id, &[ended], &[]).await.map(|_| ())
    }
}

fn is_ours_and_live(order: &Value) -> bool {
    let ours = at(order, "/client_id").as_str().is_some_and(|id| id.starts_with("cf-"));
    ours && !matches!(at(order, "/state").as_str(), Some("filled" | "cancelled" | "rejected" | "lost"))
}
