//! A signal file, read whole: either every line of it is a signal, or there is an error and no signal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::fault::{LineFault, SignalFileError};
use crate::line;
use crate::signal::Signal;

/// The longest line, its end not counted. A signal has about 150 bytes; what is so much longer is
/// another kind of file, and would only fill the memory.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Three bytes with which some programs begin a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The signals of the file at `path`, as [`read`].
///
/// # Errors
/// [`SignalFileError::Open`] when the system refuses, else as [`read`].
pub fn open(path: &Path) -> Result<Vec<Signal>, SignalFileError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => read(BufReader::new(file), &name),
        Err(source) => Err(SignalFileError::Open { file: name, source }),
    }
}

/// The signals of a source that errors call `name`, in the order of their times; at equal times in
/// the order of their lines. A source without a line holds no signal. Lines end in a line feed, with
/// or without a return before it; blank lines may stand at the end only.
///
/// # Errors
/// The first line that is no signal, or a failure of the disk.
pub fn read(source: impl BufRead, name: &str) -> Result<Vec<Signal>, SignalFileError> {
    let mut lines = Lines { source, line: Vec::new(), is_first: true };
    let mut signals = Vec::new();
    let mut lines_of_ids = BTreeMap::new();
    let mut first_blank = None;
    for line in 1.. {
        let file = || name.to_owned();
        let bad = |line, fault| SignalFileError::Line { file: file(), line, fault: Box::new(fault) };
        let text = lines.next().map_err(|source| SignalFileError::Read { file: file(), line, source })?;
        let Some(text) = text else { break };
        if text.trim_ascii().is_empty() {
            first_blank = first_blank.or(Some(line));
            continue;
        }
        if let Some(blank) = first_blank {
            return Err(bad(blank, LineFault::Blank));
        }
        let signal = signal(text).map_err(|fault| bad(line, fault))?;
        if let Some(first_line) = lines_of_ids.insert(signal.id.clone(), line) {
            return Err(bad(line, LineFault::IdRepeated { id: signal.id, first_line }));
        }
        signals.push(signal);
    }
    signals.sort_by_key(|signal| signal.at);
    Ok(signals)
}

fn signal(text: &[u8]) -> Result<Signal, LineFault> {
    if text.len() > LINE_BYTES_MAX {
        return Err(LineFault::TooLong);
    }
    let text = str::from_utf8(text).map_err(|error| LineFault::NotText { byte: error.valid_up_to() + 1 })?;
    line::read(text)
}

/// Lines of a source, through one buffer that does not grow beyond the longest line.
struct Lines<R> {
    source: R,
    line: Vec<u8>,
    is_first: bool,
}

impl<R: BufRead> Lines<R> {
    /// The next line without its end; `None` when there are no more. Of a line that is too long, only
    /// enough to see that.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let room = LINE_BYTES_MAX + BYTE_ORDER_MARK.len() + b"\r\n".len();
        let bytes = (&mut self.source).take(room as u64).read_until(b'\n', &mut self.line)?;
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let mark = if std::mem::take(&mut self.is_first) { BYTE_ORDER_MARK } else { b"" };
        let text = text.strip_prefix(mark).unwrap_or(text);
        Ok((bytes > 0).then_some(text))
    }
}
