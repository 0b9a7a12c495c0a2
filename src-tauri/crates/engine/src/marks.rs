//! The last good price of each contract, and what the open position is worth at it.

use phantom_model::{Money, Price, Print, Ticks, Timestamp};

use crate::book::Position;

/// The widest step between two prints that is never absurd.
const BAND_MIN: Ticks = Ticks::new(20);
/// One part in this many of the last good price: 0.5 %.
const BAND_PART: i64 = 200;

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
    /// A print further than 0.5 % of the last good one and 20 ticks away counts only once the next
    /// print has come within that band of it. Bars are not judged: a bar is made of many trades, and
    /// its range is wider than the band on any busy day.
    #[inline]
    pub(crate) fn take(&mut self, print: &Print) -> Judged {
        let price = print.last();
        if let Some(last) = self.last
            && !within_band(last, last, price)
            && !matches!(print, Print::Bar(_))
            && !self.suspect.is_some_and(|suspect| within_band(last, suspect, price))
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

/// Whether `price` is within the band of `good` around `centre`.
const fn within_band(good: Price, centre: Price, price: Price) -> bool {
    let distance = price.distance(centre).count();
    distance <= BAND_MIN.count() || distance * BAND_PART <= good.ticks().abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(prints: &[i64]) -> String {
        let mut mark = Mark::default();
        let judged = prints.iter().map(|&ticks| {
            let print = Print::Trade { price: Price::new(ticks).unwrap(), size: 1 };
            match mark.take(&print) {
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
}
