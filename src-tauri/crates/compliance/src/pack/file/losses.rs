//! Reads the loss rules of a program.

use phantom_model::Money;

use crate::pack::reader::{Field, Read, Section};
use crate::pack::{
    DailyAmount, DailyBasis, DailyLimit, DailyLoss, DailyTier, FloorCap, FloorLock, LossSeverity, MaxLoss,
    MaxLossKind, MaxLossSeverity, Obligation,
};

pub(super) fn max_loss(mut section: Section<'_>, start_balance: Money) -> Read<MaxLoss> {
    let kind = section.need("kind")?.one_of(&[
        ("eod_trailing", MaxLossKind::EodTrailing),
        ("intraday_trailing", MaxLossKind::IntradayTrailing),
        ("static", MaxLossKind::Static),
    ])?;
    let distance = section.need("distance")?.positive_money()?;
    let lock_field = section.take("locks_at");
    let lock = match (kind, &lock_field) {
        (MaxLossKind::Static, None) => FloorLock::Never,
        (MaxLossKind::Static, Some(field)) => {
            return Err(field.wrong("a static floor does not move: leave locks_at out"));
        }
        (_, None) => {
            return Err(
                section.wrong("locks_at is missing: \"never\", \"start\", \"start+100\" or an amount")
            );
        }
        (_, Some(field)) => lock(field)?,
    };
    let mut rule = MaxLoss {
        kind,
        distance,
        lock,
        on_first_payout: None,
        severity: section
            .need("severity")?
            .one_of(&[("fail", MaxLossSeverity::Fail), ("close", MaxLossSeverity::Close)])?,
    };
    let first = rule.first_floor(start_balance);
    if let (Some(level), Some(field)) = (rule.lock_level(start_balance), &lock_field)
        && level < first
    {
        return Err(field.wrong(format!("must not be below the first floor, {first}")));
    }
    if let Some(field) = section.take("on_first_payout") {
        let level = field.money()?;
        if level < first {
            return Err(field.wrong(format!("must not be below the first floor, {first}")));
        }
        rule.on_first_payout = Some(level);
    }
    section.finish()?;
    Ok(rule)
}

/// `never`, `start`, `start+100`, or an amount.
fn lock(field: &Field<'_>) -> Read<FloorLock> {
    field.parse("\"never\", \"start\", \"start+100\" or an amount such as \"0\"", |text| {
        use crate::pack::reader::read_money;
        match (text, text.strip_prefix("start+")) {
            ("never", _) => Some(FloorLock::Never),
            ("start", _) => Some(FloorLock::Start),
            (_, Some(more)) => read_money(more).filter(|more| *more > Money::ZERO).map(FloorLock::StartPlus),
            (_, None) => read_money(text).map(FloorLock::At),
        }
    })
}

#[derive(Clone, Copy)]
enum AmountKind {
    None,
    Fixed,
    Tiers,
    OfPeakProfit,
    OfBalance,
}

pub(super) fn daily_loss(mut section: Section<'_>) -> Read<DailyLoss> {
    let kind = section.need("kind")?.one_of(&[
        ("none", AmountKind::None),
        ("fixed", AmountKind::Fixed),
        ("tiers", AmountKind::Tiers),
        ("of_peak_profit", AmountKind::OfPeakProfit),
        ("of_balance", AmountKind::OfBalance),
    ])?;
    let amount = match kind {
        AmountKind::None => {
            section.finish()?;
            return Ok(DailyLoss::None);
        }
        AmountKind::Fixed => DailyAmount::Fixed(section.need("amount")?.positive_money()?),
        AmountKind::Tiers => DailyAmount::Tiers(tiers(section.need("tiers")?)?),
        AmountKind::OfPeakProfit => DailyAmount::OfPeakProfit {
            share: section.need("share")?.part()?,
            at_least: section.need("at_least")?.positive_money()?,
        },
        AmountKind::OfBalance => DailyAmount::OfBalance(section.need("share")?.part()?),
    };
    let limit = DailyLimit {
        amount,
        obligation: section.need("obligation")?.one_of(&[
            ("mandatory", Obligation::Mandatory),
            ("optional_off", Obligation::OptionalOff),
            ("optional_on", Obligation::OptionalOn),
        ])?,
        severity: section
            .need("severity")?
            .one_of(&[("day_lock", LossSeverity::DayLock), ("fail", LossSeverity::Fail)])?,
        basis: section.need("basis")?.one_of(&[
            ("realised", DailyBasis::Realised),
            ("realised_and_unrealised", DailyBasis::RealisedAndUnrealised),
        ])?,
        floor_cap: section
            .need("floor_cap")?
            .one_of(&[("none", FloorCap::None), ("to_floor", FloorCap::ToFloor)])?,
    };
    section.finish()?;
    Ok(DailyLoss::Limit(limit))
}

fn tiers(field: Field<'_>) -> Read<Vec<DailyTier>> {
    let place = field.place().clone();
    let mut tiers: Vec<DailyTier> = Vec::new();
    let mut ended = false;
    for mut section in field.sections()? {
        let limit = section.need("limit")?.positive_money()?;
        let below =
            section.take("below").map(|field| field.money().map(|below| (field, below))).transpose()?;
        if ended {
            return Err(section.wrong("comes after the tier without an end: only the last has no \"below\""));
        }
        if let (Some((field, below)), Some(last)) = (&below, tiers.last().and_then(|tier| tier.below))
            && *below <= last
        {
            return Err(field.wrong(format!("tiers must ascend: it must be above {last}")));
        }
        ended = below.is_none();
        section.finish()?;
        tiers.push(DailyTier { below: below.map(|(_, below)| below), limit });
    }
    if !ended {
        return Err(place.wrong("the last tier must have no \"below\": it has no end"));
    }
    Ok(tiers)
}
