//! What a fact is about: the order, lot or flatten, and the contract, also where the fact itself names none.
//!
//! The same look tells whether a fact can follow those before it, so that a record from a strange hand is
//! refused before it reaches a book, which trusts its facts.

use phantom_engine::FactBody;
use phantom_engine::book::gap::{FLATTENS_LEFT_OUT, TICKETS_LEFT_OUT};
use phantom_engine::fact::{Absence, Asked, Purpose};
use phantom_engine::input::Origin;
use phantom_model::{ArenaKey, ContractId, FlattenId, LotId, OrderId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which contract each order and each lot of a journal trades.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Places {
    contracts: u32,
    tickets: Vec<Ticket>,
    outside: Vec<Option<ContractId>>,
    lots: Vec<ContractId>,
    flattens: Vec<Started>,
}

/// What is known of one ticket.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Ticket {
    /// Given, to an order in this contract or to one that could not be read.
    Given(Option<ContractId>),
    /// Left out after a crash; an order of this id may still be found at the broker.
    LeftOut,
}

/// What is known of one flatten.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Started {
    /// Somebody has asked for it.
    Known,
    /// Left out after a crash; exits of it may still be found at the broker.
    LeftOut,
}

/// What one fact is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct About {
    pub(crate) entity: Option<String>,
    pub(crate) contract: Option<ContractId>,
    pub(crate) cause: Option<String>,
}

/// What a fact names of the things that must be there before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    order: Option<OrderId>,
    lot: Option<LotId>,
    flatten: Option<FlattenId>,
    contract: Option<ContractId>,
}

impl Named {
    /// What the fields of a fact name.
    ///
    /// # Errors
    /// In words, what cannot be read.
    pub(crate) fn read(fields: &str) -> Result<Self, String> {
        Names::read(fields).map(|names| names.named())
    }
}

/// The fields by which facts name things; every kind has some of them.
#[derive(Deserialize, Default)]
struct Names {
    order: Option<OrderId>,
    lot: Option<LotId>,
    flatten: Option<FlattenId>,
    contract: Option<ContractId>,
    by: Option<OrderId>,
    origin: Option<Origin>,
    purpose: Option<Purpose>,
    alarm: Option<Value>,
    cause: Option<Value>,
}

impl Places {
    /// For a journal with so many contracts.
    pub(crate) fn new(contracts: usize) -> Self {
        Self::default().with_contracts(contracts)
    }

    /// The same with so many contracts.
    pub(crate) fn with_contracts(self, contracts: usize) -> Self {
        Self { contracts: u32::try_from(contracts).unwrap_or(u32::MAX), ..self }
    }

    /// Looks at a fact and learns from it.
    ///
    /// # Errors
    /// In words, why the fact cannot follow those before it.
    pub(crate) fn note(&mut self, body: &FactBody, fields: &str) -> Result<About, String> {
        let names = Names::read(fields)?;
        let contract = self.follow(body, &names.named())?;
        Ok(About { entity: names.entity(), contract, cause: names.who() })
    }

    /// The same where only the contract is asked for, of a fact whose names are read already.
    ///
    /// # Errors
    /// In words, why the fact cannot follow those before it.
    pub(crate) fn follow(&mut self, body: &FactBody, names: &Named) -> Result<Option<ContractId>, String> {
        self.check(names)?;
        self.learn(body, names)
    }

    fn check(&self, names: &Named) -> Result<(), String> {
        if let Some(contract) = names.contract
            && contract.row() >= self.contracts
        {
            return Err(format!("there is no contract {contract}"));
        }
        if let Some(lot) = names.lot
            && lot.row() as usize > self.lots.len()
        {
            return Err(format!("there is no lot {lot}"));
        }
        if let Some(flatten) = names.flatten
            && flatten.row() as usize > self.flattens.len()
        {
            return Err(format!("there is no flatten {flatten}"));
        }
        Ok(())
    }

    /// Keeps what is new, and answers the contract that the fact is about.
    fn learn(&mut self, body: &FactBody, names: &Named) -> Result<Option<ContractId>, String> {
        if let FactBody::OrderRejected { order, what, .. } = body {
            let contract = if let Asked::Request(request) = &what.0 { Some(request.contract) } else { None };
            self.set_order(*order, None)?;
            return Ok(contract);
        }
        if let FactBody::OrderSubmitted { order, contract, .. }
        | FactBody::OutsideOrderSeen { order, contract, .. }
        | FactBody::PositionAdjusted { order, contract, .. } = body
        {
            self.set_order(*order, Some(*contract))?;
            return Ok(Some(*contract));
        }
        if let FactBody::LotOpened { lot, order, .. } = body {
            let contract = self.of_order(*order).ok_or_else(|| format!("there is no order {order}"))?;
            if lot.row() as usize != self.lots.len() {
                return Err(format!("lot {lot} is not the next one"));
            }
            self.lots.push(contract);
            return Ok(Some(contract));
        }
        if let FactBody::Returned { absence: Absence::Crashed, .. } = body {
            self.tickets.extend(std::iter::repeat_n(Ticket::LeftOut, TICKETS_LEFT_OUT));
            self.flattens.extend(std::iter::repeat_n(Started::LeftOut, FLATTENS_LEFT_OUT));
            return Ok(None);
        }
        if let FactBody::FlattenStarted { flatten, .. } = body {
            let next = self.flattens.len();
            match self.flattens.get_mut(flatten.row() as usize) {
                Some(slot @ Started::LeftOut) => *slot = Started::Known,
                None if flatten.row() as usize == next => self.flattens.push(Started::Known),
                Some(Started::Known) | None => return Err(format!("flatten {flatten} is not the next one")),
            }
            return Ok(None);
        }
        self.contract_of(names)
    }

    fn contract_of(&self, names: &Named) -> Result<Option<ContractId>, String> {
        if let Some(contract) = names.contract {
            return Ok(Some(contract));
        }
        if let Some(lot) = names.lot {
            let known = self.lots.get(lot.row() as usize);
            return known.copied().map(Some).ok_or_else(|| format!("there is no lot {lot}"));
        }
        if let Some(flatten) = names.flatten
            && flatten.row() as usize >= self.flattens.len()
        {
            return Err(format!("there is no flatten {flatten}"));
        }
        Ok(names.order.and_then(|order| self.of_order(order)))
    }

    fn of_order(&self, order: OrderId) -> Option<ContractId> {
        match order {
            OrderId::Ticket(n) => match self.tickets.get(n.checked_sub(1)? as usize)? {
                Ticket::Given(contract) => *contract,
                Ticket::LeftOut => None,
            },
            OrderId::Outside(n) => *self.outside.get(n.checked_sub(1)? as usize)?,
            OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. } => {
                self.lots.get(lot.row() as usize).copied()
            }
            OrderId::FlattenExit { contract, .. } => (contract.row() < self.contracts).then_some(contract),
        }
    }

    /// Orders are numbered without gaps, each once; those that we make up ourselves follow from what they
    /// close, which must be there.
    fn set_order(&mut self, order: OrderId, contract: Option<ContractId>) -> Result<(), String> {
        if let Some(contract) = contract
            && contract.row() >= self.contracts
        {
            return Err(format!("there is no contract {contract}"));
        }
        match order {
            OrderId::Ticket(n) => return self.set_ticket(n, contract),
            OrderId::Outside(n) if n as usize == self.outside.len() + 1 => self.outside.push(contract),
            OrderId::Outside(_) => return Err(format!("order {order} is not the next one")),
            OrderId::LotExit { lot, .. } | OrderId::LotStop { lot, .. }
                if (lot.row() as usize) < self.lots.len() => {}
            OrderId::FlattenExit { flatten, .. } if (flatten.row() as usize) < self.flattens.len() => {}
            OrderId::LotExit { .. } | OrderId::LotStop { .. } | OrderId::FlattenExit { .. } => {
                return Err(format!("what order {order} closes is not there"));
            }
        }
        Ok(())
    }

    /// Tickets are numbered without gaps, but for those that a crash left out: one of them may be found.
    fn set_ticket(&mut self, n: u32, contract: Option<ContractId>) -> Result<(), String> {
        let next = self.tickets.len() + 1;
        let given = Ticket::Given(contract);
        match n.checked_sub(1).and_then(|place| self.tickets.get_mut(place as usize)) {
            Some(slot @ Ticket::LeftOut) => *slot = given,
            None if n as usize == next => self.tickets.push(given),
            Some(Ticket::Given(_)) | None => return Err(format!("order T{n} is not the next one")),
        }
        Ok(())
    }
}

impl Names {
    fn read(fields: &str) -> Result<Self, String> {
        let read = serde_json::from_str::<Option<Self>>(fields).map_err(|fault| fault.to_string())?;
        let mut names = read.unwrap_or_default();
        names.take_inner();
        Ok(names)
    }

    const fn named(&self) -> Named {
        Named { order: self.order, lot: self.lot, flatten: self.flatten, contract: self.contract }
    }

    /// An alarm and the cause of a latch name what they are about one level deeper.
    fn take_inner(&mut self) {
        for value in [self.alarm.take(), self.cause.take()].into_iter().flatten() {
            let Value::Object(named) = value else { continue };
            for inner in named.values() {
                match inner {
                    Value::String(id) => self.take_id(id),
                    Value::Object(fields) => {
                        fields.values().filter_map(Value::as_str).for_each(|id| self.take_id(id));
                    }
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
                }
            }
        }
    }

    fn take_id(&mut self, id: &str) {
        self.order = self.order.or_else(|| id.parse().ok());
        self.lot = self.lot.or_else(|| id.parse().ok());
        self.contract = self.contract.or_else(|| id.parse().ok());
    }

    fn entity(&self) -> Option<String> {
        let lot = self.lot.map(|lot| lot.to_string());
        let order = || self.order.map(|order| order.to_string());
        lot.or_else(order).or_else(|| self.flatten.map(|flatten| flatten.to_string()))
    }

    fn who(&self) -> Option<String> {
        if let Some(by) = self.by {
            return Some(by.to_string());
        }
        match (self.origin, self.purpose) {
            (Some(Origin::Window), _) => Some("window".to_owned()),
            (Some(Origin::Hotkey), _) => Some("hotkey".to_owned()),
            (Some(Origin::Rule), _) => Some("rule".to_owned()),
            (Some(Origin::Signal(signal)), _) => Some(format!("signal {signal}")),
            (None, Some(Purpose::LotExit { lot, .. })) => Some(lot.to_string()),
            (None, Some(Purpose::Flatten(flatten))) => Some(flatten.to_string()),
            (None, _) => None,
        }
    }
}
