//! Every five minutes of two years against a slow reference that knows the rules in another form: by what
//! the clock on the wall shows, without trading days, windows or intervals.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday, time};
use phantom_compliance::ProductHours;
use phantom_compliance::calendar::{Calendar, SessionState};
use phantom_model::{Span, Timestamp, TradingDay, chicago_time};
use proptest::prelude::*;

use super::{calendar, chicago};

/// When a day's session ends early, or that there is none.
#[derive(Clone, Copy)]
enum Special {
    Closed,
    Until(Time),
    LateUntil(Time),
}

/// Month, day, and the closings of equity index, energy and metals, rates, currencies: the four that
/// open at 17:00.
type Row = (i8, i8, [&'static str; 4]);

const MONDAY_HOLIDAY: [&str; 4] = ["12:00", "13:30", "12:00", ""];
const NOON: [&str; 4] = ["12:00"; 4];
const CLOSED: [&str; 4] = ["closed"; 4];

const YEAR_2026: [Row; 12] = [
    (1, 1, CLOSED),
    (1, 19, MONDAY_HOLIDAY),
    (2, 16, MONDAY_HOLIDAY),
    (4, 3, ["08:15", "closed", "10:15", "10:15"]),
    (5, 25, MONDAY_HOLIDAY),
    (6, 19, NOON),
    (7, 3, NOON),
    (9, 7, MONDAY_HOLIDAY),
    (11, 26, MONDAY_HOLIDAY),
    (11, 27, ["12:15", "13:45", "12:15", "13:45"]),
    (12, 24, ["12:15", "12:45", "12:15", "12:45"]),
    (12, 25, CLOSED),
];

const YEAR_2027: [Row; 11] = [
    (1, 1, CLOSED),
    (1, 18, MONDAY_HOLIDAY),
    (2, 15, MONDAY_HOLIDAY),
    (3, 26, CLOSED),
    (5, 31, MONDAY_HOLIDAY),
    (6, 18, NOON),
    (7, 5, MONDAY_HOLIDAY),
    (9, 6, MONDAY_HOLIDAY),
    (11, 25, MONDAY_HOLIDAY),
    (11, 26, ["12:15", "13:45", "12:15", "13:45"]),
    (12, 24, CLOSED),
];

/// The reference of one kind of product.
struct Reference {
    product: ProductHours,
    special: BTreeMap<Date, Special>,
}

impl Reference {
    fn of(product: ProductHours) -> Self {
        let rows = YEAR_2026.map(|row| (2026, row)).into_iter().chain(YEAR_2027.map(|row| (2027, row)));
        let mut special = BTreeMap::new();
        for (year, (month, day, closings)) in rows {
            let date = Date::new(year, month, day).unwrap();
            let change = match product {
                ProductHours::EquityIndex => closing(closings[0]),
                ProductHours::EnergyMetals => closing(closings[1]),
                ProductHours::Rates => closing(closings[2]),
                ProductHours::Fx | ProductHours::Crypto => closing(closings[3]),
                ProductHours::Grains | ProductHours::Livestock => Some(farm(product, date)),
            };
            special.extend(change.map(|change| (date, change)));
        }
        if product == ProductHours::Grains {
            special.insert(Date::constant(2026, 1, 2), Special::LateUntil(time(13, 20, 0, 0)));
        }
        Self { product, special }
    }

    fn is_open(&self, wall: DateTime) -> bool {
        let (date, at) = (wall.date(), wall.time());
        if at >= time(17, 0, 0, 0) {
            let tomorrow = date.saturating_add(1.day());
            let opens = match self.product {
                ProductHours::Livestock => return false,
                ProductHours::Grains => time(19, 0, 0, 0),
                ProductHours::EquityIndex
                | ProductHours::EnergyMetals
                | ProductHours::Rates
                | ProductHours::Fx
                | ProductHours::Crypto => time(17, 0, 0, 0),
            };
            let gone = matches!(self.special.get(&tomorrow), Some(Special::Closed | Special::LateUntil(_)));
            return is_weekday(tomorrow) && !gone && at >= opens;
        }
        let (ordinary, morning) = match self.product {
            ProductHours::Livestock => (time(13, 5, 0, 0), at >= time(8, 30, 0, 0)),
            ProductHours::Grains => {
                let in_pause = at >= time(7, 45, 0, 0) && at < time(8, 30, 0, 0);
                (time(13, 20, 0, 0), !in_pause)
            }
            ProductHours::EquityIndex
            | ProductHours::EnergyMetals
            | ProductHours::Rates
            | ProductHours::Fx
            | ProductHours::Crypto => (time(16, 0, 0, 0), true),
        };
        let open = match self.special.get(&date) {
            Some(Special::Closed) => false,
            Some(Special::Until(until)) => at < *until,
            Some(Special::LateUntil(until)) => at >= time(8, 30, 0, 0) && at < *until,
            None => at < ordinary,
        };
        is_weekday(date) && morning && open
    }
}

fn closing(text: &str) -> Option<Special> {
    match text {
        "" => None,
        "closed" => Some(Special::Closed),
        _ => Some(Special::Until(text.parse().unwrap())),
    }
}

/// Farm products are closed on every holiday, and open for some hours on two days beside one.
fn farm(product: ProductHours, date: Date) -> Special {
    let is_grain = product == ProductHours::Grains;
    match (date.month(), date.day(), date.year()) {
        (11, 27, 2026) | (11, 26, 2027) if is_grain => Special::LateUntil(time(12, 5, 0, 0)),
        (11, 27, 2026) | (11, 26, 2027) => Special::Until(time(12, 5, 0, 0)),
        (12, 24, 2026) if is_grain => Special::Until(time(12, 5, 0, 0)),
        (12, 24, 2026) => Special::Until(time(12, 15, 0, 0)),
        _ => Special::Closed,
    }
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

const MINUTE: i64 = 60_000_000_000;

fn first() -> Timestamp {
    chicago("2026-01-01T00:00:00")
}

fn end() -> Timestamp {
    chicago("2027-12-31T17:00:00")
}

/// Every time of the reference is a multiple of five minutes, so nothing can change between two steps
/// there, and the calendar's own changes are compared with the steps.
#[test]
fn every_five_minutes_of_two_years_are_open_exactly_when_the_reference_says() {
    let calendar = calendar();
    let references = ProductHours::ALL.map(Reference::of);
    let mut sessions = ProductHours::ALL.map(|product| calendar.session(product, first()));
    let mut hour = first();
    while hour < end() {
        let hour_wall = chicago_time(hour);
        for minute in (0_i8..60).step_by(5) {
            let at = hour + Span::from_nanos(i64::from(minute) * MINUTE);
            let wall = hour_wall.date().at(hour_wall.hour(), minute, 0, 0);
            for (reference, session) in references.iter().zip(&mut sessions) {
                if at >= session.until {
                    *session = calendar.session(reference.product, at);
                    assert_eq!(session.since, at, "{} changed between two steps", reference.product);
                }
                let open = session.state == SessionState::Open;
                assert_eq!(open, reference.is_open(wall), "{} at {wall}", reference.product);
            }
        }
        hour = hour + Span::from_nanos(60 * MINUTE);
    }
}

fn check_boundaries(calendar: &Calendar, product: ProductHours, at: Timestamp) {
    let session = calendar.session(product, at);
    assert!(session.since <= at && at < session.until, "{product} at {at}");
    assert_eq!(session.day, TradingDay::of(at));
    let last = Timestamp::from_nanos(session.until.nanos() - 1);
    for inside in [session.since, last] {
        let again = calendar.session(product, inside);
        assert_eq!((again.state, again.since, again.until), (session.state, session.since, session.until));
    }
    let before = calendar.session(product, Timestamp::from_nanos(session.since.nanos() - 1));
    let after = calendar.session(product, session.until);
    assert_eq!((before.until, after.since), (session.since, session.until));
    assert!(before.state != session.state && after.state != session.state, "{product} at {at}");
}

proptest! {
    #[test]
    fn a_session_ends_where_another_begins(minute in 0_i64..1_051_000, nanos in 0..MINUTE, product in 0_usize..7) {
        let at = first() + Span::from_nanos(minute * MINUTE + nanos);
        check_boundaries(&calendar(), ProductHours::ALL[product], at);
    }

    #[test]
    fn outside_the_calendar_too_a_session_ends_where_another_begins(minute in 0_i64..40_000_000, product in 0_usize..7) {
        check_boundaries(&calendar(), ProductHours::ALL[product], Timestamp::from_nanos(minute * MINUTE));
    }
}
