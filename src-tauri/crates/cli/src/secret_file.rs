//! The file of the secret that a desk and a broker's side share.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use phantom_bridge::Secret;

use crate::fault::Fault;

/// Reads the secret of a file.
///
/// # Errors
/// A file that cannot be read or holds no secret.
pub(crate) fn read(path: &Path) -> Result<Secret, Fault> {
    let file = path.display().to_string();
    let text = zeroize::Zeroizing::new(
        fs::read_to_string(path).map_err(|source| Fault::SecretFile { file: file.clone(), source })?,
    );
    Secret::parse(&text).map_err(|source| Fault::NoSecret { file, source })
}

/// Reads the secret of a file, or makes the file with a new one that only its owner can read.
///
/// # Errors
/// As [`read`], or a file that cannot be made.
pub(crate) fn read_or_make(path: &Path) -> Result<Secret, Fault> {
    let fault = |source| Fault::SecretFile { file: path.display().to_string(), source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let secret = Secret::random().map_err(|error| fault(std::io::Error::other(error.to_string())))?;
            file.write_all(secret.reveal().as_bytes()).and_then(|()| file.sync_all()).map_err(fault)?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(fault(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let made = read_or_make(&path).unwrap().reveal();
        assert_eq!(read_or_make(&path).unwrap().reveal(), made);
        assert_eq!(read(&path).unwrap().reveal(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_without_a_secret_says_so_and_does_not_repeat_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hunter2").unwrap();
        let told = read(&path).unwrap_err().to_string();
        assert!(told.contains("64 hex digits") && !told.contains("hunter2"), "{told}");
    }
}
