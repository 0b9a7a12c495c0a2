//! How a refused order is written: what was asked and the refusal by their names.

use phantom_compliance::Refusal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fact::Asked;

#[derive(Serialize)]
struct Written<'a> {
    asked: &'a Asked,
    refusal: &'a Refusal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    asked: Asked,
    refusal: Refusal,
}

pub(crate) fn serialize<S: Serializer>(what: &(Asked, Refusal), to: S) -> Result<S::Ok, S::Error> {
    Written { asked: &what.0, refusal: &what.1 }.serialize(to)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Box<(Asked, Refusal)>, D::Error> {
    let Read { asked, refusal } = Read::deserialize(from)?;
    Ok(Box::new((asked, refusal)))
}
