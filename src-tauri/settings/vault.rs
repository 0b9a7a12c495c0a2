//! Where the password lies: in the system's credential store, or else in memory. Never in a file, and
//! there is no way to read it back through a command.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use phantom_bridge::Secret;
use phantom_bridge::secret::NoSecret;
use phantom_wire::PasswordPlace;
use zeroize::Zeroizing;

const SERVICE: &str = "Phantom Desk";

/// Keeps passwords by user name.
pub(crate) struct Vault {
    store: Store,
    in_memory: Mutex<Option<(String, String)>>,
}

/// Which store is asked first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Store {
    /// The system's.
    System,
    /// None: for tests, which must not touch the user's own store.
    None,
}

impl Vault {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store, in_memory: Mutex::new(None) }
    }

    /// Keeps a password of a user. Blocks while the store asks its owner.
    pub(crate) fn keep(&self, user: &str, password: String) -> PasswordPlace {
        match self.keep_in_system(user, &password) {
            Ok(true) => {
                self.remember(None);
                PasswordPlace::Keychain
            }
            Ok(false) => {
                self.remember(Some((user.to_owned(), password)));
                PasswordPlace::Memory
            }
            Err(error) => {
                tracing::warn!(%error, "no credential store; the password is kept in memory");
                self.remember(Some((user.to_owned(), password)));
                PasswordPlace::Memory
            }
        }
    }

    /// The bridge secret that is kept for a user; `None` where nothing is. Blocks while the store asks its
    /// owner.
    pub(crate) fn secret(&self, user: &str) -> Option<Result<Secret, NoSecret>> {
        self.kept(user).map(|text| Secret::parse(&text))
    }

    fn kept(&self, user: &str) -> Option<Zeroizing<String>> {
        let in_memory = self.in_memory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, password)) = in_memory.filter(|(owner, _)| owner == user) {
            return Some(Zeroizing::new(password));
        }
        if self.store == Store::None {
            return None;
        }
        let entry = keyring::v1::Entry::new(SERVICE, owner_of(user));
        match entry.and_then(|entry| entry.get_password()) {
            Ok(password) => Some(Zeroizing::new(password)),
            Err(error) => {
                tracing::warn!(%error, "no password was found in the credential store");
                None
            }
        }
    }

    /// Whether the store took it.
    fn keep_in_system(&self, user: &str, password: &str) -> Result<bool, keyring::v1::Error> {
        if self.store == Store::None {
            return Ok(false);
        }
        keyring::v1::Entry::new(SERVICE, owner_of(user))?.set_password(password)?;
        Ok(true)
    }

    fn remember(&self, what: Option<(String, String)>) {
        *self.in_memory.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }
}

/// An entry without a user is refused by some stores.
const fn owner_of(user: &str) -> &str {
    if user.is_empty() { "default" } else { user }
}

impl fmt::Debug for Vault {
    /// Says nothing of what is kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("store", &self.store).finish_non_exhaustive()
    }
}
