//! Times of signals: RFC 3339, and nothing looser.
//!
//! The calendar does the arithmetic, but it also takes spellings that other programs would not, so the
//! form is checked first.

use phantom_model::Timestamp;

const DATE_AND_TIME: &str = "####-##-##T##:##:##";
const OFFSET: &str = "-##:##";
/// The largest hour of an offset.
const OFFSET_HOUR_MAX: &str = "23";

/// The point in time of a text; `None` when it is no RFC 3339 time with an offset. Times outside the
/// years 1677 to 2262 stop at the ends.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (date_and_time, rest) = text.split_at_checked(DATE_AND_TIME.len())?;
    if !has_form(&date_and_time.to_ascii_uppercase(), DATE_AND_TIME) || !is_offset(without_fraction(rest)?) {
        return None;
    }
    text.parse::<jiff::Timestamp>().ok().map(Timestamp::from)
}

/// What follows a fraction of a second, if there is one; `None` after a point without a digit.
fn without_fraction(rest: &str) -> Option<&str> {
    let Some(digits) = rest.strip_prefix('.') else { return Some(rest) };
    let offset = digits.trim_start_matches(|digit: char| digit.is_ascii_digit());
    (offset.len() < digits.len()).then_some(offset)
}

fn is_offset(text: &str) -> bool {
    let hours = text.get(1..3).unwrap_or_default();
    text.eq_ignore_ascii_case("Z") || (has_form(&text.replace('+', "-"), OFFSET) && hours <= OFFSET_HOUR_MAX)
}

/// Whether a text is a form, with a digit for each `#`.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| byte == wanted || (wanted == b'#' && byte.is_ascii_digit());
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_with_any_offset_is_a_point_in_utc() {
        for (text, utc) in [
            ("2013-10-07T14:00:00Z", "2013-10-07T14:00:00.0000000Z"),
            ("2013-10-07t14:00:00z", "2013-10-07T14:00:00.0000000Z"),
            ("2013-10-07T09:00:00-05:00", "2013-10-07T14:00:00.0000000Z"),
            ("2013-10-07T19:30:00.25+05:30", "2013-10-07T14:00:00.2500000Z"),
            ("2013-10-08T13:59:59.9999999+23:59", "2013-10-07T14:00:59.9999999Z"),
            ("2013-10-07T14:00:00-00:00", "2013-10-07T14:00:00.0000000Z"),
            ("2012-02-29T00:00:00.123456789Z", "2012-02-29T00:00:00.1234567Z"),
        ] {
            assert_eq!(read(text).map(|at| at.to_string()).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_rfc_3339_time_is_not_taken() {
        for text in [
            "",
            "2013-10-07",
            "2013-10-07T14:00:00",
            "2013-10-07T14:00Z",
            "2013-10-07 14:00:00Z",
            "20131007T140000Z",
            "2013-10-07T14:00:00.Z",
            "2013-10-07T14:00:00,5Z",
            "2013-10-07T14:00:00+05",
            "2013-10-07T14:00:00+0530",
            "2013-10-07T14:00:00+24:00",
            "2013-10-07T14:00:00+05:60",
            "2013-10-07T14:00:00-05:00[America/Chicago]",
            "2013-13-07T14:00:00Z",
            "2013-02-29T14:00:00Z",
            "2013-10-07T24:00:00Z",
            "2013-10-07T14:00:00Z ",
            "+02013-10-07T14:00:00Z",
            "١013-10-07T14:00:00Z",
            "tomorrow",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_out_of_reach_is_before_or_after_everything() {
        assert_eq!(read("0001-01-01T00:00:00Z"), Some(Timestamp::MIN));
        assert_eq!(read("9999-01-01T00:00:00Z"), Some(Timestamp::MAX));
    }

    proptest! {
        #[test]
        fn every_time_that_the_desk_writes_is_read_back(hundreds in -90_000_000_000_000_000_i64..90_000_000_000_000_000) {
            let at = Timestamp::from_nanos(hundreds * 100);
            prop_assert_eq!(read(&at.to_string()), Some(at));
        }

        #[test]
        fn no_text_is_a_panic(text: String) {
            let _ = read(&text);
        }
    }
}
