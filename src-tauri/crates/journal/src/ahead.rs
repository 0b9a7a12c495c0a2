//! Two threads for a long journal: one reads rows ahead and tells of them, the other judges each record
//! meanwhile. Batches go over and come back in order, so what is found first is what stands first.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::fault::DamageKind;
use crate::judged::{Judge, Judged};
use crate::reading::Reader;

/// Batches that are read and not yet told of, at most.
const UNDER_WAY_MAX: usize = 4;

/// Hands every batch to `tell` once it is judged, in order, until it finds damage or the reader ends.
///
/// # Errors
/// What is wrong with the first record that cannot be trusted.
pub(crate) fn judged(
    reader: &mut Reader<'_>,
    mut tell: impl FnMut(&mut Judged) -> Result<(), DamageKind>,
) -> Result<(), DamageKind> {
    // A short journal is not worth a thread.
    let mut judge = Judge::new();
    let mut first = Judged::new();
    if !in_turn(reader, &mut judge, &mut first, &mut tell)? {
        return Ok(());
    }
    thread::scope(|scope| {
        let (give, given) = sync_channel(UNDER_WAY_MAX);
        let (hand_back, judged) = sync_channel(UNDER_WAY_MAX);
        let beside = thread::Builder::new().name("journal-check".to_owned());
        match beside.spawn_scoped(scope, move || look(&given, &hand_back)) {
            Ok(_) => beside_each_other(reader, &give, &judged, &mut tell),
            Err(fault) => {
                tracing::warn!(%fault, "no thread to check the journal with");
                while in_turn(reader, &mut judge, &mut first, &mut tell)? {}
                Ok(())
            }
        }
    })
}

/// Reads, judges and tells of one batch; says whether there may be more.
fn in_turn(
    reader: &mut Reader<'_>,
    judge: &mut Judge,
    batch: &mut Judged,
    tell: &mut impl FnMut(&mut Judged) -> Result<(), DamageKind>,
) -> Result<bool, DamageKind> {
    let more = reader.fill(&mut batch.batch);
    judge.look(batch);
    // Damage in the batch stands before whatever has stopped the reader.
    tell(batch)?;
    more
}

fn look(given: &Receiver<Judged>, hand_back: &SyncSender<Judged>) {
    let mut judge = Judge::new();
    for mut batch in given {
        judge.look(&mut batch);
        // Nobody waits for more once damage was told.
        if hand_back.send(batch).is_err() {
            return;
        }
    }
}

/// Neither side can block the other for good: both channels have room for all that is under way.
fn beside_each_other(
    reader: &mut Reader<'_>,
    give: &SyncSender<Judged>,
    judged: &Receiver<Judged>,
    tell: &mut impl FnMut(&mut Judged) -> Result<(), DamageKind>,
) -> Result<(), DamageKind> {
    // The other thread ends before this one only by a panic, which the scope passes on.
    let cut_short = || DamageKind::Structure("the check of the records was cut short".to_owned());
    let (mut under_way, mut spare) = (0, Vec::with_capacity(UNDER_WAY_MAX));
    let mut ended: Option<Result<(), DamageKind>> = None;
    loop {
        while ended.is_none() && under_way < UNDER_WAY_MAX {
            let mut next = spare.pop().unwrap_or_else(Judged::new);
            match reader.fill(&mut next.batch) {
                Ok(true) => {}
                Ok(false) => ended = Some(Ok(())),
                Err(damage) => ended = Some(Err(damage)),
            }
            give.send(next).map_err(|_| cut_short())?;
            under_way += 1;
        }
        if under_way == 0 {
            return ended.unwrap_or(Ok(()));
        }
        let mut oldest = judged.recv().map_err(|_| cut_short())?;
        under_way -= 1;
        tell(&mut oldest)?;
        spare.push(oldest);
    }
}
