//! Several streams of records as one, in time order.
//!
//! Ties go in argument order: of two records with the same time, that of the stream named first comes
//! first. Each stream is in time order by itself; only one record of each is held.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use phantom_model::{MarketRecord, Timestamp};

/// Streams of records merged by time.
///
/// It ends at the first error of any stream: after an error there are no more records.
pub struct Merged<S> {
    lanes: Vec<Lane<S>>,
    /// The lanes whose next record is known, by its time and the lane's place.
    waiting: BinaryHeap<Reverse<(Timestamp, usize)>>,
    state: State,
}

struct Lane<S> {
    source: S,
    next: Option<MarketRecord>,
}

#[derive(Clone, Copy)]
enum State {
    /// No record read.
    Fresh,
    /// The lane in this place gave the last record, and its next one is not read. Reading it only when
    /// asked for keeps an error behind the records before it.
    Running(usize),
    Ended,
}

impl<S, E> Merged<S>
where
    S: Iterator<Item = Result<MarketRecord, E>>,
{
    /// Merges `sources`, first come first at equal times.
    pub fn new(sources: impl IntoIterator<Item = S>) -> Self {
        let lanes: Vec<_> = sources.into_iter().map(|source| Lane { source, next: None }).collect();
        let waiting = BinaryHeap::with_capacity(lanes.len());
        Self { lanes, waiting, state: State::Fresh }
    }

    /// The streams in argument order, also those that have ended.
    pub fn sources(&self) -> impl Iterator<Item = &S> {
        self.lanes.iter().map(|lane| &lane.source)
    }

    /// Takes one more stream in, behind the others at equal times. Its records must not be earlier than
    /// the last one given. Where all streams have ended it is taken in and never read.
    ///
    /// # Errors
    /// The new stream's own, at its first record: it is not taken in then.
    pub fn join(&mut self, mut source: S) -> Result<(), E> {
        let place = self.lanes.len();
        let next = match self.state {
            // All are asked together later.
            State::Fresh => None,
            State::Running(_) | State::Ended => source.next().transpose()?,
        };
        self.waiting.extend(next.map(|record| Reverse((record.at, place))));
        self.lanes.push(Lane { source, next });
        Ok(())
    }

    /// The next record; `None` when all streams have ended.
    ///
    /// # Errors
    /// The error of the stream that is to give the next record. The first call asks all of them.
    #[inline]
    pub fn next_record(&mut self) -> Result<Option<MarketRecord>, E> {
        let next = match self.state {
            State::Fresh => self.first(),
            State::Running(place) => self.after(place),
            State::Ended => return Ok(None),
        };
        if !matches!(next, Ok(Some(_))) {
            self.state = State::Ended;
        }
        next
    }

    fn first(&mut self) -> Result<Option<MarketRecord>, E> {
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            lane.next = lane.source.next().transpose()?;
            self.waiting.extend(lane.next.map(|record| Reverse((record.at, place))));
        }
        Ok(self.earliest())
    }

    /// The record after one of the lane in `place`.
    fn after(&mut self, place: usize) -> Result<Option<MarketRecord>, E> {
        let Some(lane) = self.lanes.get_mut(place) else { return Ok(None) };
        let Some(record) = lane.source.next().transpose()? else { return Ok(self.earliest()) };
        let key = (record.at, place);
        if self.waiting.peek().is_none_or(|Reverse(other)| key < *other) {
            return Ok(Some(record));
        }
        lane.next = Some(record);
        self.waiting.push(Reverse(key));
        Ok(self.earliest())
    }

    fn earliest(&mut self) -> Option<MarketRecord> {
        let Reverse((_, place)) = self.waiting.pop()?;
        self.state = State::Running(place);
        self.lanes.get_mut(place)?.next.take()
    }
}

impl<S, E> Iterator for Merged<S>
where
    S: Iterator<Item = Result<MarketRecord, E>>,
{
    type Item = Result<MarketRecord, E>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().transpose()
    }
}
