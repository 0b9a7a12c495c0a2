//! A tick file as a stream of records.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use phantom_model::price::Grid;
use phantom_model::{ContractId, MarketRecord};

use super::decoder::Decoder;
use super::fault::{LineFault, TickFileError};
use super::form::Form;
use super::lines::Lines;

/// Reads one tick file from its first line to its last, in constant memory.
///
/// It ends at its first error: after an error there are no more records.
pub struct TickFile<R> {
    name: String,
    lines: Lines<R>,
    decoder: Decoder,
    line_number: u64,
    total_bytes: Option<u64>,
    ended: bool,
}

impl TickFile<File> {
    /// Opens the file at `path`, which holds prices of `contract` on `grid`.
    ///
    /// # Errors
    /// [`TickFileError::Open`] when the system refuses. The content is not looked at yet.
    pub fn open(path: &Path, contract: ContractId, grid: Grid) -> Result<Self, TickFileError> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        match opened {
            Ok((metadata, file)) => {
                let total_bytes = metadata.is_file().then_some(metadata.len());
                Ok(Self { total_bytes, ..Self::new(file, name, contract, grid) })
            }
            Err(source) => Err(TickFileError::Open { file: name, source }),
        }
    }
}

impl<R: Read> TickFile<R> {
    /// Reads prices of `contract` on `grid` from `source`; errors call it `name`.
    pub fn new(source: R, name: impl Into<String>, contract: ContractId, grid: Grid) -> Self {
        Self {
            name: name.into(),
            lines: Lines::new(source),
            decoder: Decoder::new(contract, grid),
            line_number: 0,
            total_bytes: None,
            ended: false,
        }
    }

    /// The name that errors use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the lines hold, once the first record is read.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        self.decoder.form()
    }

    /// How many bytes the lines read so far have. At the end of a file, its size.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.lines.bytes_taken()
    }

    /// The size of the file when it was opened; `None` for a source without a size.
    #[must_use]
    pub const fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// The next record; `None` at the end of the file.
    ///
    /// # Errors
    /// The first line that is not right, or a failure of the disk.
    #[inline]
    pub fn next_record(&mut self) -> Result<Option<MarketRecord>, TickFileError> {
        if self.ended {
            return Ok(None);
        }
        if self.line_number == 0
            && let Err(error) = self.lines.skip_byte_order_mark()
        {
            return Err(self.read_error(error));
        }
        self.line_number += 1;
        match self.lines.next_line() {
            Ok(Some(line)) => match self.decoder.record(line) {
                Ok(record) => Ok(Some(record)),
                Err(fault) => Err(self.line_error(fault)),
            },
            Ok(None) if self.line_number == 1 => Err(self.line_error(LineFault::NoRecord)),
            Ok(None) => {
                self.ended = true;
                Ok(None)
            }
            Err(error) => Err(self.read_error(error)),
        }
    }

    #[cold]
    fn line_error(&mut self, fault: LineFault) -> TickFileError {
        self.ended = true;
        TickFileError::Line { file: self.name.clone(), line: self.line_number, fault: Box::new(fault) }
    }

    #[cold]
    fn read_error(&mut self, source: io::Error) -> TickFileError {
        self.ended = true;
        TickFileError::Read { file: self.name.clone(), line: self.line_number.max(1), source }
    }
}

impl<R: Read> Iterator for TickFile<R> {
    type Item = Result<MarketRecord, TickFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().transpose()
    }
}
