//! The table that a run prints.

use crate::rounds::Spread;

/// Whether a bar is met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    Yes,
    No,
    /// The row has no bar of its own.
    NoBar,
}

impl Met {
    pub(crate) const fn when(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "**no**",
            Self::NoBar => "-",
        }
    }
}

/// One row.
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) bar: &'static str,
    pub(crate) measured: String,
    /// The kernel in the same rounds, and our figure to divide by it; `None` where time is not meant.
    pub(crate) kernel: Option<(Spread, f64)>,
    pub(crate) met: Met,
}

/// The markdown of all rows.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let head = "| row | bar | measured | kernel in the same run | ratio | met |\n| --- | --- | --- | --- | --- | --- |\n";
    rows.iter().fold(head.to_owned(), |text, row| text + &row.line())
}

impl Row {
    fn line(&self) -> String {
        let Self { work, bar, measured, kernel, met } = self;
        let (kernel, ratio) = match kernel {
            Some((kernel, ours)) => (spread_text(*kernel), format!("{:.1}x", ours / kernel.median)),
            None => ("-".to_owned(), "-".to_owned()),
        };
        format!("| {work} | {bar} | {measured} | {kernel} | {ratio} | {} |\n", met.word())
    }
}

/// Median and the ends, in nanoseconds.
pub(crate) fn spread_text(Spread { median, least, most }: Spread) -> String {
    let digits = if median < 100.0 { 2 } else { 0 };
    format!("{median:.digits$} ns ({least:.digits$}-{most:.digits$})")
}
