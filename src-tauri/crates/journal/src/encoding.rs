//! Facts into records: the text, what it is about, and the link to the record before.

use phantom_engine::Fact;
use phantom_model::{ArenaKey, Timestamp, TradingDay};

use crate::body::{self, Written};
use crate::chain::{self, Digest};
use crate::columns::Columns;
use crate::fault::WriteFault;
use crate::places::{About, Places};

/// A fact and when it was handed over.
#[derive(Clone, Debug)]
pub(crate) struct Stamped {
    pub(crate) fact: Fact,
    pub(crate) wall_ns: Option<i64>,
    pub(crate) mono_ns: Option<i64>,
}

/// A record that is ready to be written.
pub(crate) struct Encoded {
    seq: i64,
    run: i64,
    at_ns: i64,
    wall_ns: Option<i64>,
    mono_ns: Option<i64>,
    day: String,
    about: About,
    body: Written,
    pub(crate) prev: Digest,
    pub(crate) hash: Digest,
}

impl Encoded {
    pub(crate) fn columns(&self) -> Columns<'_> {
        Columns {
            seq: self.seq,
            run: self.run,
            at_ns: self.at_ns,
            wall_ns: self.wall_ns,
            mono_ns: self.mono_ns,
            day: &self.day,
            kind: self.body.kind(),
            entity: self.about.entity.as_deref(),
            contract: self.about.contract.map(|contract| i64::from(contract.row())),
            cause: self.about.cause.as_deref(),
            schema: body::SCHEMA,
            body: self.body.fields(),
        }
    }
}

/// The end of the chain, and what is known of everything before it.
pub(crate) struct End {
    pub(crate) seq: u64,
    pub(crate) digest: Digest,
    pub(crate) places: Places,
    room: chain::Hash,
    day: Day,
}

impl End {
    /// Before the first record of a journal with so many contracts.
    pub(crate) fn before_all(contracts: usize) -> Self {
        Self::after(0, chain::BEGIN, Places::new(contracts))
    }

    /// After a record.
    pub(crate) fn after(seq: u64, digest: Digest, places: Places) -> Self {
        Self { seq, digest, places, room: chain::Hash::new(), day: Day::default() }
    }

    /// The record of the next fact.
    ///
    /// # Errors
    /// [`WriteFault::OutOfOrder`] for a fact that is not the next one, [`WriteFault::Unfit`] for one that
    /// cannot follow those before it.
    pub(crate) fn encode(&mut self, run: i64, it: &Stamped) -> Result<Encoded, WriteFault> {
        let Fact { seq, at, body } = &it.fact;
        if *seq != self.seq + 1 {
            return Err(WriteFault::OutOfOrder { expected: self.seq + 1, found: *seq });
        }
        let written = body::write(body)?;
        let about =
            self.places.note(body, written.fields()).map_err(|why| WriteFault::Unfit { seq: *seq, why })?;
        let mut record = Encoded {
            seq: seq.cast_signed(),
            run,
            at_ns: at.nanos(),
            wall_ns: it.wall_ns,
            mono_ns: it.mono_ns,
            day: self.day.of(*at).to_owned(),
            about,
            body: written,
            prev: self.digest,
            hash: chain::BEGIN,
        };
        record.hash = chain::hash_of(&mut self.room, &self.digest, &record.columns());
        self.seq = *seq;
        self.digest = record.hash;
        Ok(record)
    }
}

/// The trading day as text; most facts are of the day of the one before.
#[derive(Default)]
struct Day {
    text: String,
    begins: Timestamp,
    ends: Timestamp,
}

impl Day {
    fn of(&mut self, at: Timestamp) -> &str {
        if self.text.is_empty() || at < self.begins || at >= self.ends {
            self.text = TradingDay::of(at).to_string();
            self.begins = at;
            self.ends = TradingDay::next_begins(at);
        }
        &self.text
    }
}
