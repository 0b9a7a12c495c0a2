//! How many lines a second become records: a million lines of text in memory, decoded one by one.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use phantom_market::{Merged, SubSeconds, TickFile};
use phantom_model::price::Grid;
use phantom_model::{ArenaKey, ContractId};
use rust_decimal::Decimal;

const LINES: u32 = 1_000_000;

fn main() {
    divan::main();
}

/// Ten trades a second through a day and a bit, on the grid of gold.
fn text(sub_seconds: SubSeconds, quotes: &str) -> String {
    let lines = (0..LINES).map(|line| {
        let (tenth, second) = (line % 10, line / 10);
        let (day, hour, minute) = (7 + second / 86_400, second / 3_600 % 24, second / 60 % 60);
        let fraction = match sub_seconds {
            SubSeconds::Absent => String::new(),
            SubSeconds::Present => format!(" {tenth}000000"),
        };
        let (price, size) = (1_300 + line / 7 % 90, 1 + line % 9);
        format!(
            "201310{day:02} {hour:02}{minute:02}{:02}{fraction};{price}.{tenth}{quotes};{size}\n",
            second % 60
        )
    });
    lines.collect::<Vec<_>>().concat()
}

fn gold(text: &str) -> Option<TickFile<&[u8]>> {
    let grid = Grid::new(Decimal::new(1, 1))?;
    Some(TickFile::new(text.as_bytes(), "bench", ContractId::from_row(0), grid))
}

fn decode(bencher: Bencher, text: &str) {
    bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::of_str(text)).bench(|| {
        let mut file = gold(text)?;
        let mut ticks = 0_i64;
        while let Ok(Some(record)) = file.next_record() {
            ticks += record.print.last().ticks();
        }
        // All of it, or the figure means nothing.
        assert_eq!(file.bytes_read(), text.len() as u64);
        Some(ticks)
    });
}

#[divan::bench]
fn trades(bencher: Bencher) {
    decode(bencher, &text(SubSeconds::Absent, ""));
}

#[divan::bench]
fn trades_with_sub_seconds(bencher: Bencher) {
    decode(bencher, &text(SubSeconds::Present, ""));
}

#[divan::bench]
fn tick_replay(bencher: Bencher) {
    decode(bencher, &text(SubSeconds::Present, ";1319.9;1320.0"));
}

#[divan::bench]
fn one_file_merged(bencher: Bencher) {
    let text = text(SubSeconds::Present, "");
    bencher.counter(ItemsCount::new(LINES)).bench(|| {
        let mut merged = Merged::new(gold(&text));
        let mut ticks = 0_i64;
        while let Ok(Some(record)) = merged.next_record() {
            ticks += record.print.last().ticks();
        }
        ticks
    });
}

/// The ground under the figures above: finding the line ends and nothing else.
#[divan::bench]
fn line_ends_only(bencher: Bencher) {
    let text = text(SubSeconds::Present, "");
    bencher
        .counter(ItemsCount::new(LINES))
        .counter(BytesCount::of_str(&text))
        .bench(|| memchr::memchr_iter(b'\n', text.as_bytes()).count());
}
