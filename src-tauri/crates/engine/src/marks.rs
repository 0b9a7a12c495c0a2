//! The last good price of each contract, and what the open position is worth at it.

use phantom_model::{Money, Price, Print, Timestamp};

use crate::book::Position;
use crate::config::PrintBand;

/// What the engine remembers of one contract's market. Not of record: the next print renews it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mark {
    /// The last good price.
    pub(crate) last: Option<Price>,
    /// An absurd print that waits for a second one to confirm it.
    suspect: Option<Price>,
    /// Open profit at the last good price.
    pub(crate) unrealized: Money,
    /// When it last traded at a good price; of no meaning before the first.
    pub(crate) traded_at: Timestamp,
    /// The last good price of the trading day before: what the exchange's price limits count from.
    pub(crate) reference: Option<Price>,
}

/// Whether a print counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Judged {
    Good,
    Absurd,
}

impl Mark {
    /// Judges a print and keeps it when it is good.
    ///
    /// A print outside the band around the last good one counts only once the next print has come within
    /// the band of it. Bars are not judged: a bar is made of many trades, and its range is wider than the
    /// band on any busy day.
    #[inline]
    pub(crate) fn take(&mut self, print: &Print, band: PrintBand) -> Judged {
        let price = print.last();
        if let Some(last) = self.last
            && !band.holds(last, last, price)
            && !matches!(print, Print::Bar(_))
            && !self.suspect.is_some_and(|suspect| band.holds(last, suspect, price))
        {
            self.suspect = Some(price);
            return Judged::Absurd;
        }
        self.last = Some(price);
        self.suspect = None;
        Judged::Good
    }

    /// Renews the open profit and answers by how much it has changed.
    #[inline]
    pub(crate) fn renew(&mut self, position: &Position, tick_value: Money) -> Money {
        let Some(last) = self.last else { return Money::ZERO };
        let ticks = last.ticks() * position.net.signed() - position.open_cost_ticks;
        let unrealized = tick_value * ticks;
        let change = unrealized - self.unrealized;
        self.unrealized = unrealized;
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(prints: &[i64]) -> String {
        judge_in(PrintBand::STANDARD, prints)
    }

    fn judge_in(band: PrintBand, prints: &[i64]) -> String {
        let mut mark = Mark::default();
        let judged = prints.iter().map(|&ticks| {
            let print = Print::Trade { price: Price::new(ticks).unwrap(), size: 1 };
            match mark.take(&print, band) {
                Judged::Good => 'g',
                Judged::Absurd => 'a',
            }
        });
        judged.collect()
    }

    #[test]
    fn a_far_print_counts_only_when_the_next_one_confirms_it() {
        // 0.5 % of 13 200 is 66 ticks; 20 ticks is the floor for low prices.
        for (prints, expected) in [
            (&[13_200, 13_266, 13_200][..], "ggg"),
            (&[13_200, 13_267, 13_200][..], "gag"),
            (&[13_200, 13_267, 13_333, 13_333][..], "gagg"),
            (&[13_200, 13_267, 13_334, 13_400][..], "gaag"),
            (&[13_200, 1_320, 13_201, 1_320, 13_202][..], "gagag"),
            (&[100, 120, 141, 120][..], "ggag"),
            (&[-100, -120, 0, -120][..], "ggag"),
            (&[0, 20, -1][..], "gga"),
        ] {
            assert_eq!(judge(prints), expected, "{prints:?}");
        }
    }

    #[test]
    fn the_band_is_what_the_trader_has_set() {
        let ticks_alone = PrintBand::new(5, 0).unwrap();
        assert_eq!(judge_in(ticks_alone, &[13_200, 13_205, 13_211, 13_216]), "ggag");
        let a_percent = PrintBand::new(4, 100).unwrap();
        assert_eq!(judge_in(a_percent, &[10_000, 10_100, 10_202, 10_100]), "ggag");
    }
}
