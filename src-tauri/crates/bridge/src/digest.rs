//! One short word for all armed phantoms, so that both sides see each second whether they agree.

use sha2::{Digest, Sha256};

use crate::command::Arm;
use crate::hex;

/// The digest of armed phantoms, in whatever order they come.
#[must_use]
pub fn digest<'a>(armed: impl IntoIterator<Item = &'a Arm>) -> String {
    let mut lines: Vec<String> = armed.into_iter().map(line).collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line.as_bytes());
    }
    let all: [u8; 32] = hash.finalize().into();
    hex::encode(all.first_chunk::<8>().map_or(&[], <[u8; 8]>::as_slice))
}

fn line(it: &Arm) -> String {
    let Arm { phantom, exit_id, root, month, year, side, qty, stop, disaster, env } = it;
    let (month, year, qty) = (month.get(), year.get(), qty.get());
    let disaster = disaster.as_ref().map_or("", |price| price.as_str());
    let (side, env) = (side.word(), env.word());
    format!("{phantom}|{exit_id}|{root}|{month}|{year}|{side}|{qty}|{stop}|{disaster}|{env}\n")
}
