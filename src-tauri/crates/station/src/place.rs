//! Where a simulated market was, so that it goes on from there after the program was ended or killed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use phantom_model::{Price, Timestamp};
use serde::{Deserialize, Serialize};

/// The time and the last prices of a simulated market. A real market goes on by itself; this one stands
/// still while nobody runs it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarketPlace {
    /// What the market's clock showed.
    pub at: Option<Timestamp>,
    /// The last price of each contract, by its name.
    pub last: BTreeMap<String, Price>,
}

impl MarketPlace {
    /// Where the market of this file was; nowhere yet where there is no file, or none that can be read: it
    /// begins anew then, and nothing of the trader's hangs on it.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Notes where the market is: whole, or not at all.
    ///
    /// # Errors
    /// What the system said.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(serde_json::to_string(self)?.as_bytes())?;
        beside.persist(path)?;
        Ok(())
    }
}
