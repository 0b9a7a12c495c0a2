//! What the crate promises, from outside.

#[cfg(test)]
mod bad_lines;
#[cfg(test)]
mod chunks;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod simulated;

#[cfg(test)]
mod given {
    //! Short ways to say what a test needs.

    use std::io::{self, Read};

    use phantom_market::{TickFile, TickFileError};
    use phantom_model::price::Grid;
    use phantom_model::{ArenaKey, ContractId, MarketRecord, Price, Timestamp};

    pub(crate) fn contract(row: u32) -> ContractId {
        ContractId::from_row(row)
    }

    pub(crate) fn grid(tick_size: &str) -> Grid {
        Grid::new(tick_size.parse().unwrap()).unwrap()
    }

    pub(crate) fn price(ticks: i64) -> Price {
        Price::new(ticks).unwrap()
    }

    /// A time as people write it: `2013-10-07T14:00:01.5Z`.
    pub(crate) fn time(text: &str) -> Timestamp {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    /// A file of gold, whose tick is 0.1.
    pub(crate) fn gold<R: Read>(source: R) -> TickFile<R> {
        TickFile::new(source, "GC 12-13.Last.txt", contract(0), grid("0.1"))
    }

    pub(crate) fn all(text: &[u8]) -> Result<Vec<MarketRecord>, TickFileError> {
        gold(text).collect()
    }

    /// Gives its bytes in pieces of the given sizes, over and over, with an interruption between them.
    pub(crate) struct Pieces<'a> {
        pub(crate) bytes: &'a [u8],
        pub(crate) sizes: Vec<usize>,
        pub(crate) reads: usize,
    }

    impl Read for Pieces<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            if self.reads.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let size = self.sizes[self.reads % self.sizes.len()].min(room.len()).min(self.bytes.len());
            let (piece, rest) = self.bytes.split_at(size);
            room[..size].copy_from_slice(piece);
            self.bytes = rest;
            Ok(size)
        }
    }
}
