//! One line to one signal.

use std::fmt;

use phantom_compliance::{Ticket, TicketKind};
use phantom_model::Side;
use serde_json::value::RawValue;

use crate::fault::LineFault;
use crate::object::{Kind, Object};
use crate::signal::{Signal, SignalAction};
use crate::stamp;

/// The fields that a signal may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the crate's page explains each")]
pub enum Field {
    Id,
    At,
    Action,
    Symbol,
    Qty,
    Type,
    Price,
    StopPrice,
    TakeProfit,
}

/// What a signal asks for, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the crate's page explains each")]
pub enum Action {
    PlaceBuy,
    PlaceSell,
    FlattenAll,
}

impl Field {
    /// Every field, in the order in which they are usually written.
    pub(crate) const ALL: [Self; 9] = [
        Self::Id,
        Self::At,
        Self::Action,
        Self::Symbol,
        Self::Qty,
        Self::Type,
        Self::Price,
        Self::StopPrice,
        Self::TakeProfit,
    ];
    /// What a signal must have, whatever it asks for.
    pub(crate) const OF_EVERY_SIGNAL: [Self; 3] = [Self::Id, Self::At, Self::Action];
    /// What an order must have.
    const OF_AN_ORDER: [Self; 6] = [Self::Id, Self::At, Self::Action, Self::Symbol, Self::Qty, Self::Type];

    /// What must be there for an action.
    pub(crate) const fn needed_by(action: Option<Action>) -> &'static [Self] {
        match action {
            Some(Action::PlaceBuy | Action::PlaceSell) => &Self::OF_AN_ORDER,
            Some(Action::FlattenAll) | None => &Self::OF_EVERY_SIGNAL,
        }
    }

    /// The kind of value that it takes, in words.
    pub(crate) const fn wanted(self) -> &'static str {
        match self {
            Self::Id | Self::At | Self::Action | Self::Symbol | Self::Type => "a text",
            Self::Qty => "a number or a text",
            Self::Price | Self::StopPrice | Self::TakeProfit => "a number, a text or null",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::At => "at",
            Self::Action => "action",
            Self::Symbol => "symbol",
            Self::Qty => "qty",
            Self::Type => "type",
            Self::Price => "price",
            Self::StopPrice => "stopPrice",
            Self::TakeProfit => "takeProfit",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Action {
    const ALL: [Self; 3] = [Self::PlaceBuy, Self::PlaceSell, Self::FlattenAll];

    /// The word in the file.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::PlaceBuy => "placeBuy",
            Self::PlaceSell => "placeSell",
            Self::FlattenAll => "flattenAll",
        }
    }
}

/// The signal of a line.
pub(crate) fn read(line: &str) -> Result<Signal, LineFault> {
    let values = Values::sorted(&Object::read(line)?)?;
    let id = values.text(Field::Id, None)?;
    if id.trim().is_empty() {
        return Err(LineFault::IdBlank);
    }
    let at = values.text(Field::At, None)?;
    let at = stamp::read(&at).ok_or(LineFault::NotATime { text: at })?;
    let action = match values.action()? {
        action @ Action::PlaceBuy => SignalAction::Place(values.ticket(action, Side::Buy)?),
        action @ Action::PlaceSell => SignalAction::Place(values.ticket(action, Side::Sell)?),
        Action::FlattenAll => values.nothing_of_an_order().map(|()| SignalAction::Flatten)?,
    };
    Ok(Signal { id, at, action })
}

/// The values of a line, by field.
struct Values<'a>(Vec<(Field, &'a RawValue)>);

impl<'a> Values<'a> {
    fn sorted(object: &Object<'a>) -> Result<Self, LineFault> {
        let mut values: Vec<(Field, &RawValue)> = Vec::with_capacity(object.0.len());
        for (name, value) in &object.0 {
            let field = Field::ALL
                .into_iter()
                .find(|field| field.name() == name)
                .ok_or_else(|| LineFault::FieldUnknown { field: name.clone() })?;
            if values.iter().any(|(known, _)| *known == field) {
                return Err(LineFault::FieldTwice { field: name.clone() });
            }
            values.push((field, value));
        }
        Ok(Self(values))
    }

    fn get(&self, field: Field) -> Option<&'a RawValue> {
        self.0.iter().find(|(known, _)| *known == field).map(|(_, value)| *value)
    }

    fn needed(&self, field: Field, action: Option<Action>) -> Result<&'a RawValue, LineFault> {
        self.get(field).ok_or(LineFault::FieldMissing { field, action })
    }

    fn text(&self, field: Field, action: Option<Action>) -> Result<String, LineFault> {
        let value = self.needed(field, action)?;
        match Kind::of(value) {
            Kind::Text => text(field, value),
            kind @ (Kind::Number | Kind::Bool | Kind::Null | Kind::List | Kind::Object) => {
                Err(LineFault::WrongKind { field, kind })
            }
        }
    }

    fn action(&self) -> Result<Action, LineFault> {
        let text = self.text(Field::Action, None)?;
        let known = Action::ALL.into_iter().find(|action| action.word() == text);
        known.ok_or(LineFault::ActionUnknown { text })
    }

    fn ticket(&self, action: Action, side: Side) -> Result<Ticket, LineFault> {
        let action = Some(action);
        Ok(Ticket {
            symbol: self.text(Field::Symbol, action)?,
            side,
            qty: self.qty(action)?,
            kind: ticket_kind(self.text(Field::Type, action)?)?,
            price: self.price(Field::Price)?,
            stop: self.price(Field::StopPrice)?,
            target: self.price(Field::TakeProfit)?,
            guard: Box::default(),
        })
    }

    fn qty(&self, action: Option<Action>) -> Result<String, LineFault> {
        let value = self.needed(Field::Qty, action)?;
        amount(Field::Qty, value)?.ok_or(LineFault::WrongKind { field: Field::Qty, kind: Kind::Null })
    }

    fn price(&self, field: Field) -> Result<Option<String>, LineFault> {
        self.get(field).map_or(Ok(None), |value| amount(field, value))
    }

    fn nothing_of_an_order(&self) -> Result<(), LineFault> {
        let extra = self.0.iter().find(|(field, _)| !Field::OF_EVERY_SIGNAL.contains(field));
        extra.map_or(Ok(()), |(field, _)| Err(LineFault::FieldOfAnOrder { field: *field }))
    }
}

fn ticket_kind(text: String) -> Result<TicketKind, LineFault> {
    match text.as_str() {
        "LIMIT" => Ok(TicketKind::Limit),
        "MARKET" => Ok(TicketKind::Market),
        _ => Err(LineFault::TypeUnknown { text }),
    }
}

/// A decimal as it was written, whether as a number or as a text; `None` for null.
fn amount(field: Field, value: &RawValue) -> Result<Option<String>, LineFault> {
    match Kind::of(value) {
        Kind::Text => text(field, value).map(Some),
        Kind::Number => Ok(Some(value.get().to_owned())),
        Kind::Null => Ok(None),
        kind @ (Kind::Bool | Kind::List | Kind::Object) => Err(LineFault::WrongKind { field, kind }),
    }
}

fn text(field: Field, value: &RawValue) -> Result<String, LineFault> {
    serde_json::from_str(value.get()).map_err(|_| LineFault::BrokenEscape { field })
}
