//! Frames: a counter, a proof and a body on every line after the handshake.
//!
//! The proof covers direction, counter and body, so a line that was recorded, reordered, reflected,
//! cut or altered does not open. After the first line that does not, nothing opens any more.

use std::fmt;

use hmac::Mac;
use subtle::ConstantTimeEq;

use crate::hex;
use crate::mac::{self, Keyed};

/// The longest line after the handshake, its head included and its end not, in bytes.
pub const LINE_BYTES_MAX: usize = 65_536;
/// The last counter: the last whole number that every JSON reader has.
pub const COUNTER_MAX: u64 = 9_007_199_254_740_991;
/// Bytes of the proof that travel.
const MAC_BYTES: usize = 16;

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The desk.
    FromClient,
    /// The broker's side.
    FromServer,
}

impl Direction {
    const fn byte(self) -> u8 {
        match self {
            Self::FromClient => b'C',
            Self::FromServer => b'S',
        }
    }
}

/// Why a line is no frame of this connection. The connection ends with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrameFault {
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("the line is too long")]
    TooLong,
    /// Not a counter, a blank, 32 hex digits, a blank and a body.
    #[error("the line is no frame")]
    Shape,
    /// Not the next counter.
    #[error("the counter is not the next one")]
    Counter,
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Mac,
    /// The body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotText,
    /// A line before it was none.
    #[error("the connection is broken")]
    Broken,
}

/// The key of one connection.
pub(crate) struct SessionKey(pub(crate) zeroize::Zeroizing<[u8; 32]>);

/// Makes the lines of one direction.
pub struct Sealer {
    key: Keyed,
    direction: Direction,
    last: u64,
}

/// Opens the lines of one direction.
pub struct Opener {
    key: Keyed,
    direction: Direction,
    last: u64,
    broken: bool,
}

impl Sealer {
    pub(crate) fn new(key: &SessionKey, direction: Direction) -> Self {
        Self { key: mac::keyed(&key.0), direction, last: 0 }
    }

    /// Appends the line of a body, its end included.
    ///
    /// # Errors
    /// [`FrameFault::TooLong`] for a body that does not fit into a line, [`FrameFault::Counter`] after
    /// the last counter. Nothing is appended then, and the counter stays.
    pub fn seal(&mut self, body: &str, line: &mut Vec<u8>) -> Result<(), FrameFault> {
        let n = self.last + 1;
        if n > COUNTER_MAX {
            return Err(FrameFault::Counter);
        }
        let head = format!("{n} {} ", hex::encode(&proof(&self.key, self.direction, n, body.as_bytes())));
        if head.len() + body.len() > LINE_BYTES_MAX {
            return Err(FrameFault::TooLong);
        }
        self.last = n;
        line.extend_from_slice(head.as_bytes());
        line.extend_from_slice(body.as_bytes());
        line.push(b'\n');
        Ok(())
    }
}

impl Opener {
    pub(crate) fn new(key: &SessionKey, direction: Direction) -> Self {
        Self { key: mac::keyed(&key.0), direction, last: 0, broken: false }
    }

    /// The body of a line, without its end. Nothing of it is looked at before its proof holds.
    ///
    /// # Errors
    /// [`FrameFault`]; every later line is [`FrameFault::Broken`].
    pub fn open<'line>(&mut self, line: &'line [u8]) -> Result<&'line str, FrameFault> {
        if self.broken {
            return Err(FrameFault::Broken);
        }
        let opened = self.check(line);
        match opened {
            Ok(_) => self.last += 1,
            Err(_) => self.broken = true,
        }
        opened
    }

    fn check<'line>(&self, line: &'line [u8]) -> Result<&'line str, FrameFault> {
        if line.len() > LINE_BYTES_MAX {
            return Err(FrameFault::TooLong);
        }
        let (counter, rest) = split_at_blank(line).ok_or(FrameFault::Shape)?;
        let (proof_text, body) = split_at_blank(rest).ok_or(FrameFault::Shape)?;
        let n = counter_of(counter).ok_or(FrameFault::Shape)?;
        let given: [u8; MAC_BYTES] = hex::decode(proof_text).ok_or(FrameFault::Shape)?;
        if n != self.last + 1 {
            return Err(FrameFault::Counter);
        }
        let holds = proof(&self.key, self.direction, n, body).ct_eq(&given);
        if !bool::from(holds) {
            return Err(FrameFault::Mac);
        }
        std::str::from_utf8(body).map_err(|_| FrameFault::NotText)
    }
}

fn proof(key: &Keyed, direction: Direction, n: u64, body: &[u8]) -> [u8; MAC_BYTES] {
    let mut mac = key.clone();
    mac.update(&[direction.byte()]);
    mac.update(&n.to_be_bytes());
    mac.update(body);
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    let mut first = [0; MAC_BYTES];
    first.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    first
}

fn split_at_blank(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b' ', bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// One to sixteen digits, no leading zero, no sign.
fn counter_of(text: &[u8]) -> Option<u64> {
    let is_plain = matches!(text, [b'1'..=b'9', ..]) && text.iter().all(u8::is_ascii_digit);
    let n = std::str::from_utf8(text).ok().filter(|_| is_plain)?.parse().ok()?;
    (n <= COUNTER_MAX).then_some(n)
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("direction", &self.direction)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener")
            .field("direction", &self.direction)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod forged;
