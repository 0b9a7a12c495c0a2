//! A batch of records after a look at each by itself: its hash, its fact, and what that names. What depends
//! on the facts before is left to the one who walks.

use phantom_engine::Fact;

use crate::batch::Batch;
use crate::chain;
use crate::fault::DamageKind;
use crate::places::Named;
use crate::reading;

/// A record that is whole, as the fact it holds.
pub(crate) struct Sound {
    pub(crate) fact: Fact,
    pub(crate) named: Named,
}

/// A batch, and what its records hold.
pub(crate) struct Judged {
    pub(crate) batch: Batch,
    /// One for each record, up to the first that is not whole.
    pub(crate) sound: Vec<Sound>,
    /// What is wrong with the record after those.
    pub(crate) damage: Option<DamageKind>,
}

impl Judged {
    /// With nothing in it.
    pub(crate) const fn new() -> Self {
        Self { batch: Batch::new(), sound: Vec::new(), damage: None }
    }
}

/// Judges records; its room is reused from one to the next.
pub(crate) struct Judge {
    hash_room: chain::Hash,
    text_room: String,
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self { hash_room: chain::Hash::new(), text_room: String::new() }
    }

    /// Looks at the records of a batch, up to the first that is not whole.
    pub(crate) fn look(&mut self, it: &mut Judged) {
        it.sound.clear();
        it.damage = None;
        for (before, columns, hash) in it.batch.records() {
            let seq = columns.seq.cast_unsigned();
            if chain::hash_of(&mut self.hash_room, &before, &columns) != hash {
                it.damage = Some(DamageKind::Changed { seq });
                return;
            }
            let read = reading::fact(&mut self.text_room, &columns)
                .and_then(|fact| Ok(Sound { named: Named::read(columns.body)?, fact }));
            match read {
                Ok(sound) => it.sound.push(sound),
                Err(why) => {
                    it.damage = Some(DamageKind::NoFact { seq, why });
                    return;
                }
            }
        }
    }
}
