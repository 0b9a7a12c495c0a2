//! The secret that both sides share. It never leaves this program, and no log can show it.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::hex;

/// 32 random bytes that only the desk and the broker's side know.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

/// A text that is no secret. It does not repeat the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the bridge secret is 64 hex digits, as the file of the broker's side has them")]
pub struct NoSecret;

impl Secret {
    /// The secret of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new one.
    ///
    /// # Errors
    /// When the operating system has no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)?;
        Ok(Self(*bytes))
    }

    /// The secret of 64 hex digits in either case; blanks and line ends around them do not count.
    ///
    /// # Errors
    /// [`NoSecret`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NoSecret> {
        let digits = Zeroizing::new(text.trim().to_ascii_lowercase());
        hex::decode(digits.as_bytes()).map(Self).ok_or(NoSecret)
    }

    /// The 64 digits, to show or to write into the owner's file.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&self.0))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_its_digits_and_never_printed() {
        let text = "000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f";
        let secret = Secret::parse(&format!("  {text}\r\n")).unwrap();
        assert_eq!(secret.reveal().as_str(), text.to_ascii_lowercase());
        assert_eq!(format!("{secret:?}"), "Secret([REDACTED])");
        for wrong in ["", "00", &text[1..], &format!("{text}0"), &text.replace('A', "g")] {
            assert_eq!(Secret::parse(wrong).unwrap_err(), NoSecret);
        }
    }

    #[test]
    fn two_new_secrets_differ() {
        assert_ne!(*Secret::random().unwrap().bytes(), *Secret::random().unwrap().bytes());
    }
}
