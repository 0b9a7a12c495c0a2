//! The settings file: read once, written whole, never half.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs, process};

use phantom_wire::Settings;

use super::new_install;
use super::rules::check;

const NAME: &str = "settings.json";

/// Where the settings lie.
#[derive(Clone, Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Loaded {
    pub(crate) settings: Settings,
    /// What the user must know: the file could not be used.
    pub(crate) notice: Option<String>,
}

impl SettingsFile {
    /// The settings file of a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(NAME) }
    }

    /// The file itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the settings. A file that cannot be used is kept aside, and a new install's settings hold.
    pub(crate) fn load(&self) -> Loaded {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Loaded { settings: new_install(), notice: None };
            }
            Err(error) => return self.set_aside(&error.to_string()),
        };
        match read(&text) {
            Ok(settings) => Loaded { settings, notice: None },
            Err(why) => self.set_aside(&why),
        }
    }

    /// Writes the settings: beside the old ones first, then in their place.
    ///
    /// # Errors
    /// What the system said; the old file is whole then.
    pub(crate) fn save(&self, settings: &Settings) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut text = serde_json::to_string_pretty(settings)?;
        text.push('\n');
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().sync_all()?;
        beside.persist(&self.path)?;
        Ok(())
    }

    fn set_aside(&self, why: &str) -> Loaded {
        let aside = self.path.with_extension(format!("broken-{}.json", process::id()));
        let kept = match fs::rename(&self.path, &aside) {
            Ok(()) => format!("it is kept as {}", aside.display()),
            Err(error) => format!("it could not be kept aside: {error}"),
        };
        let notice = format!(
            "{} cannot be used ({why}); {kept}; the settings of a new install hold",
            self.path.display()
        );
        Loaded { settings: new_install(), notice: Some(notice) }
    }
}

fn read(text: &str) -> Result<Settings, String> {
    let settings: Settings = serde_json::from_str(text).map_err(|error| error.to_string())?;
    check(&settings).map_err(|fault| format!("{}: {}", fault.field, fault.message))?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_the_way_to_the_file_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(&folder.path().join("not/yet/there"));
        assert_eq!(file.load(), Loaded { settings: new_install(), notice: None });
        let mut settings = new_install();
        settings.trading.short_selling = true;
        settings.mock.seed = u64::MAX.to_string();
        for _ in 0..2 {
            file.save(&settings).unwrap();
            assert_eq!(file.load(), Loaded { settings: settings.clone(), notice: None });
        }
        let names: Vec<_> = fs::read_dir(file.path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside the file");
    }

    #[test]
    fn a_file_that_cannot_be_used_is_kept_and_said() {
        let good = serde_json::to_string(&new_install()).unwrap();
        for broken in [
            String::new(),
            good.replace("\"version\":1", "\"version\":9"),
            good.replacen('{', "{\"extra\":1,", 1),
            good.replace("\"defaultQty\":1", "\"defaultQty\":0"),
            good[..good.len() / 2].to_owned(),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = SettingsFile::in_folder(folder.path());
            fs::write(&file.path, &broken).unwrap();
            let loaded = file.load();
            assert_eq!(loaded.settings, new_install());
            assert!(loaded.notice.unwrap().contains("cannot be used"));
            let kept: Vec<_> =
                fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert_eq!(kept.len(), 1);
            assert_eq!(fs::read_to_string(&kept[0]).unwrap(), broken, "not a byte is lost");
        }
    }
}
