//! Reads what a firm rules for all its programs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Time, time};
use phantom_model::{MiniWeight, Money, Span};

use super::Known;
use crate::pack::reader::{Field, Read, Section, plain_decimal};
use crate::pack::{
    Contracts, EarlyClose, EarlyCloseOf, FeeTable, Firm, Hedging, LimitZone, Products, Share, Throttle,
    Times, Weights, Zone,
};

/// When the trading day of the desk begins, in Chicago.
const DAY_START: Time = time(17, 0, 0, 0);

/// An hour that the clocks of `New_York` are ahead of those of Chicago, on every evening and every day
/// of trading: both change on the same Sunday night.
const NEW_YORK_AHEAD: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

pub(super) fn read(mut section: Section<'_>, known: &Known<'_>) -> Read<Firm> {
    let firm = Firm {
        id: section.need("id")?.id()?,
        name: section.need("name")?.words()?,
        times: times(section.need_section("times")?)?,
        weights: weights(section.need_section("weights")?, known)?,
        products: products(section.need("products")?, known)?,
        contracts: section
            .need("contracts")?
            .one_of(&[("front_month", Contracts::FrontMonth), ("any", Contracts::Any)])?,
        limit_zone: section.take("limit_zone").map(limit_zone).transpose()?,
        hedging: section.need("hedging")?.one_of(&[
            ("allowed", Hedging::Allowed),
            ("forbidden_across_accounts", Hedging::ForbiddenAcrossAccounts),
        ])?,
        throttle: section.take("throttle").map(throttle).transpose()?,
        fees: fees(section.need_section("fees")?, known)?,
        oversize_grace: section
            .take("oversize_grace_s")
            .map(|field| field.whole(1, 3_600).map(|seconds| Span::from_millis(seconds * 1_000)))
            .transpose()?,
        emergency: section.take("emergency").map(|field| field.words()).transpose()?,
    };
    section.finish()?;
    Ok(firm)
}

fn times(mut section: Section<'_>) -> Read<Times> {
    let zone = section
        .need("zone")?
        .one_of(&[("America/Chicago", Zone::Chicago), ("America/New_York", Zone::NewYork)])?;
    let day_start = section.need("day_start")?;
    if clock(&day_start, zone)? != DAY_START {
        let right =
            "must be 17:00 in America/Chicago or 18:00 in America/New_York, when the trading day begins";
        return Err(day_start.wrong(right));
    }
    let resume = match section.take("resume") {
        None => DAY_START,
        Some(field) => evening(&field, zone)?,
    };
    let end_field = section.take("no_new_entries_from");
    let no_new_entries_from = end_field.as_ref().map(|field| by_day(field, zone)).transpose()?;
    let flat_by = section.take("flat_by").map(|field| by_day(&field, zone)).transpose()?;
    if let (Some(field), Some(end), Some(flat_by)) = (&end_field, no_new_entries_from, flat_by)
        && end > flat_by
    {
        return Err(
            field.wrong(format!("must not be after flat_by, {} in Chicago", flat_by.strftime("%H:%M")))
        );
    }
    let early_close = early_close(section.need_section("early_close")?)?;
    section.finish()?;
    Ok(Times { zone, resume, no_new_entries_from, flat_by, early_close })
}

fn early_close(mut section: Section<'_>) -> Read<EarlyClose> {
    let offset = section.need("offset_min")?.whole(0, 240)?;
    let of = section
        .need("of")?
        .one_of(&[("equity_index", EarlyCloseOf::EquityIndex), ("product", EarlyCloseOf::Product)])?;
    section.finish()?;
    Ok(EarlyClose { offset_min: u16::try_from(offset).unwrap_or(u16::MAX), of })
}

/// A time as the clocks in Chicago show it.
fn clock(field: &Field<'_>, zone: Zone) -> Read<Time> {
    let time = field.clock()?;
    Ok(match zone {
        Zone::Chicago => time,
        Zone::NewYork => time.wrapping_sub(NEW_YORK_AHEAD),
    })
}

fn by_day(field: &Field<'_>, zone: Zone) -> Read<Time> {
    let time = clock(field, zone)?;
    if time < DAY_START {
        Ok(time)
    } else {
        Err(field.wrong("must be before the trading day's end, 17:00 in Chicago"))
    }
}

fn evening(field: &Field<'_>, zone: Zone) -> Read<Time> {
    let time = clock(field, zone)?;
    if time >= DAY_START {
        Ok(time)
    } else {
        Err(field.wrong("must be at the trading day's begin or later that evening, from 17:00 in Chicago on"))
    }
}

fn weights(mut section: Section<'_>, known: &Known<'_>) -> Read<Weights> {
    let field = section.need("micros_per_mini")?;
    let micros_per_mini = field.whole(1, 1_000)?;
    if 1_000 % micros_per_mini != 0 {
        return Err(
            field.wrong("must divide 1000, so that a micro is a whole count of thousandths of a mini")
        );
    }
    let mut exceptions = BTreeMap::new();
    if let Some(field) = section.take("exceptions") {
        for (root, weight) in field.section()?.rest() {
            known.root_key(&root, &weight)?;
            let minis = weight
                .parse("a weight in minis such as \"0.2\", in whole thousandths above zero", |text| {
                    plain_decimal(text).and_then(MiniWeight::from_decimal)
                })?;
            exceptions.insert(root, minis);
        }
    }
    section.finish()?;
    Ok(Weights { micros_per_mini, exceptions })
}

/// `"all"`, or a list of roots.
fn products(field: Field<'_>, known: &Known<'_>) -> Read<Products> {
    if field.text().is_ok_and(|text| text == "all") {
        return Ok(Products::All);
    }
    let place = field.place().clone();
    let roots = roots(field, known)?;
    if roots.is_empty() {
        Err(place.wrong("is empty: name products, or write \"all\""))
    } else {
        Ok(Products::Only(roots))
    }
}

/// A list of roots, each known and none twice.
pub(super) fn roots(field: Field<'_>, known: &Known<'_>) -> Read<BTreeSet<String>> {
    let mut roots = BTreeSet::new();
    for entry in field.list("a list of roots such as [\"ES\", \"NQ\"]")? {
        let root = known.root(&entry)?;
        if !roots.insert(root.clone()) {
            return Err(entry.wrong(format!("{root} is here twice")));
        }
    }
    Ok(roots)
}

fn limit_zone(field: Field<'_>) -> Read<LimitZone> {
    let mut section = field.section()?;
    let width_field = section.need("width")?;
    let (width, equity_limit) = (width_field.part()?, section.need("equity_limit")?.part()?);
    if width >= equity_limit {
        return Err(width_field.wrong(format!("must be below equity_limit, {equity_limit}")));
    }
    section.finish()?;
    Ok(LimitZone { width, equity_limit })
}

fn throttle(field: Field<'_>) -> Read<Throttle> {
    let mut section = field.section()?;
    let second = section.need("per_second")?;
    let (per_second, per_minute) = (second.whole(1, 1_000)?, section.need("per_minute")?.whole(1, 60_000)?);
    if per_minute < per_second {
        return Err(second.wrong(format!("must not be above per_minute, {per_minute}")));
    }
    let reserve = section.need("exits_reserve")?;
    let exits_reserve = reserve.part()?;
    if exits_reserve == Share::WHOLE {
        return Err(reserve.wrong("must be below 1, or no entry can ever be sent"));
    }
    section.finish()?;
    Ok(Throttle { per_second, per_minute, exits_reserve })
}

#[derive(Clone, Copy)]
enum FeeKind {
    None,
    TopstepX,
    PerSide,
    ByRoot,
}

fn fees(mut section: Section<'_>, known: &Known<'_>) -> Read<FeeTable> {
    let kind = section.need("kind")?.one_of(&[
        ("none", FeeKind::None),
        ("topstepx", FeeKind::TopstepX),
        ("per_side", FeeKind::PerSide),
        ("by_root", FeeKind::ByRoot),
    ])?;
    let table = match kind {
        FeeKind::None => FeeTable::None,
        FeeKind::TopstepX => FeeTable::TopstepX,
        FeeKind::PerSide => FeeTable::PerSide(fee(&section.need("amount")?)?),
        FeeKind::ByRoot => {
            let mut fees = BTreeMap::new();
            for (root, field) in section.need_section("amounts")?.rest() {
                known.root_key(&root, &field)?;
                fees.insert(root, fee(&field)?);
            }
            FeeTable::ByRoot(fees)
        }
    };
    section.finish()?;
    Ok(table)
}

fn fee(field: &Field<'_>) -> Read<Money> {
    let fee = field.money()?;
    if fee >= Money::ZERO { Ok(fee) } else { Err(field.wrong("must not be below zero")) }
}
