//! Reads the size rule of a program.

use crate::Minis;
use crate::pack::reader::{Field, Read, Section, plain_decimal};
use crate::pack::{Ladder, Rung, RungTop, SizeRule};

#[derive(Clone, Copy)]
enum SizeKind {
    Fixed,
    ByEodBalance,
    ByLiveEquity,
    HalfUntil,
}

pub(super) fn size(mut section: Section<'_>) -> Read<SizeRule> {
    let kind = section.need("kind")?.one_of(&[
        ("fixed", SizeKind::Fixed),
        ("by_eod_balance", SizeKind::ByEodBalance),
        ("by_live_equity", SizeKind::ByLiveEquity),
        ("half_until", SizeKind::HalfUntil),
    ])?;
    let rule = match kind {
        SizeKind::Fixed => SizeRule::Fixed(minis(&section.need("minis")?)?),
        SizeKind::ByEodBalance => SizeRule::ByEodBalance(ladder(section.need("rungs")?)?),
        SizeKind::ByLiveEquity => SizeRule::ByLiveEquity(ladder(section.need("rungs")?)?),
        SizeKind::HalfUntil => SizeRule::HalfUntil {
            full: minis(&section.need("minis")?)?,
            threshold: section.need("threshold")?.money()?,
        },
    };
    section.finish()?;
    Ok(rule)
}

/// A size above zero in whole thousandths of a mini.
pub(crate) fn read_minis(text: &str) -> Option<Minis> {
    let thousandths = plain_decimal(text)?.checked_mul(rust_decimal::Decimal::ONE_THOUSAND)?;
    let whole = i64::try_from(thousandths).ok()?;
    let exact = rust_decimal::Decimal::from(whole) == thousandths;
    (exact && (1..=MINIS_MAX * 1_000).contains(&whole)).then_some(Minis::from_thousandths(whole))
}

/// The largest size that a rule can hold, in minis.
const MINIS_MAX: i64 = 100_000;

fn minis(field: &Field<'_>) -> Read<Minis> {
    field.parse("a size in minis such as \"5\" or \"0.5\"", read_minis)
}

/// Rungs of `below`, `up_to` and, for the last one, `above` the bound of the rung before it.
fn ladder(field: Field<'_>) -> Read<Ladder> {
    let place = field.place().clone();
    let mut rungs: Vec<Rung> = Vec::new();
    let mut last = None;
    for mut section in field.sections()? {
        let size = minis(&section.need("minis")?)?;
        if rungs.last().is_some_and(|rung| rung.top == RungTop::Open) {
            return Err(section.wrong("comes after the rung that has no end"));
        }
        if rungs.last().is_some_and(|rung| rung.size > size) {
            return Err(section.wrong("allows less than the rung before it: rungs must ascend"));
        }
        let (below, up_to, above) = (section.take("below"), section.take("up_to"), section.take("above"));
        let top = match (below, up_to, above) {
            (Some(field), None, None) => RungTop::Below(ascending(&field, &mut last)?),
            (None, Some(field), None) => RungTop::UpTo(ascending(&field, &mut last)?),
            (None, None, Some(field)) => {
                let bound = field.money()?;
                if last != Some(bound) {
                    let right = last.map_or("only the last of several".to_owned(), |last| format!("{last}"));
                    return Err(field.wrong(format!("must be the bound of the rung before it: {right}")));
                }
                RungTop::Open
            }
            _ => return Err(section.wrong("needs exactly one of below, up_to and above")),
        };
        section.finish()?;
        rungs.push(Rung { top, size });
    }
    match rungs.last() {
        Some(Rung { top: RungTop::Open, .. }) => Ok(Ladder { rungs }),
        Some(_) | None => Err(place.wrong("the last rung must be \"above\" the bound before it")),
    }
}

fn ascending(field: &Field<'_>, last: &mut Option<phantom_model::Money>) -> Read<phantom_model::Money> {
    let bound = field.money()?;
    if let Some(last) = last.filter(|last| bound <= *last) {
        return Err(field.wrong(format!("rungs must ascend: it must be above {last}")));
    }
    *last = Some(bound);
    Ok(bound)
}
