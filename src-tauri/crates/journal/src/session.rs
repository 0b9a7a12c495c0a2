//! Whose journal it is: the environment, the account and the program that writes.

use std::fmt;
use std::str::FromStr;

/// Where the orders of a journal go. A journal belongs to one environment for good, so that a stop that was
/// saved in simulation is never armed with real money.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Environment {
    /// The simulated broker inside the program.
    Mock,
    /// A broker's own simulation account.
    Sim,
    /// Real money.
    Live,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 3] = [Self::Mock, Self::Sim, Self::Live];

    /// The word in a journal: `MOCK`, `SIM`, `LIVE`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mock => "MOCK",
            Self::Sim => "SIM",
            Self::Live => "LIVE",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is no environment.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no environment; there are MOCK, SIM and LIVE")]
pub struct NoEnvironment(String);

impl FromStr for Environment {
    type Err = NoEnvironment;

    fn from_str(word: &str) -> Result<Self, NoEnvironment> {
        let found = Self::ALL.into_iter().find(|environment| environment.word() == word);
        found.ok_or_else(|| NoEnvironment(word.to_owned()))
    }
}

/// Whose journal it is, and who writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Where the orders go.
    pub environment: Environment,
    /// The account, by the broker's name for it.
    pub account: String,
    /// The build of the program: version, and commit where it is known.
    pub build: String,
    /// A hash of the configuration that the run works with, as text.
    pub configuration: String,
}

impl Session {
    /// The name of the journal's file: one per environment and account. Letters of an account that a file
    /// name cannot have everywhere are written as `_`, and a short hash keeps such accounts apart.
    #[must_use]
    pub fn file_name(&self) -> String {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let account: String =
            self.account.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
        let environment = self.environment.word().to_ascii_lowercase();
        if !account.is_empty() && account.chars().eq(self.account.chars()) {
            return format!("journal-{environment}-{account}.db");
        }
        let hash = blake3::hash(self.account.as_bytes()).to_hex();
        let short: String = hash.chars().take(8).collect();
        format!("journal-{environment}-{account}-{short}.db")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_name(environment: Environment, account: &str) -> String {
        let text = String::new();
        Session { environment, account: account.to_owned(), build: text.clone(), configuration: text }
            .file_name()
    }

    #[test]
    fn every_environment_and_account_has_a_file_of_its_own() {
        assert_eq!(file_name(Environment::Mock, "mock"), "journal-mock-mock.db");
        assert_eq!(file_name(Environment::Live, "ABC-123"), "journal-live-ABC-123.db");
        let (slash, blank) = (file_name(Environment::Sim, "a/1"), file_name(Environment::Sim, "a 1"));
        assert!(slash.starts_with("journal-sim-a_1-") && blank.starts_with("journal-sim-a_1-"));
        assert_ne!(slash, blank);
    }

    #[test]
    fn an_environment_is_read_from_its_word_only() {
        for environment in Environment::ALL {
            assert_eq!(environment.word().parse(), Ok(environment));
        }
        assert!("live".parse::<Environment>().is_err());
    }
}
