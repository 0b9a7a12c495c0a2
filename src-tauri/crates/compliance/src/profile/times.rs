//! The moments of a trading day under a profile: the firm's times, and the trader's earlier ones.

use phantom_model::{TradingDay, chicago_moment};

use super::Profile;
use crate::calendar::{Calendar, DayTimes, ProductHours};

impl Profile {
    /// The moments of a trading day of a kind of product. The desk closes everything at the trader's
    /// own time, and [`crate::PersonalLimits::flatten_before`] before the firm's at the latest; from
    /// then on no entry is taken. `None` when the product, or the firm, does not trade on the day.
    #[must_use]
    pub fn day_times<'c>(
        &self,
        calendar: &'c Calendar,
        product: ProductHours,
        day: TradingDay,
    ) -> Option<DayTimes<'c>> {
        let mut times = calendar.day_times(product, &self.pack().firm().times, day)?;
        let own = self.personal().flat_by.map(|time| chicago_moment(day.date().to_datetime(time)));
        let own = own.map(|own| own.min(times.close));
        let before_firm = times.flat_by.map(|flat_by| flat_by - self.personal().flatten_before);
        times.flatten_at = [own, before_firm].into_iter().flatten().min();
        times.flat_by = [own, times.flat_by].into_iter().flatten().min();
        if let Some(flatten_at) = times.flatten_at {
            times.no_new_entries_from = times.no_new_entries_from.min(flatten_at);
        }
        Some(times)
    }
}
