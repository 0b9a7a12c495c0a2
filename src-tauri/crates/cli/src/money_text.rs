//! Money as text where cents are too coarse: half a tick of a treasury is worth less than one.

use phantom_model::Money;

/// The exact amount, with two decimals or as many as it needs: `12.50`, `7.8125`.
pub(crate) fn exact(money: Money) -> String {
    let mut dollars = money.decimal().normalize();
    if dollars.scale() < 2 {
        dollars.rescale(2);
    }
    dollars.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_the_decimals_that_it_needs_and_at_least_two() {
        for (units, text) in
            [(0, "0.00"), (125_000, "12.50"), (78_125, "7.8125"), (-1_400_000, "-140.00"), (-1, "-0.0001")]
        {
            assert_eq!(exact(Money::from_units(units)), text);
        }
    }
}
