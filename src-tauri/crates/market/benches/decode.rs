//! How many lines a second become records: a million lines of text in memory, decoded one by one.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use phantom_market::TickFile;
use phantom_model::price::Grid;
use phantom_model::{ArenaKey, ContractId};

const LINES: u32 = 1_000_000;

fn main() {
    divan::main();
}

/// Ten trades a second through a day and a bit, on the grid of gold.
fn text(quotes: &str, fraction_digits: usize) -> String {
    let mut text = String::new();
    for line in 0..LINES {
        let (tenth, second) = (line % 10, line / 10);
        let (day, hour, minute) = (7 + second / 86_400, second / 3_600 % 24, second / 60 % 60);
        let written = write!(text, "201310{day:02} {hour:02}{minute:02}{:02}", second % 60);
        debug_assert!(written.is_ok());
        if fraction_digits > 0 {
            text.push_str(&format!(" {tenth}{}", "0".repeat(fraction_digits - 1)));
        }
        text.push_str(&format!(";13{:02}.{tenth}{quotes};{}\n", line / 7 % 90, 1 + line % 9));
    }
    text
}

fn decode(bencher: Bencher, text: &str) {
    let gold = Grid::new(rust_decimal::Decimal::new(1, 1));
    bencher.counter(ItemsCount::new(LINES)).counter(BytesCount::of_str(text)).bench(|| {
        let grid = gold?;
        let mut file = TickFile::new(text.as_bytes(), "bench", ContractId::from_row(0), grid);
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
    decode(bencher, &text("", 0));
}

#[divan::bench]
fn trades_with_sub_seconds(bencher: Bencher) {
    decode(bencher, &text("", 7));
}

#[divan::bench]
fn tick_replay(bencher: Bencher) {
    decode(bencher, &text(";1319.9;1320.0", 7));
}

/// The ground: finding the line ends and nothing else.
#[divan::bench]
fn line_ends_only(bencher: Bencher) {
    let text = text("", 7);
    bencher
        .counter(ItemsCount::new(LINES))
        .counter(BytesCount::of_str(&text))
        .bench(|| memchr::memchr_iter(b'\n', text.as_bytes()).count());
}
