//! Lines of a stream of bytes, through one buffer that never grows.

use std::io::{self, Read};

/// The longest line, its end not counted. The longest real one has about 90 bytes.
pub const LINE_BYTES_MAX: usize = 256;

/// Large enough that calls to the system do not matter, small enough for the cache.
const BUFFER_BYTES: usize = 128 * 1024;

/// Three bytes with which some programs begin a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Cuts what a source yields into lines.
pub(crate) struct Lines<R> {
    source: R,
    buffer: Box<[u8]>,
    /// Where the bytes that no line has taken begin.
    start: usize,
    /// Where the bytes that the source gave end.
    end: usize,
    source_ended: bool,
    bytes_taken: u64,
}

impl<R: Read> Lines<R> {
    /// The lines of `source`, from its first byte.
    pub(crate) fn new(source: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { source, buffer, start: 0, end: 0, source_ended: false, bytes_taken: 0 }
    }

    /// How many bytes the lines so far took, line ends included.
    pub(crate) const fn bytes_taken(&self) -> u64 {
        self.bytes_taken
    }

    /// Passes over a byte order mark. Only right before the first line.
    pub(crate) fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        while self.waiting().len() < BYTE_ORDER_MARK.len() && !self.source_ended {
            self.fill()?;
        }
        if self.waiting().starts_with(BYTE_ORDER_MARK) {
            self.take(BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    /// The next line without its end; `None` when the source has no more.
    ///
    /// A line longer than [`LINE_BYTES_MAX`] may come in pieces, the first of them still longer than
    /// that.
    #[inline]
    pub(crate) fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = 0;
        loop {
            let unsearched = self.waiting().get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', unsearched) {
                let line_bytes = searched + at;
                return Ok(Some(without_return(self.take_line(line_bytes, line_bytes + 1))));
            }
            searched = self.waiting().len();
            // One byte more for the return that may belong to the line's end.
            if searched > LINE_BYTES_MAX + 1 {
                return Ok(Some(self.take_line(searched, searched)));
            }
            if self.source_ended {
                let last = (searched > 0).then(|| without_return(self.take_line(searched, searched)));
                return Ok(last);
            }
            self.fill()?;
        }
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn take(&mut self, bytes: usize) {
        self.start += bytes;
        self.bytes_taken += bytes as u64;
    }

    /// Takes `bytes` bytes of which the first `line_bytes` are the line.
    fn take_line(&mut self, line_bytes: usize, bytes: usize) -> &[u8] {
        let line_start = self.start;
        self.take(bytes);
        self.buffer.get(line_start..line_start + line_bytes).unwrap_or_default()
    }

    /// Asks the source for more. What waits moves to the front first; that is at most one line.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.source.read(room) {
            Ok(0) => self.source_ended = true,
            Ok(bytes) => self.end += bytes.min(room.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Lines may end in a return and a line feed, as on Windows.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
