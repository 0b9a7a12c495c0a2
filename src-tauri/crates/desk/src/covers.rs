//! The copy of the desk's phantoms at the broker's side: told anew whenever a fact has changed it.

use phantom_broker::Broker;
use phantom_engine::Engine;
use phantom_model::Cover;

/// What the broker was last told of the phantoms.
#[derive(Debug)]
pub(crate) struct Covers {
    /// The broker wants to hear of them.
    wanted: bool,
    /// Something has happened since it was told.
    stale: bool,
    /// `None` until it was told at all.
    told: Option<Vec<Cover>>,
}

impl Covers {
    pub(crate) fn of(broker: &impl Broker) -> Self {
        let wanted = broker.wants_covers();
        Self { wanted, stale: wanted, told: None }
    }

    /// Facts have been recorded, or what the trader wants has changed.
    pub(crate) const fn outdate(&mut self) {
        self.stale = self.wanted;
    }

    pub(crate) const fn are_stale(&self) -> bool {
        self.stale
    }

    /// Tells the broker, if it is news. Not before the broker has told its own account: what is armed anew
    /// for an exit that it has, and that is not known here yet, would be closed twice.
    pub(crate) fn tell(&mut self, engine: &Engine, broker: &mut impl Broker) {
        if engine.has_no_way() {
            self.told = None;
            return;
        }
        self.stale = false;
        let covers = engine.covers();
        if self.told.as_ref() != Some(&covers) {
            broker.cover(&covers);
            self.told = Some(covers);
        }
    }
}
