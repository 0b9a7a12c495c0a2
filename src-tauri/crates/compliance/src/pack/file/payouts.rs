//! Reads consistency and payout rules.

use crate::pack::reader::{Field, Read, Section};
use crate::pack::{
    Comparison, Consistency, ConsistencyBase, ConsistencyEffect, ConsistencyScope, Payout, PayoutPath,
    WinningDays,
};

pub(super) fn consistency(mut section: Section<'_>) -> Read<Consistency> {
    let list = section.need("shares")?;
    let place = list.place().clone();
    let shares = list.list("a list of shares such as [\"0.55\"]")?;
    let shares = shares.iter().map(Field::part).collect::<Read<Vec<_>>>()?;
    if shares.is_empty() {
        return Err(place.wrong("is empty: name at least one share such as \"0.55\""));
    }
    let scope_field = section.need("scope")?;
    let scope = scope_field
        .one_of(&[("account", ConsistencyScope::Account), ("payout_cycle", ConsistencyScope::PayoutCycle)])?;
    if shares.len() > 1 && scope == ConsistencyScope::Account {
        return Err(scope_field.wrong("must be \"payout_cycle\" where the share changes by payout"));
    }
    let consistency = Consistency {
        shares,
        of: section
            .need("of")?
            .one_of(&[("target", ConsistencyBase::Target), ("total_profit", ConsistencyBase::TotalProfit)])?,
        scope,
        comparison: section
            .need("comparison")?
            .one_of(&[("at_most", Comparison::AtMost), ("below", Comparison::Below)])?,
        effect: section.need("effect")?.one_of(&[
            ("raise_target", ConsistencyEffect::RaiseTarget),
            ("block_payout", ConsistencyEffect::BlockPayout),
            ("must_trade_on", ConsistencyEffect::MustTradeOn),
        ])?,
    };
    section.finish()?;
    Ok(consistency)
}

pub(super) fn payout(mut section: Section<'_>) -> Read<Payout> {
    let mut paths: Vec<PayoutPath> = Vec::new();
    for path in section.need("paths")?.sections()? {
        let place = path.place().clone();
        let path = payout_path(path)?;
        if paths.iter().any(|other| other.id == path.id) {
            return Err(place.wrong(format!("the id {:?} is here twice", path.id)));
        }
        paths.push(path);
    }
    if paths.is_empty() {
        return Err(section.wrong("paths is empty: name at least one"));
    }
    let payout = Payout {
        paths,
        of_balance: section.need("of_balance")?.part()?,
        trader_share: section.need("trader_share")?.part()?,
        at_least: section.need("at_least")?.positive_money()?,
        first_buffer: section.take("first_buffer").map(|field| field.positive_money()).transpose()?,
    };
    section.finish()?;
    Ok(payout)
}

fn payout_path(mut section: Section<'_>) -> Read<PayoutPath> {
    let winning_days = match section.take("winning_days") {
        None => None,
        Some(field) => {
            let mut days = field.section()?;
            let count = days.need("count")?.whole(1, 365)?;
            let profit_min = days.need("profit_min")?.positive_money()?;
            days.finish()?;
            Some(WinningDays { count, profit_min })
        }
    };
    let path = PayoutPath {
        id: section.need("id")?.id()?,
        winning_days,
        trading_days_min: section.take("trading_days_min").map_or(Ok(0), |field| field.whole(0, 365))?,
        consistency: section
            .take("consistency")
            .map(|field| field.section().and_then(consistency))
            .transpose()?,
        at_most: section.take("at_most").map(|field| field.positive_money()).transpose()?,
    };
    section.finish()?;
    Ok(path)
}
