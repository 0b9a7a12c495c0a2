//! Rule packs: what is shipped, what a wrong file is told, and every formula with its published
//! examples.

#![cfg(test)]

mod bad_files;
mod changes;
mod consistency;
mod losses;
mod overlays;
mod settings;
mod shipped;
mod sizes;

use std::sync::{Arc, LazyLock};

use phantom_compliance::{Minis, Pack, Profile};
use phantom_model::Money;

static SHIPPED: LazyLock<Vec<Arc<Pack>>> =
    LazyLock::new(|| Pack::shipped().unwrap().into_iter().map(Arc::new).collect());

/// A shipped pack.
fn pack(id: &str) -> Arc<Pack> {
    Arc::clone(SHIPPED.iter().find(|pack| pack.id() == id).unwrap())
}

fn profile(id: &str, settings: &[&str]) -> Profile {
    Profile::with_settings(pack(id), settings.iter().copied()).unwrap()
}

/// What is said of settings that are not taken.
fn refused(id: &str, settings: &[&str]) -> String {
    Profile::with_settings(pack(id), settings.iter().copied()).unwrap_err().to_string()
}

fn usd(text: &str) -> Money {
    Money::from_decimal(text.replace(',', "").parse().unwrap()).unwrap()
}

fn minis(text: &str) -> Minis {
    let decimal: rust_decimal::Decimal = text.parse().unwrap();
    Minis::from_thousandths(i64::try_from(decimal * rust_decimal::Decimal::ONE_THOUSAND).unwrap())
}
