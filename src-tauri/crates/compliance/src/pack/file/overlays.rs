//! Reads the overlays of a file, and which programs each is for.

use std::collections::{BTreeMap, BTreeSet};

use phantom_model::{Span, Timestamp, chicago_moment};

use super::Known;
use super::firm::roots;
use super::program::EFFECTS;
use crate::pack::reader::{Field, Read, Section};
use crate::pack::{NewsAction, NewsPart, NewsWindow, Overlay, OverlayRule, Release};

/// The longest time around a release, in minutes.
const WINDOW_MAX_MIN: u32 = 240;

pub(super) fn read(mut section: Section<'_>, known: &Known<'_>) -> Read<(Overlay, BTreeSet<String>)> {
    let mut programs = BTreeSet::new();
    for entry in section.need("programs")?.list("a list of ids of programs")? {
        programs.insert(entry.id()?);
    }
    let (id, title) = (section.need("id")?.id()?, section.need("title")?.words()?);
    let effect =
        section.take("effect").map_or(Ok(crate::pack::Effect::Warn), |field| field.one_of(&EFFECTS))?;
    let checked_on = section.need("checked_on")?.date()?;
    let through = section.need("valid_through")?;
    let valid_through = through.date()?;
    if valid_through < checked_on {
        return Err(through.wrong(format!("must not be before checked_on, {checked_on}")));
    }
    let (news, caps) = (section.take("news"), section.take("contract_caps"));
    let rule = match (news, caps) {
        (Some(news), None) => OverlayRule::News(news_window(news.section()?, known)?),
        (None, Some(caps)) => OverlayRule::ContractCaps(contract_caps(caps, known)?),
        (None, None) | (Some(_), Some(_)) => {
            return Err(section.wrong("needs exactly one of news and contract_caps"));
        }
    };
    section.finish()?;
    Ok((Overlay { id, title, effect, checked_on, valid_through, rule }, programs))
}

fn contract_caps(field: Field<'_>, known: &Known<'_>) -> Read<BTreeMap<String, u32>> {
    let place = field.place().clone();
    let mut caps = BTreeMap::new();
    for (root, cap) in field.section()?.rest() {
        known.root_key(&root, &cap)?;
        caps.insert(root, cap.whole(0, 10_000)?);
    }
    if caps.is_empty() { Err(place.wrong("is empty: name at least one product")) } else { Ok(caps) }
}

fn news_window(mut section: Section<'_>, known: &Known<'_>) -> Read<NewsWindow> {
    let (before, after) = (minutes(&section.need("before_min")?)?, minutes(&section.need("after_min")?)?);
    let mut releases = Vec::new();
    for mut release in section.sections("releases")? {
        let name = release.need("name")?.words()?;
        let at = release.need("at")?.parse(RELEASE_RIGHT, read_moment)?;
        release.finish()?;
        releases.push(Release { name, at });
    }
    let mut parts: Vec<NewsPart> = Vec::new();
    for mut part in section.need("parts")?.sections()? {
        let named = part.take("roots").map_or_else(|| Ok(BTreeSet::new()), |list| roots(list, known))?;
        let twice = parts.iter().any(|other| {
            other.roots.intersection(&named).next().is_some() || (other.roots.is_empty() && named.is_empty())
        });
        if twice {
            return Err(part.wrong("names products that another part names already"));
        }
        let action = action(&mut part)?;
        part.finish()?;
        parts.push(NewsPart { roots: named, action });
    }
    if parts.is_empty() {
        return Err(section.wrong("parts is empty: say what holds within the window"));
    }
    section.finish()?;
    Ok(NewsWindow { releases, before, after, parts })
}

/// What a release's moment must look like.
const RELEASE_RIGHT: &str = "a moment such as \"2026-12-10T07:30\" (in Chicago) or \"2026-12-10T13:30:00Z\"";

/// A moment: RFC 3339 with its offset, or a date and time of the wall in Chicago.
pub(crate) fn read_moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from(moment));
    }
    let plain = text.len() == "YYYY-MM-DDTHH:MM".len();
    text.parse::<jiff::civil::DateTime>().ok().filter(|_| plain).map(chicago_moment)
}

fn minutes(field: &Field<'_>) -> Read<Span> {
    Ok(Span::from_millis(field.whole(0, WINDOW_MAX_MIN)? * 60_000))
}

#[derive(Clone, Copy)]
enum ActionKind {
    MustBeFlat,
    NoEntries,
    ContractsMax,
}

fn action(part: &mut Section<'_>) -> Read<NewsAction> {
    let kind = part.need("action")?.one_of(&[
        ("must_be_flat", ActionKind::MustBeFlat),
        ("no_entries", ActionKind::NoEntries),
        ("contracts_max", ActionKind::ContractsMax),
    ])?;
    Ok(match kind {
        ActionKind::MustBeFlat => NewsAction::MustBeFlat,
        ActionKind::NoEntries => NewsAction::NoEntries,
        ActionKind::ContractsMax => NewsAction::ContractsMax(part.need("contracts")?.whole(0, 10_000)?),
    })
}
