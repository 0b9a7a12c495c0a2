//! Short ways to run the program and to look at what it said.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A run that has ended.
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `phantom` with these arguments in a folder.
pub(crate) fn phantom<S: AsRef<str>>(folder: &Path, arguments: &[S]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phantom"));
    command.current_dir(folder).env_remove("PHANTOM_LOG");
    command.args(arguments.iter().map(AsRef::as_ref));
    let output = command.output().unwrap();
    Ended {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    /// The JSON of a run that went well and had nothing to complain about.
    pub(crate) fn json(&self) -> Value {
        assert_eq!((self.status, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The JSON without the only value that may differ between two runs. It is the last one.
    pub(crate) fn bytes_to_compare(&self) -> &str {
        self.stdout.split_once(r#","elapsedSeconds":"#).unwrap().0
    }
}
