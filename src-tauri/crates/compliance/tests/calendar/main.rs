//! The exchange's calendar: every day of its tables, the firm's times, and each minute of two years.

#![cfg(test)]

mod files;
mod firm_times;
mod minutes;
mod sessions;
mod tables;

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime};
use phantom_compliance::Calendar;
use phantom_model::{Timestamp, TradingDay, chicago_moment, chicago_time};

static CALENDAR: LazyLock<Arc<Calendar>> = LazyLock::new(|| Calendar::built_in().unwrap());

fn calendar() -> Arc<Calendar> {
    Arc::clone(&CALENDAR)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn day(text: &str) -> TradingDay {
    TradingDay::on(date(text))
}

/// The moment of a date and time of the wall in Chicago.
fn chicago(text: &str) -> Timestamp {
    chicago_moment(text.parse::<DateTime>().unwrap())
}

/// The date and time of the wall in Chicago: `2026-11-27 12:15`.
fn wall(at: Timestamp) -> String {
    chicago_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The time of the wall in Chicago: `12:15`.
fn clock(at: Timestamp) -> String {
    chicago_time(at).strftime("%H:%M").to_string()
}
