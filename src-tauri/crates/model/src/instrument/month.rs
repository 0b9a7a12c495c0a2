//! Contract months and sets of them, written with the letters of the trade: `F` is January, `Z` December.

use std::fmt;

/// A month of the year, in calendar order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names say all there is to say")]
pub enum Month {
    January = 1,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

impl Month {
    /// The twelve months, January first.
    pub const ALL: [Self; 12] = [
        Self::January,
        Self::February,
        Self::March,
        Self::April,
        Self::May,
        Self::June,
        Self::July,
        Self::August,
        Self::September,
        Self::October,
        Self::November,
        Self::December,
    ];

    /// Month `number` of the year; `None` outside 1 to 12.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|month| month.number() == number)
    }

    /// The month of a letter; `None` for letters that stand for no month.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|month| month.letter() == letter)
    }

    /// 1 for January to 12 for December.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The letter that stands for the month in contract codes.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::January => 'F',
            Self::February => 'G',
            Self::March => 'H',
            Self::April => 'J',
            Self::May => 'K',
            Self::June => 'M',
            Self::July => 'N',
            Self::August => 'Q',
            Self::September => 'U',
            Self::October => 'V',
            Self::November => 'X',
            Self::December => 'Z',
        }
    }
}

/// A set of months with at least one month in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MonthSet(u16);

impl MonthSet {
    /// The months of a text such as `HMUZ`: letters in calendar order, each at most once. `None` for
    /// any other text.
    #[must_use]
    pub fn from_letters(letters: &str) -> Option<Self> {
        let mut bits = 0;
        for letter in letters.chars() {
            let bit = bit(Month::from_letter(letter)?);
            // A letter that is not later than all before it has a smaller or equal bit.
            if bit <= bits {
                return None;
            }
            bits |= bit;
        }
        (bits != 0).then_some(Self(bits))
    }

    /// Whether `month` is in the set.
    #[must_use]
    pub const fn contains(self, month: Month) -> bool {
        self.0 & bit(month) != 0
    }

    /// Whether every month of the set is in `other` too.
    #[must_use]
    pub const fn is_subset_of(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The months in calendar order.
    pub fn iter(self) -> impl Iterator<Item = Month> {
        Month::ALL.into_iter().filter(move |month| self.contains(*month))
    }
}

const fn bit(month: Month) -> u16 {
    1 << month.number()
}

impl fmt::Display for MonthSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|month| write!(f, "{}", month.letter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_is_found_by_its_number_and_by_its_letter() {
        for (number, letter) in (1..=12).zip("FGHJKMNQUVXZ".chars()) {
            let month = Month::new(number).unwrap();
            assert_eq!((month.letter(), Month::from_letter(letter)), (letter, Some(month)));
        }
        assert_eq!((Month::new(0), Month::new(13), Month::from_letter('I')), (None, None, None));
    }

    #[test]
    fn a_set_has_its_letters_in_calendar_order_and_once() {
        let quarters = MonthSet::from_letters("HMUZ").unwrap();
        assert_eq!(quarters.to_string(), "HMUZ");
        assert!(quarters.contains(Month::June) && !quarters.contains(Month::July));
        for text in ["", "ZH", "HH", "HMUA", "hmuz", "H M"] {
            assert_eq!(MonthSet::from_letters(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_subset_has_no_month_of_its_own() {
        let [gold, listed, silver] = ["GJMQZ", "GJMQVZ", "HKNUZ"].map(|t| MonthSet::from_letters(t).unwrap());
        assert!(gold.is_subset_of(listed) && gold.is_subset_of(gold));
        assert!(!listed.is_subset_of(gold) && !silver.is_subset_of(listed));
    }
}
