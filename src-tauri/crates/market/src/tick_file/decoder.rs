//! One line to one record.

use phantom_model::price::{Grid, GridError};
use phantom_model::{Bar, ContractId, MarketRecord, Price, Print, Timestamp};

use super::dates::Dates;
use super::fault::{LineFault, PriceField, shown};
use super::form::{FIELD_END, Form, count_fields};
use super::lines::LINE_BYTES_MAX;

/// Turns the lines of one file into records and keeps their time from going back.
pub(crate) struct Decoder {
    contract: ContractId,
    grid: Grid,
    /// Decided by the first line.
    form: Option<Form>,
    dates: Dates,
    previous: Timestamp,
}

impl Decoder {
    /// A decoder before the first line of a file about `contract`.
    pub(crate) const fn new(contract: ContractId, grid: Grid) -> Self {
        Self { contract, grid, form: None, dates: Dates::new(), previous: Timestamp::MIN }
    }

    /// The file's form, once the first line is read.
    pub(crate) const fn form(&self) -> Option<Form> {
        self.form
    }

    /// The record of the next line.
    ///
    /// # Errors
    /// What is wrong with the line.
    #[inline]
    pub(crate) fn record(&mut self, line: &[u8]) -> Result<MarketRecord, LineFault> {
        if line.len() > LINE_BYTES_MAX {
            return Err(plainer_fault(line, LineFault::TooLong));
        }
        self.short_line(line).map_err(|fault| plainer_fault(line, fault))
    }

    fn short_line(&mut self, line: &[u8]) -> Result<MarketRecord, LineFault> {
        let form = match self.form {
            Some(form) => form,
            None => *self.form.insert(Form::of_line(line)?),
        };
        let (at, print) = match form {
            Form::Trades(_) => self.trade(form, line),
            Form::QuotedTrades(_) => self.quoted_trade(form, line),
            Form::MinuteBars | Form::DayBars => self.bar(form, line),
        }?;
        if at < self.previous {
            return Err(LineFault::TimeBack { at, previous: self.previous });
        }
        self.previous = at;
        Ok(MarketRecord { contract: self.contract, at, print })
    }

    fn trade(&mut self, form: Form, line: &[u8]) -> Result<(Timestamp, Print), LineFault> {
        let [stamp, price, volume] = fields(form, line)?;
        let at = self.dates.stamp(form, stamp)?;
        let price = self.price(PriceField::Price, price)?;
        Ok((at, Print::Trade { price, size: contracts(volume, 1)? }))
    }

    fn quoted_trade(&mut self, form: Form, line: &[u8]) -> Result<(Timestamp, Print), LineFault> {
        let [stamp, last, bid, ask, volume] = fields(form, line)?;
        let at = self.dates.stamp(form, stamp)?;
        let price = self.price(PriceField::Last, last)?;
        let bid = self.price(PriceField::Bid, bid)?;
        let ask = self.price(PriceField::Ask, ask)?;
        let size = contracts(volume, 1)?;
        if bid > ask {
            return Err(LineFault::Crossed { bid, ask, grid: self.grid });
        }
        Ok((at, Print::QuotedTrade { price, size, bid, ask }))
    }

    fn bar(&mut self, form: Form, line: &[u8]) -> Result<(Timestamp, Print), LineFault> {
        let [stamp, open, high, low, close, volume] = fields(form, line)?;
        let at = self.dates.stamp(form, stamp)?;
        let open = self.price(PriceField::Open, open)?;
        let high = self.price(PriceField::High, high)?;
        let low = self.price(PriceField::Low, low)?;
        let close = self.price(PriceField::Close, close)?;
        let bar = Bar { open, high, low, close, volume: contracts(volume, 0)? };
        if high < open.max(close) || low > open.min(close) {
            return Err(LineFault::BarRange { bar, grid: self.grid });
        }
        Ok((at, Print::Bar(bar)))
    }

    #[inline]
    fn price(&self, field: PriceField, text: &[u8]) -> Result<Price, LineFault> {
        self.grid.parse(text).map_err(|error| match error {
            GridError::NotANumber => LineFault::PriceNotANumber { field, text: shown(text) },
            GridError::OffGrid { below, above } => {
                LineFault::PriceOffGrid { field, text: shown(text), grid: self.grid, below, above }
            }
            GridError::OutOfRange => LineFault::PriceOutOfRange { field, text: shown(text) },
        })
    }
}

/// The `N` fields of a line of the given form.
#[inline]
fn fields<const N: usize>(form: Form, line: &[u8]) -> Result<[&[u8]; N], LineFault> {
    let mut rest = line.split(|byte| *byte == FIELD_END);
    let mut fields = [[].as_slice(); N];
    let filled = fields.iter_mut().zip(&mut rest).map(|(field, text)| *field = text).count();
    if filled == N && rest.next().is_none() {
        Ok(fields)
    } else {
        Err(LineFault::FieldCount { fields: count_fields(line), form })
    }
}

/// A volume of at least `min` contracts.
#[inline]
fn contracts(text: &[u8], min: u32) -> Result<u32, LineFault> {
    let mut sum = (!text.is_empty()).then_some(0_u32);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        sum = sum.filter(|_| digit < 10).and_then(|sum| sum.checked_mul(10)?.checked_add(u32::from(digit)));
    }
    sum.filter(|count| *count >= min).ok_or_else(|| LineFault::Volume { text: shown(text), min })
}

/// The fault that says most about a bad line: that it is no text at all comes before what a reader of
/// text stumbled over.
#[cold]
fn plainer_fault(line: &[u8], fault: LineFault) -> LineFault {
    if line.is_empty() {
        return LineFault::Empty;
    }
    let is_text = |byte: &u8| (b' '..=b'~').contains(byte);
    // Of a line that is too long only the beginning counts: how much more of it is at hand is chance.
    let junk = line.iter().take(LINE_BYTES_MAX + 1).zip(1_usize..).find(|(byte, _)| !is_text(byte));
    junk.map_or(fault, |(byte, column)| LineFault::NotText { byte: *byte, column })
}
