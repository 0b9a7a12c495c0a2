//! The closed lists of the contract table: exchanges, product groups, rules, degrees of certainty.
//!
//! A word that is not on its list does not load: the desk never trades a product by a rule that it
//! does not know.

use std::fmt;

macro_rules! word_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
        }

        impl $name {
            /// The whole list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in the contract table.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The entry of a word; `None` when it is not on the list.
            pub(super) fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|entry| entry.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

word_list! {
    /// The exchange that lists a product. All four belong to CME Group.
    Exchange {
        /// Chicago Mercantile Exchange.
        Cme => "CME",
        /// Chicago Board of Trade.
        Cbot => "CBOT",
        /// New York Mercantile Exchange.
        Nymex => "NYMEX",
        /// Commodity Exchange.
        Comex => "COMEX",
    }
}

word_list! {
    /// What kind of thing a product is.
    ProductGroup {
        /// Stock indices.
        EquityIndex => "equity_index",
        /// Crude oil and natural gas.
        Energy => "energy",
        /// Gold, silver, copper.
        Metals => "metals",
        /// United States treasuries.
        Rates => "rates",
        /// Currencies.
        Fx => "fx",
        /// Bitcoin and Ether.
        Crypto => "crypto",
    }
}

word_list! {
    /// When a contract stops trading. "bd" is a business day.
    LastTradeRule {
        /// The third Friday of the contract month; the bd before when that is a holiday.
        ThirdFriday => "3rd_friday_0830",
        /// The third bd before the 25th of the month before; counted from the last bd before the
        /// 25th when that is no bd.
        CrudeOil => "cl_3bd_before_25th_prior_month",
        /// One bd before [`Self::CrudeOil`].
        MicroCrudeOil => "mcl_4bd_before_25th_prior_month",
        /// The third bd before the first day of the contract month.
        NaturalGas => "ng_3bd_before_1st_of_month",
        /// The third last bd of the contract month.
        Metals => "metals_3rd_last_bd",
        /// The seventh bd before the last bd of the contract month.
        LongTreasury => "tsy_long_7bd_before_last_bd",
        /// The last bd of the contract month.
        ShortTreasury => "tsy_short_last_bd",
        /// The second bd before the third Wednesday of the contract month.
        FxTwoDays => "fx_2bd_before_3rd_wed_0916",
        /// The first bd before the third Wednesday of the contract month.
        FxOneDay => "fx_1bd_before_3rd_wed_0916",
        /// The last Friday of the contract month; the bd before when that is a holiday.
        CryptoLastFriday => "crypto_last_friday_1600_london",
        /// No source gives the rule. The desk takes the day of [`Self::MicroCrudeOil`]: no rule of
        /// this list ends earlier, so the desk never trades a contract that may have ended.
        Unverified => "UNVERIFIED",
    }
}

word_list! {
    /// How certain the facts of a row are.
    Verification {
        /// Two independent sources agree.
        Full => "full",
        /// The `QuantConnect/Lean` data and the `ProjectX` table agree.
        Extra => "extra",
        /// One source only: confirm before use.
        SingleSource => "single_source",
    }
}

/// When traders move to the next contract. Conventions, not exchange rules: of these only the first
/// is announced by the exchange, the other days are the desk's choice, early rather than late.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RollRule {
    /// The Monday before the third Friday of the contract month.
    EquityMonday,
    /// The third business day before the last trade day: volume leaves in the last week.
    EnergyVolume,
    /// The third last business day of the month before the contract month: two days before first
    /// notice, from which on a holder may have to take delivery.
    MetalsVolume,
    /// The day after the last trade day: these settle in cash and trade to the end.
    CryptoVolume,
    /// The second last business day of the month before the contract month: one day before first
    /// notice.
    Treasury,
    /// The Monday of the week of the third Wednesday of the contract month.
    Fx,
}

impl RollRule {
    /// The whole list.
    pub const ALL: [Self; 6] = [
        Self::EquityMonday,
        Self::EnergyVolume,
        Self::MetalsVolume,
        Self::CryptoVolume,
        Self::Treasury,
        Self::Fx,
    ];

    /// The word in the contract table, where the three volume rules share one and the group of the
    /// product tells them apart.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EquityMonday => "equity_roll",
            Self::EnergyVolume | Self::MetalsVolume | Self::CryptoVolume => "volume_roll",
            Self::Treasury => "treasury_roll",
            Self::Fx => "fx_roll",
        }
    }

    /// The group that the rule is for.
    const fn group(self) -> ProductGroup {
        match self {
            Self::EquityMonday => ProductGroup::EquityIndex,
            Self::EnergyVolume => ProductGroup::Energy,
            Self::MetalsVolume => ProductGroup::Metals,
            Self::CryptoVolume => ProductGroup::Crypto,
            Self::Treasury => ProductGroup::Rates,
            Self::Fx => ProductGroup::Fx,
        }
    }

    /// The rule of a word for a product of `group`; `None` when the word is no rule for that group.
    pub(super) fn from_word(word: &str, group: ProductGroup) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.word() == word && rule.group() == group)
    }
}

impl fmt::Display for RollRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
