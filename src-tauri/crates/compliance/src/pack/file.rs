//! Reads a file of rule packs: one firm, and the programs of it. Whatever one value must be alone is
//! checked where it is read; how values stand to one another is checked beside them.

mod firm;
mod losses;
pub(crate) mod overlays;
mod payouts;
mod program;
pub(crate) mod sizes;

use std::collections::BTreeSet;

use super::reader::{Field, Page, Read, Section};
use super::sources::{check_layout, sources};
use super::{Overlay, Pack, PackFault, PackKind};
use crate::calendar::Calendar;

/// What a file is read against.
pub(super) struct Known<'a> {
    calendar: &'a Calendar,
}

impl Known<'_> {
    /// That a root is one of the calendar's products.
    fn root(&self, field: &Field<'_>) -> Read<String> {
        let root = field.words()?;
        if self.calendar.hours_of(&root).is_some() {
            return Ok(root);
        }
        Err(self.unknown(&root, field))
    }

    /// That a key of a table is the root of one of the calendar's products.
    fn root_key(&self, root: &str, value: &Field<'_>) -> Read<()> {
        if self.calendar.hours_of(root).is_some() { Ok(()) } else { Err(self.unknown(root, value)) }
    }

    fn unknown(&self, root: &str, at: &Field<'_>) -> PackFault {
        let known: Vec<_> = self.calendar.roots().collect();
        at.wrong(format!("{root:?} is no product that is known here; there are: {}", known.join(" ")))
    }
}

/// Every pack of a file, in its order.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Pack>, PackFault> {
    let calendar = Calendar::built_in()?;
    let known = Known { calendar: &calendar };
    let mut page = Page { file, text }.read()?;
    check_layout(&mut page)?;
    let sources = sources(&mut page)?;
    let firm = firm::read(page.need_section("firm")?, &known)?;
    let programs = page.sections("program")?;
    if programs.is_empty() {
        return Err(page.wrong("at least one [[program]] is missing"));
    }
    let mut packs: Vec<Pack> = Vec::new();
    for mut section in programs {
        let place = section.place().clone();
        let (id, title, kind, version, checked_on) = head(&mut section)?;
        if packs.iter().any(|pack| pack.id == id) {
            return Err(place.wrong(format!("the id {id:?} is here twice")));
        }
        let program = program::read(section)?;
        let (sources, firm) = (sources.clone(), firm.clone());
        packs.push(Pack {
            id,
            title,
            kind,
            version,
            checked_on,
            sources,
            firm,
            program,
            overlays: Vec::new(),
        });
    }
    for section in page.sections("overlay")? {
        let place = section.place().clone();
        let (overlay, programs) = overlays::read(section, &known)?;
        add_overlay(&mut packs, &overlay, &programs).map_err(|what| place.wrong(what))?;
    }
    page.finish()?;
    Ok(packs)
}

fn head(section: &mut Section<'_>) -> Read<(String, String, PackKind, u32, jiff::civil::Date)> {
    let id_field = section.need("id")?;
    let id = id_field.id()?;
    let title = section.need("title")?.words()?;
    let words = [("preset", PackKind::Preset), ("exercise", PackKind::Exercise)];
    let kind = section.need("kind")?.one_of(&words)?;
    let is_shape = id.starts_with("shape-");
    if is_shape != (kind == PackKind::Exercise) {
        return Err(id_field.wrong("begins with \"shape-\" exactly where kind is \"exercise\""));
    }
    let version = section.need("version")?.whole(1, 1_000_000)?;
    let checked_on = section.need("checked_on")?.date()?;
    Ok((id, title, kind, version, checked_on))
}

/// Gives an overlay to the programs that it names.
fn add_overlay(packs: &mut [Pack], overlay: &Overlay, programs: &BTreeSet<String>) -> Result<(), String> {
    for id in programs {
        let Some(pack) = packs.iter_mut().find(|pack| pack.id == *id) else {
            return Err(format!("programs: no program {id:?} in this file"));
        };
        if pack.overlays.iter().any(|other| other.id == overlay.id) {
            return Err(format!("the id {:?} is already there for {id}", overlay.id));
        }
        pack.overlays.push(overlay.clone());
    }
    Ok(())
}
