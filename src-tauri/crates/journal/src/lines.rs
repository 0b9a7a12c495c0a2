//! A whole journal as lines of JSON: what it is, its contracts, its runs, its facts.
//!
//! ```text
//! {"journal":{"form":1,"environment":"MOCK","account":"mock"}}
//! {"contract":{"name":"GC 12-26","tickSize":"0.1","tickValue":"10.00","weight":"1","feePerSide":"2.10"}}
//! {"run":{"id":1,"build":"0.1.0","configuration":"","began":"2026-11-27T04:15:30.0000000Z","status":"Ended"}}
//! {"seq":1,"at":"...","kind":"orderSubmitted","order":"T1",...}
//! ```

use phantom_compliance::Minis;
use phantom_engine::ContractTerms;
use phantom_model::price::Grid;
use phantom_model::{Money, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::contracts::ListedContract;
use crate::runs::{Run, RunStatus};
use crate::session::{Environment, Session};

/// The form of the lines that this build writes and reads.
pub(crate) const FORM: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JournalLine {
    pub(crate) form: u32,
    pub(crate) environment: String,
    pub(crate) account: String,
}

/// A contract.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContractLine {
    name: String,
    tick_size: Decimal,
    tick_value: Money,
    weight: Minis,
    fee_per_side: Money,
}

/// A run; the facts after it are its own.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RunLine {
    pub(crate) id: i64,
    pub(crate) build: String,
    pub(crate) configuration: String,
    pub(crate) began: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    pub(crate) status: String,
}

/// Every line that is no fact.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Head {
    Journal(JournalLine),
    Contract(ContractLine),
    Run(RunLine),
}

impl Head {
    pub(crate) fn of_journal(environment: Environment, account: &str) -> Self {
        let environment = environment.word().to_owned();
        Self::Journal(JournalLine { form: FORM, environment, account: account.to_owned() })
    }

    pub(crate) fn of_session(session: &Session) -> Self {
        Self::of_journal(session.environment, &session.account)
    }

    pub(crate) fn of_contract(ListedContract { name, terms }: &ListedContract) -> Self {
        Self::Contract(ContractLine {
            name: name.clone(),
            tick_size: terms.grid.tick_size(),
            tick_value: terms.tick_value,
            weight: terms.weight,
            fee_per_side: terms.fee_per_side,
        })
    }

    pub(crate) fn of_run(run: &Run) -> Self {
        Self::Run(RunLine {
            id: run.id,
            build: run.build.clone(),
            configuration: run.configuration.clone(),
            began: Timestamp::from_nanos(run.began_ns),
            ended: run.ended_ns.map(Timestamp::from_nanos),
            status: run.status.word().to_owned(),
        })
    }
}

impl ContractLine {
    /// # Errors
    /// In words, when the tick size is none.
    pub(crate) fn listed(self) -> Result<ListedContract, String> {
        let Self { name, tick_size, tick_value, weight, fee_per_side } = self;
        let grid = Grid::new(tick_size).ok_or_else(|| format!("{tick_size} is no tick size"))?;
        Ok(ListedContract { name, terms: ContractTerms { grid, tick_value, weight, fee_per_side } })
    }
}

impl RunLine {
    /// # Errors
    /// In words, when the status is none.
    pub(crate) fn status(&self) -> Result<RunStatus, String> {
        RunStatus::of(&self.status).ok_or_else(|| format!("{:?} is no status of a run", self.status))
    }
}
