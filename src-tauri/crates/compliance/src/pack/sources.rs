//! What every file of rules says of itself: its layout, and where its facts come from.

use super::Source;
use super::reader::{Read, Section};

/// The one layout of these files that this code reads.
const SCHEMA_VERSION: u32 = 1;

/// That the file has the layout that this code reads.
pub(crate) fn check_layout(page: &mut Section<'_>) -> Read<()> {
    let field = page.need("schema_version")?;
    let found = field.whole(0, u32::MAX)?;
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    Err(field.wrong(format!("layout {found} is not known; this program reads layout {SCHEMA_VERSION}")))
}

/// The sources of a file; at least one.
pub(crate) fn sources(page: &mut Section<'_>) -> Read<Vec<Source>> {
    let mut sources = Vec::new();
    for mut source in page.sections("source")? {
        let title = source.need("title")?.words()?;
        let url = source.need("url")?.words()?;
        let read_on = source.need("read_on")?.date()?;
        source.finish()?;
        sources.push(Source { title, url, read_on });
    }
    if sources.is_empty() {
        return Err(page.wrong("at least one [[source]] is missing"));
    }
    Ok(sources)
}
