//! Forged frames by the hundred thousand: none may open.
//!
//! `scripts/forge` runs ten million of them through the same test.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use zeroize::Zeroizing;

use super::*;

/// How many forgeries the tests try; `PHANTOM_FORGERIES` asks for another number.
const FORGERIES: u64 = 200_000;
/// Frames of each direction that the forger has seen.
const SEEN: usize = 64;

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(end).unwrap()).unwrap()
    }
}

fn frames(key: &SessionKey, direction: Direction, what: &str) -> Vec<Vec<u8>> {
    let mut sealer = Sealer::new(key, direction);
    (1..=SEEN)
        .map(|n| {
            let mut line = Vec::new();
            sealer.seal(&format!("{{\"t\":\"{what}\",\"qty\":{n},\"name\":\"Zürich\"}}"), &mut line).unwrap();
            line.pop();
            line
        })
        .collect()
}

/// Everything that somebody on the way could have recorded.
struct Wire {
    ours: Vec<Vec<u8>>,
    reflected: Vec<Vec<u8>>,
    other_session: Vec<Vec<u8>>,
}

impl Wire {
    fn new() -> (SessionKey, Self) {
        let key = SessionKey(Zeroizing::new([7; 32]));
        let ours = frames(&key, Direction::FromClient, "cmd");
        let reflected = frames(&key, Direction::FromServer, "ev");
        let other_key = SessionKey(Zeroizing::new([8; 32]));
        let other_session = frames(&other_key, Direction::FromClient, "cmd");
        (key, Self { ours, reflected, other_session })
    }

    /// A line that is not the next frame, made of what was seen.
    fn forge(&self, chance: &mut Chance, next: usize) -> Vec<u8> {
        let genuine = &self.ours[next];
        let any = chance.below(SEEN);
        let body = |line: &[u8]| line.splitn(3, |b| *b == b' ').nth(2).unwrap().to_vec();
        let head = |line: &[u8]| line[..line.len() - body(line).len()].to_vec();
        match chance.below(10) {
            // Replayed, or ahead of its time.
            0 => self.ours[any].clone(),
            1 => self.reflected[next].clone(),
            2 => self.other_session[next].clone(),
            3 => genuine[..chance.below(genuine.len())].to_vec(),
            // One bit anywhere.
            4 => {
                let mut line = genuine.clone();
                let at = chance.below(line.len());
                line[at] ^= 1 << chance.below(8);
                line
            }
            // Bytes put in anywhere.
            5 => {
                let mut line = genuine.clone();
                let at = chance.below(line.len() + 1);
                let many = 1 + chance.below(3);
                let bytes: Vec<u8> = (0..many).map(|_| u8::try_from(chance.below(256)).unwrap()).collect();
                line.splice(at..at, bytes);
                line
            }
            // The head of one and the body of another.
            6 => [head(genuine), body(&self.ours[any])].concat(),
            // An old frame under the counter of the next one.
            7 => {
                let old = &self.ours[any];
                let rest = old.splitn(2, |b| *b == b' ').nth(1).unwrap();
                [format!("{} ", next + 1).as_bytes(), rest].concat()
            }
            // A guessed proof.
            8 => {
                let guess: String =
                    (0..32).map(|_| char::from(b"0123456789abcdef"[chance.below(16)])).collect();
                [format!("{} {guess} ", next + 1).as_bytes(), &body(genuine)].concat()
            }
            // Two at once, without the line end between them.
            _ => [genuine.as_slice(), &self.ours[any]].concat(),
        }
    }
}

#[test]
fn no_forged_frame_opens() {
    let wanted = std::env::var("PHANTOM_FORGERIES").map_or(FORGERIES, |n| n.parse().unwrap());
    let (key, wire) = Wire::new();
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(0x5eed));
    let (mut tried, mut accepted, mut genuine) = (0, 0, 0);
    while tried < wanted {
        let mut opener = Opener::new(&key, Direction::FromClient);
        for next in 0..SEEN {
            for _ in 0..32 {
                let forged = wire.forge(&mut chance, next);
                if forged != wire.ours[next] {
                    tried += 1;
                    // `check` changes nothing, so that many forgeries meet the same state.
                    accepted += u64::from(opener.check(&forged).is_ok());
                }
            }
            // The true one opens where they did not: the harness would see an acceptance.
            genuine += u64::from(opener.open(&wire.ours[next]).is_ok());
        }
    }
    println!("{tried} forged frames, {accepted} accepted; {genuine} genuine frames, all accepted");
    assert_eq!(accepted, 0, "of {tried}");
    assert_eq!(genuine % u64::try_from(SEEN).unwrap(), 0);
    assert!(genuine > 0 && tried >= wanted);
}

#[test]
fn after_one_forged_frame_nothing_opens_any_more() {
    let (key, wire) = Wire::new();
    let mut opener = Opener::new(&key, Direction::FromClient);
    assert!(opener.open(&wire.ours[0]).is_ok());
    assert_eq!(opener.open(&wire.ours[0]), Err(FrameFault::Counter));
    assert_eq!(opener.open(&wire.ours[1]), Err(FrameFault::Broken));
}

#[test]
fn a_line_may_have_its_limit_and_not_one_byte_more() {
    let key = SessionKey(Zeroizing::new([7; 32]));
    let mut sealer = Sealer::new(&key, Direction::FromClient);
    let mut line = Vec::new();
    // Counter, two blanks and the proof take 35 bytes of the first line.
    assert_eq!(sealer.seal(&"x".repeat(LINE_BYTES_MAX - 34), &mut line), Err(FrameFault::TooLong));
    assert!(line.is_empty());
    sealer.seal(&"x".repeat(LINE_BYTES_MAX - 35), &mut line).unwrap();
    line.pop();
    assert_eq!(line.len(), LINE_BYTES_MAX);
    let open = |line: &[u8]| Opener::new(&key, Direction::FromClient).open(line).map(str::len);
    assert_eq!(open(&line), Ok(LINE_BYTES_MAX - 35));
    line.push(b'x');
    assert_eq!(open(&line), Err(FrameFault::TooLong));
}

#[test]
fn a_body_that_is_not_utf_8_does_not_open_although_its_proof_holds() {
    let key = SessionKey(Zeroizing::new([7; 32]));
    let proof = hex::encode(&proof(&mac::keyed(&key.0), Direction::FromClient, 1, b"\xff"));
    let line = [format!("1 {proof} ").as_bytes(), b"\xff"].concat();
    assert_eq!(Opener::new(&key, Direction::FromClient).open(&line), Err(FrameFault::NotText));
}
