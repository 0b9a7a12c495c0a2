//! Bytes as they come, cut into lines of bounded length.

/// More bytes without a line end than a line may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a line is longer than {limit} bytes")]
pub struct LineTooLong {
    /// The most that a line may have.
    pub limit: usize,
}

/// Collects bytes until a line is whole. It never holds more than one line and one read.
#[derive(Debug)]
pub struct LineBuffer {
    bytes: Vec<u8>,
    /// Up to here there is no line end.
    searched: usize,
    /// Up to here lines were taken.
    taken: usize,
    limit: usize,
}

impl LineBuffer {
    /// Lines of at most `limit` bytes, their end not counted.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), searched: 0, taken: 0, limit }
    }

    /// From the next line on, lines may have this many bytes.
    pub const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Takes bytes in.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.searched -= self.taken;
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole line without its end; `None` when it has not all come.
    ///
    /// # Errors
    /// [`LineTooLong`], also before the end of the long line has come.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, LineTooLong> {
        let unsearched = self.bytes.get(self.searched..).unwrap_or_default();
        let end = memchr::memchr(b'\n', unsearched).map(|at| self.searched + at);
        let length = end.unwrap_or(self.bytes.len()) - self.taken;
        if length > self.limit {
            return Err(LineTooLong { limit: self.limit });
        }
        let Some(end) = end else {
            self.searched = self.bytes.len();
            return Ok(None);
        };
        let start = self.taken;
        self.taken = end + 1;
        self.searched = self.taken;
        Ok(self.bytes.get(start..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(buffer: &mut LineBuffer) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| buffer.next_line().unwrap().map(<[u8]>::to_vec)).collect()
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_the_bytes_come(
            text in proptest::collection::vec("[a-c]{0,9}", 0..9), cuts in proptest::collection::vec(1_usize..7, 0..40),
        ) {
            let whole: Vec<u8> = text.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
            let (mut buffer, mut got, mut rest) = (LineBuffer::new(9), Vec::new(), whole.as_slice());
            for cut in cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                buffer.push(now);
                got.extend(lines(&mut buffer));
                rest = later;
            }
            buffer.push(rest);
            got.extend(lines(&mut buffer));
            let expected: Vec<Vec<u8>> = text.iter().map(|line| line.as_bytes().to_vec()).collect();
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_line_may_have_its_limit_and_not_one_byte_more() {
        let mut buffer = LineBuffer::new(3);
        buffer.push(b"abc");
        assert_eq!(buffer.next_line(), Ok(None));
        buffer.push(b"\nabcd");
        assert_eq!(buffer.next_line(), Ok(Some(b"abc".as_slice())));
        // Refused although its end has not come: nobody may fill the memory.
        assert_eq!(buffer.next_line(), Err(LineTooLong { limit: 3 }));
    }

    #[test]
    fn the_limit_grows_between_two_lines() {
        let mut buffer = LineBuffer::new(2);
        buffer.push(b"ab\nabcd\n");
        assert_eq!(buffer.next_line(), Ok(Some(b"ab".as_slice())));
        buffer.set_limit(4);
        assert_eq!(buffer.next_line(), Ok(Some(b"abcd".as_slice())));
        assert_eq!(buffer.next_line(), Ok(None));
    }
}
