//! The settings of a profile as lines of text, `KEY=VALUE`.
//!
//! A setting is a row of a table: its key, what its values look like, how one is taken and how it is
//! said. Lines are taken in the order of the tables, whatever order they come in, so that a figure
//! that follows from another can still be given.

use super::limits::LIMITS;
use super::{Profile, account_keys::ACCOUNT};
use crate::pack::reader::read_money;
use crate::personal::OverlayChoice;

/// A setting, as people see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// What its values look like.
    pub right: String,
    /// Its value now.
    pub value: String,
}

/// Why a setting is not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingFault {
    /// No `=` in it.
    #[error("{0:?} is not KEY=VALUE, such as personal_daily_loss=500")]
    NotKeyValue(String),
    /// No setting of that key.
    #[error("no setting {key:?}; there are: {}", known.join(", "))]
    UnknownKey {
        /// As given.
        key: String,
        /// The keys that there are.
        known: Vec<String>,
    },
    /// The same key twice.
    #[error("{0} is given twice")]
    Twice(String),
    /// A value that the setting cannot have.
    #[error("{key}={given}: it must be {right}")]
    BadValue {
        /// The key.
        key: String,
        /// As given.
        given: String,
        /// What would be right.
        right: String,
    },
    /// A value that does not go with the pack or with another setting.
    #[error("{key}={given}: {why}")]
    NotPossible {
        /// The key.
        key: String,
        /// As given.
        given: String,
        /// Why not, and what would be possible.
        why: String,
    },
}

/// Why a value is not taken.
pub(super) enum Bad {
    /// It does not look like one.
    Form,
    /// It does not go with something else.
    Because(String),
}

/// A row of a table.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What its values look like; follows "it must be".
    pub(super) right: &'static str,
    pub(super) set: fn(&mut Profile, &str) -> Result<(), Bad>,
    pub(super) get: fn(&Profile) -> String,
}

/// What a value is that is not there.
pub(super) const OFF: &str = "off";

/// The first part of the key of an overlay's effect.
const OVERLAY: &str = "overlay.";

const OVERLAY_CHOICES: [(&str, OverlayChoice); 3] =
    [("off", OverlayChoice::Off), ("warn", OverlayChoice::Warn), ("block", OverlayChoice::Block)];

pub(super) fn keys() -> impl Iterator<Item = &'static Key> {
    ACCOUNT.iter().chain(LIMITS)
}

/// The value of a word, or [`Bad::Form`].
pub(super) fn word<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, Bad> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or(Bad::Form)
}

/// The word of a value.
pub(super) fn word_of<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> String {
    words.iter().find(|(_, other)| other == value).map_or(OFF, |(word, _)| word).to_owned()
}

/// `off`, or what `read` makes of the text.
pub(super) fn optional<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Bad> {
    if text == OFF { Ok(None) } else { read(text).map(Some).ok_or(Bad::Form) }
}

/// An amount above zero.
pub(super) fn positive(text: &str) -> Option<phantom_model::Money> {
    read_money(text).filter(|money| *money > phantom_model::Money::ZERO)
}

/// An amount as a setting says it: no more decimals than it needs.
pub(super) fn amount(money: phantom_model::Money) -> String {
    money.decimal().normalize().to_string()
}

/// A whole number from `least` to `most`, in its one spelling.
pub(super) fn whole(text: &str, least: u32, most: u32) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && (least..=most).contains(number))
}

pub(super) fn set<'a>(
    profile: &Profile,
    settings: impl IntoIterator<Item = &'a str>,
) -> Result<Profile, SettingFault> {
    let mut given: Vec<(&str, &str)> = Vec::new();
    for setting in settings {
        let pair = setting.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        let (key, value) = pair.ok_or_else(|| SettingFault::NotKeyValue(setting.to_owned()))?;
        if given.iter().any(|(other, _)| *other == key) {
            return Err(SettingFault::Twice(key.to_owned()));
        }
        given.push((key, value));
    }
    let known = |key: &str| keys().any(|it| it.name == key) || overlay_of(profile, key).is_some();
    if let Some((key, _)) = given.iter().find(|(key, _)| !known(key)) {
        let known = all(profile).into_iter().map(|setting| setting.key).collect();
        return Err(SettingFault::UnknownKey { key: (*key).to_owned(), known });
    }
    let mut changed = profile.clone();
    for key in keys() {
        if let Some((_, value)) = given.iter().find(|(name, _)| *name == key.name) {
            (key.set)(&mut changed, value).map_err(|bad| bad.fault(key.name, value, key.right))?;
        }
    }
    for (key, value) in &given {
        if let Some(id) = overlay_of(profile, key) {
            let choice =
                word(&OVERLAY_CHOICES, value).map_err(|bad| bad.fault(key, value, "off, warn or block"))?;
            changed.personal.overlays.insert(id.to_owned(), choice);
        }
    }
    Ok(changed)
}

impl Bad {
    fn fault(self, key: &str, given: &str, right: &str) -> SettingFault {
        let (key, given) = (key.to_owned(), given.to_owned());
        match self {
            Self::Form => SettingFault::BadValue { key, given, right: right.to_owned() },
            Self::Because(why) => SettingFault::NotPossible { key, given, why },
        }
    }
}

/// The overlay whose effect a key sets.
fn overlay_of<'k>(profile: &Profile, key: &'k str) -> Option<&'k str> {
    let id = key.strip_prefix(OVERLAY)?;
    profile.pack.overlays().iter().any(|overlay| overlay.id == id).then_some(id)
}

pub(super) fn settings(profile: &Profile) -> Vec<String> {
    let new = all(&Profile::new(profile.pack.clone()));
    let differs = all(profile).into_iter().zip(new).filter(|(now, new)| now.value != new.value);
    differs.map(|(now, _)| format!("{}={}", now.key, now.value)).collect()
}

pub(super) fn all(profile: &Profile) -> Vec<Setting> {
    let rows = keys().map(|key| Setting {
        key: key.name.to_owned(),
        right: key.right.to_owned(),
        value: (key.get)(profile),
    });
    let overlays = profile.pack.overlays().iter().map(|overlay| {
        let chosen = profile.personal.overlays.get(&overlay.id).copied();
        let choice = chosen.unwrap_or_else(|| OverlayChoice::from(overlay.effect));
        Setting {
            key: format!("{OVERLAY}{}", overlay.id),
            right: "off, warn or block".to_owned(),
            value: word_of(&OVERLAY_CHOICES, &choice),
        }
    });
    rows.chain(overlays).collect()
}
