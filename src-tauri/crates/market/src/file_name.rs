//! What the name of a tick file says: the contract, and which price the file holds.
//!
//! `GC 12-13.Last.txt`, also with more parts in between, as in `GC 12-13.20131007.Last.txt`. Whether
//! the contract's text names a contract is not decided here.

use std::path::Path;

/// Which price of the market a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PriceKind {
    /// Trades.
    Last,
    /// The best bid. Its records are no trades.
    Bid,
    /// The best ask. Its records are no trades.
    Ask,
}

/// The parts of a tick file's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TickFileName<'a> {
    /// The contract as the file spells it: `GC 12-13`.
    pub contract: &'a str,
    /// Which price it holds. A name without the word is taken as trades.
    pub kind: PriceKind,
}

impl<'a> TickFileName<'a> {
    /// Takes a file's name apart; `None` unless it begins with a contract's text and ends in `.txt`.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        if !extension.eq_ignore_ascii_case("txt") {
            return None;
        }
        let mut parts = stem.split('.');
        let contract = parts.next().map(str::trim).filter(|text| !text.is_empty())?;
        let kind = parts.rev().find_map(PriceKind::of_word).unwrap_or(PriceKind::Last);
        Some(Self { contract, kind })
    }

    /// Takes the last part of a path apart, as [`TickFileName::parse`].
    #[must_use]
    pub fn of_path(path: &'a Path) -> Option<Self> {
        Self::parse(path.file_name()?.to_str()?)
    }
}

impl PriceKind {
    fn of_word(word: &str) -> Option<Self> {
        [("Last", Self::Last), ("Bid", Self::Bid), ("Ask", Self::Ask)]
            .into_iter()
            .find_map(|(known, kind)| known.eq_ignore_ascii_case(word).then_some(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_the_contract_and_the_kind_of_price() {
        for (name, contract, kind) in [
            ("GC 12-13.Last.txt", "GC 12-13", PriceKind::Last),
            ("GC 12-13.20131007.Last.txt", "GC 12-13", PriceKind::Last),
            ("ES 12-26.Bid.txt", "ES 12-26", PriceKind::Bid),
            ("6E 12-26.2026.11.20.Ask.txt", "6E 12-26", PriceKind::Ask),
            ("NQ 12-26.Last.part 2.TXT", "NQ 12-26", PriceKind::Last),
            ("MNQ 12-26.bid.txt", "MNQ 12-26", PriceKind::Bid),
            ("CL 01-27.txt", "CL 01-27", PriceKind::Last),
        ] {
            assert_eq!(TickFileName::parse(name), Some(TickFileName { contract, kind }), "{name}");
        }
    }

    #[test]
    fn a_name_without_a_contract_or_of_another_type_says_nothing() {
        for name in ["", ".txt", " .Last.txt", ".Last.txt", "GC 12-13", "GC 12-13.Last.csv", "txt"] {
            assert_eq!(TickFileName::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn the_folders_of_a_path_do_not_matter() {
        let name = TickFileName::of_path(Path::new("ES 12-26.Bid.txt/x.y/GC 12-13.Last.txt"));
        assert_eq!(name, Some(TickFileName { contract: "GC 12-13", kind: PriceKind::Last }));
        assert_eq!(TickFileName::of_path(Path::new("/")), None);
    }
}
