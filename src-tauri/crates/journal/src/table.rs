//! A fact as a row of a table for a spreadsheet.

use std::io;

use phantom_engine::Fact;
use serde_json::{Map, Value};

use crate::columns::Columns;
use crate::contracts::ListedContract;
use crate::line::{self, Beside};
use crate::{body, wall};

/// The header of the table.
pub(crate) const HEAD: &str =
    "seq,time,recorded,day,run,kind,about,contract,side,qty,price,fee,realized,cause,signal,words,rest";

/// Fields that have a column of their own.
const OWN: [&str; 5] = ["side", "qty", "price", "fee", "realized"];

/// The row of a fact.
pub(crate) fn row(
    contracts: &[ListedContract],
    it: &Columns<'_>,
    fact: &Fact,
    beside: &Beside<'_>,
) -> io::Result<String> {
    let stored: Value = serde_json::from_str(body::write(&fact.body)?.fields())?;
    let readable = line::readable_fields(contracts, &stored, beside.contract);
    let mut fields = readable.unwrap_or_else(|| Map::from_iter([("raw".to_owned(), stored)]));
    for named in ["contract", "market"] {
        fields.shift_remove(named);
    }
    let own = OWN.map(|name| fields.shift_remove(name).map(|value| plain(&value)).unwrap_or_default());
    let [side, qty, price, fee, realized] = own;
    let contract = beside.contract.and_then(|contract| {
        contracts.get(phantom_model::ArenaKey::row(contract) as usize).map(|contract| contract.name.as_str())
    });
    let rest = if fields.is_empty() { String::new() } else { serde_json::to_string(&fields)? };
    let cells = [
        it.seq.to_string(),
        fact.at.exact_text(),
        it.wall_ns.map(wall::text).unwrap_or_default(),
        it.day.to_owned(),
        it.run.to_string(),
        it.kind.to_owned(),
        it.entity.unwrap_or_default().to_owned(),
        contract.unwrap_or_default().to_owned(),
        side,
        qty,
        price,
        fee,
        realized,
        it.cause.unwrap_or_default().to_owned(),
        beside.signal.unwrap_or_default().to_owned(),
        line::words(&fact.body).unwrap_or_default(),
        rest,
    ];
    Ok(cells.map(|cell| quoted(&cell)).join(","))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

/// A cell. What a person has typed may begin like a formula: a spreadsheet must not run it, so it gets an
/// apostrophe, unless it is a number.
pub(crate) fn quoted(cell: &str) -> String {
    let is_number = cell.parse::<rust_decimal::Decimal>().is_ok();
    let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number { "'" } else { "" };
    if mark.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{mark}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_runs_no_formula() {
        for (cell, written) in [
            ("T1", "T1"),
            ("-12.50", "-12.50"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("-x", "\"'-x\""),
            ("@x,y", "\"'@x,y\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
