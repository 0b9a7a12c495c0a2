//! Which sound a fact makes, and which state is heard again until it is over.

use std::time::{Duration, Instant};

use phantom_engine::fact::Leg;
use phantom_engine::{Book, Fact, FactBody, RuleFact};
use phantom_model::Link;
use phantom_wire::{DeskUpdateEvent, FlattenStage, SoundKind};

/// How often a state that needs a person is heard again.
const AGAIN_EVERY: Duration = Duration::from_secs(3);
/// How often at most: whoever has not come by then does not hear it.
const AGAIN_MAX: u32 = 20;

/// The sound of a fact, by the book as it was before; `None` for what is only shown.
pub(super) fn sound_of(before: &Book, fact: &Fact) -> Option<SoundKind> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "most of what happens is only shown")]
    match &fact.body {
        FactBody::OrderFilled { .. } => Some(SoundKind::Fill),
        FactBody::OrderRejected { .. }
        | FactBody::OrderFailed { .. }
        | FactBody::ChangeRejected { .. }
        | FactBody::ChangeRefused { .. }
        | FactBody::ProtectionRejected { .. } => Some(SoundKind::Refusal),
        FactBody::PhantomFired { leg: Leg::Stop, .. } => Some(SoundKind::Stop),
        FactBody::LotUnprotected { .. } => Some(SoundKind::Unprotected),
        // A desk begins without a connection: only one that is lost is heard.
        FactBody::LinkChanged { link: Link::Down } if !before.halt().not_connected => Some(SoundKind::Blind),
        FactBody::FeedLost | FactBody::JournalLost => Some(SoundKind::Blind),
        FactBody::FlattenAnswered { flat: true, .. } | FactBody::FlattenSettled { .. } => {
            Some(SoundKind::Flat)
        }
        FactBody::FlattenAnswered { flat: false, .. } | FactBody::FlattenReopened { .. } => {
            Some(SoundKind::NotFlat)
        }
        FactBody::Rule(rule) if matches!(**rule, RuleFact::Locked { .. }) => Some(SoundKind::Lockout),
        _ => None,
    }
}

/// Looks at how the desk stands: what needs a person is heard again.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    was_unprotected: bool,
    nagging: Option<Nag>,
}

#[derive(Debug)]
struct Nag {
    sound: SoundKind,
    next: Instant,
    left: u32,
}

impl Vigil {
    /// The sound of how the desk stands now.
    pub(super) fn look(&mut self, desk: &DeskUpdateEvent, now: Instant) -> Option<SoundKind> {
        let is_unprotected = desk.standing.protection.unprotected_contracts > 0;
        let began = is_unprotected && !self.was_unprotected;
        self.was_unprotected = is_unprotected;
        let again = self.again(needs_a_person(desk), now);
        if began { Some(SoundKind::Unprotected) } else { again }
    }

    fn again(&mut self, state: Option<SoundKind>, now: Instant) -> Option<SoundKind> {
        let Some(sound) = state else {
            self.nagging = None;
            return None;
        };
        match &mut self.nagging {
            Some(nag) if nag.sound == sound => {
                if nag.left == 0 || now < nag.next {
                    return None;
                }
                (nag.next, nag.left) = (now + AGAIN_EVERY, nag.left - 1);
                Some(sound)
            }
            // The fact that began it was heard already.
            Some(_) | None => {
                self.nagging = Some(Nag { sound, next: now + AGAIN_EVERY, left: AGAIN_MAX });
                None
            }
        }
    }
}

/// What is wrong that only a person can end.
fn needs_a_person(desk: &DeskUpdateEvent) -> Option<SoundKind> {
    let line = &desk.standing.protection;
    let flatten = desk.standing.flatten.as_ref().map(|flatten| flatten.stage);
    if flatten == Some(FlattenStage::NotFlat) && line.open_contracts > 0 {
        return Some(SoundKind::NotFlat);
    }
    if line.given_up_contracts > 0 {
        return Some(SoundKind::Unprotected);
    }
    let sees_nothing = line.blind || desk.desk.not_connected;
    (sees_nothing && line.open_contracts > 0).then_some(SoundKind::Blind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(unprotected: u32, open: u32, given_up: u32, blind: bool) -> DeskUpdateEvent {
        let protection = phantom_wire::ProtectionLine {
            open_contracts: open,
            unprotected_contracts: unprotected,
            given_up_contracts: given_up,
            blind,
            ..phantom_wire::ProtectionLine::default()
        };
        crate::stream::blank_update(protection)
    }

    #[test]
    fn contracts_without_a_stop_are_heard_once_and_what_gave_up_again_and_again() {
        let mut vigil = Vigil::default();
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(vigil.look(&update(0, 0, 0, false), began), None);
        assert_eq!(vigil.look(&update(2, 2, 0, false), began), Some(SoundKind::Unprotected));
        assert_eq!(vigil.look(&update(2, 2, 0, false), at(60)), None, "the trader wanted it so");
        assert_eq!(vigil.look(&update(2, 2, 2, false), at(60)), None, "its fact was heard");
        assert_eq!(vigil.look(&update(2, 2, 2, false), at(63)), Some(SoundKind::Unprotected));
        assert_eq!(vigil.look(&update(2, 2, 2, false), at(64)), None);
        let heard =
            (2..200).filter(|n| vigil.look(&update(2, 2, 2, false), at(60 + 3 * n)).is_some()).count();
        assert_eq!(heard, 19, "twenty times in all");
    }

    #[test]
    fn stops_that_see_nothing_are_heard_again_only_while_something_is_open() {
        let mut vigil = Vigil::default();
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(vigil.look(&update(0, 0, 0, true), began), None);
        assert_eq!(vigil.look(&update(0, 0, 0, true), at(10)), None);
        assert_eq!(vigil.look(&update(0, 1, 0, true), at(10)), None);
        assert_eq!(vigil.look(&update(0, 1, 0, true), at(13)), Some(SoundKind::Blind));
        assert_eq!(vigil.look(&update(0, 1, 0, false), at(16)), None);
        assert_eq!(vigil.look(&update(0, 1, 0, true), at(17)), None, "it begins anew");
    }
    use phantom_model::{
        ArenaKey, ExecId, FailReason, FlattenId, LotId, Money, OrderId, Price, Qty, Timestamp,
    };

    fn heard(body: FactBody) -> Option<SoundKind> {
        let book = Book::new(&phantom_model::Arena::new());
        sound_of(&book, &Fact { seq: 1, at: Timestamp::default(), body })
    }

    #[test]
    fn each_fact_that_must_be_heard_has_its_sound_and_the_rest_has_none() {
        let (order, lot, flatten) = (OrderId::Ticket(1), LotId::from_row(1), FlattenId::from_row(0));
        let price = Price::new(100).unwrap();
        let qty = Qty::new(1).unwrap();
        let fired = |leg| FactBody::PhantomFired {
            lot,
            leg,
            print: price,
            level: price,
            printed_at: Timestamp::default(),
        };
        let filled = FactBody::OrderFilled {
            order,
            exec: ExecId::new(1),
            qty,
            price,
            fee: Money::ZERO,
            broker_time: None,
        };
        for (body, sound) in [
            (filled, Some(SoundKind::Fill)),
            (FactBody::OrderFailed { order, reason: FailReason::Margin }, Some(SoundKind::Refusal)),
            (FactBody::ChangeRefused { order }, Some(SoundKind::Refusal)),
            (fired(Leg::Stop), Some(SoundKind::Stop)),
            (fired(Leg::Target), None),
            (FactBody::LotUnprotected { lot }, Some(SoundKind::Unprotected)),
            (FactBody::FeedLost, Some(SoundKind::Blind)),
            (FactBody::JournalLost, Some(SoundKind::Blind)),
            (FactBody::FeedBack, None),
            (FactBody::FlattenAnswered { flatten, flat: true }, Some(SoundKind::Flat)),
            (FactBody::FlattenAnswered { flatten, flat: false }, Some(SoundKind::NotFlat)),
            (FactBody::FlattenReopened { flatten }, Some(SoundKind::NotFlat)),
            (FactBody::FlattenSettled { flatten }, Some(SoundKind::Flat)),
            (FactBody::OrderAccepted { order }, None),
            (FactBody::Reconciled, None),
        ] {
            assert_eq!(heard(body.clone()), sound, "{body:?}");
        }
    }

    #[test]
    fn a_connection_that_is_lost_is_heard_and_one_that_was_never_there_is_not() {
        let mut book = Book::new(&phantom_model::Arena::new());
        let fact = |seq, link| Fact { seq, at: Timestamp::default(), body: FactBody::LinkChanged { link } };
        let mut heard = Vec::new();
        for (seq, link) in [(1, Link::Down), (2, Link::Up), (3, Link::Down), (4, Link::Down)] {
            let fact = fact(seq, link);
            heard.push(sound_of(&book, &fact));
            book.fold(&fact);
        }
        assert_eq!(heard[1..], [None, Some(SoundKind::Blind), None]);
    }
}
