//! `phantom ninjatrader conformance`: the cases of the bridge against any server.

mod case;
mod hostile;
mod run;
mod wire;
mod words;

use std::io::{self, Write};
use std::time::Duration;

use phantom_model::{Contract, InstrumentTable, front_contract, trading_day};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::args::ConformanceOptions;
use crate::fault::Fault;
use crate::instruments::find;
use crate::secret_file;
use crate::text_table::{Align, TextTable};
use crate::today::now;
use run::{Ground, Outcome, Runner};
use wire::{Failure, Target, Wire};
use words::at;

/// How long the market may take to trade.
const FIRST_TRADE: Duration = Duration::from_secs(15);

/// One case in the printed result.
#[derive(Serialize)]
struct Row<'a> {
    number: u32,
    name: &'a str,
    passed: bool,
    millis: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
}

/// Runs the cases and prints what became of each.
///
/// # Errors
/// Something given is not right, the server cannot be reached, or a case failed.
pub(crate) fn conformance(options: &ConformanceOptions) -> Result<(), Fault> {
    let secret = secret_file::read(&options.secret_file)?;
    let contract = contract(options)?;
    let target =
        Target { host: options.host.clone(), port: options.port, account: options.account.clone(), secret };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::Runtime)?;
    let outcomes = runtime.block_on(async {
        let ground = survey(&target, &contract).await.map_err(Fault::Conformance)?;
        let run = format!("{:x}", now().nanos() / 1_000_000 % 0x1000_0000);
        let runner = Runner::new(target, ground, run);
        let mut outcomes = Vec::new();
        for case in case::all().map_err(|fault| Fault::Conformance(fault.to_string()))? {
            if options.only.is_empty() || options.only.contains(&case.number) {
                let outcome = runner.run(&case).await;
                tracing::info!(number = outcome.number, failure = ?outcome.failure, "case");
                outcomes.push(outcome);
            }
        }
        Ok::<_, Fault>(outcomes)
    })?;
    print(&outcomes, options.json)?;
    let failed = outcomes.iter().filter(|it| it.failure.is_some()).count();
    if failed == 0 { Ok(()) } else { Err(Fault::CasesFailed { failed, of: outcomes.len() }) }
}

fn contract(options: &ConformanceOptions) -> Result<Contract, Fault> {
    let table = InstrumentTable::built_in()?;
    match options.contract.split_once(' ') {
        Some(_) => Contract::parse_ninjatrader(&table, &options.contract)
            .map_err(|source| Fault::BadContract { contract: options.contract.clone(), source }),
        None => Ok(front_contract(find(&table, &options.contract)?, trading_day(now()))?),
    }
}

/// Reads the account and waits for a trade, so that the cases know prices that rest.
async fn survey(target: &Target, contract: &Contract) -> Result<Ground, Failure> {
    let mut wire = Wire::open(target).await?;
    let (root, expiry) = (contract.instrument().ninjatrader_root().to_owned(), contract.expiry());
    let (month, year) = (i64::from(expiry.month().number()), i64::from(expiry.year()));
    let d = json!({"root": root, "month": month, "year": year});
    wire.say(&json!({"t": "cmd", "id": "r-1", "op": "subscribe", "d": d})).await?;
    let until = Instant::now() + FIRST_TRADE;
    let (mut env, mut tick) = (None, None);
    let decimal = |value: &Value| value.as_str().and_then(|text| text.parse::<Decimal>().ok());
    loop {
        let body = wire.body(until).await.map_err(|_| {
            format!("no trade of {contract} within {FIRST_TRADE:?}: the cases need a market that trades")
        })?;
        let body = body.ok_or("the server closed")?;
        match at(&body, "/t").as_str() {
            Some("snap") if *at(&body, "/k") == "acct" => {
                env = at(&body, "/d/env").as_str().map(str::to_owned);
            }
            Some("ack") if *at(&body, "/ok") == true => tick = decimal(at(&body, "/d/tick_size")),
            Some("ack") => return Err(format!("{contract} cannot be subscribed to: {body}")),
            Some("trade") => {
                if let (Some(env), Some(tick), Some(last)) = (env.clone(), tick, decimal(at(&body, "/price")))
                {
                    if env == "live" {
                        return Err(
                            "the account is live: the cases trade, and run on a simulated one only".into()
                        );
                    }
                    return Ok(Ground { root, month, year, env, tick, last });
                }
            }
            Some(_) | None => {}
        }
    }
}

fn print(outcomes: &[Outcome], as_json: bool) -> Result<(), Fault> {
    let rows: Vec<Row> = outcomes
        .iter()
        .map(|it| Row {
            number: it.number,
            name: &it.name,
            passed: it.failure.is_none(),
            millis: it.took.as_millis(),
            failure: it.failure.as_deref(),
        })
        .collect();
    let passed = rows.iter().filter(|row| row.passed).count();
    let text = if as_json {
        serde_json::to_string_pretty(&rows).map_err(|error| Fault::Output(error.into()))? + "\n"
    } else {
        let mut table = TextTable::new([
            ("No", Align::Right),
            ("Case", Align::Left),
            ("Result", Align::Left),
            ("ms", Align::Right),
        ]);
        for row in &rows {
            let result = if row.passed { "passed" } else { "FAILED" };
            table.push([
                row.number.to_string(),
                row.name.to_owned(),
                result.to_owned(),
                row.millis.to_string(),
            ]);
        }
        let failures = rows.iter().filter_map(|row| Some(format!("{}: {}\n", row.number, row.failure?)));
        format!("{}\n{}{passed} of {} cases passed\n", table, failures.collect::<String>(), rows.len())
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Fault::Output)
}
