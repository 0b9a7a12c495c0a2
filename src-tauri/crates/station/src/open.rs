//! From a data folder to a desk that can run.

use std::sync::Arc;
use std::time::Duration;

use phantom_compliance::Limits;
use phantom_engine::fact::{Absence, GapPolicy};
use phantom_engine::{Book, ContractTerms, Engine, Timing};
use phantom_journal::{Damage, DaySoFar, ListedContract, NotedState, OpenFault, Session, Store, Writer};
use phantom_model::{Arena, ContractId, Timestamp};
use phantom_runtime::{Listing, ListingError, Returning};
use tokio::sync::Notify;

use crate::lease::Lease;

/// A data folder and whose desk it is.
#[derive(Debug)]
pub struct Station {
    lease: Arc<Lease>,
    session: Session,
}

/// How a desk is to start.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// What the trader allows.
    pub limits: Limits,
    /// How long it waits for answers.
    pub timing: Timing,
    /// What the contracts of a listing cost and weigh.
    pub terms: &'a dyn Fn(&Listing) -> Arena<ContractId, ContractTerms>,
    /// What becomes of a phantom whose price was passed meanwhile.
    pub policy: GapPolicy,
}

/// Everything that a desk is made of but its broker and its clock.
pub struct OpenedDesk {
    /// The contracts, those of the journal first.
    pub listing: Arc<Listing>,
    /// The engine on the recovered book.
    pub engine: Engine,
    /// The journal.
    pub journal: Writer,
    /// Woken when the journal has more on the disk: [`phantom_runtime::Desk::woken_by`].
    pub wake: Arc<Notify>,
    /// What the desk calls itself at a broker: 12 small letters and digits that no other journal has, and that
    /// this one keeps for good, so that an order id means one order for all time.
    pub name: String,
    /// How the desk comes back; `None` for a new journal.
    pub returning: Option<Returning>,
    /// What is wrong with the journal that was there; openings wait for a person then.
    pub damage: Option<Damage>,
    /// The last trading day of the journal, for whoever shows it.
    pub day: DaySoFar,
    /// Whether the facts still lead to the book that the last run in order has noted.
    pub noted: NotedState,
    /// How long checking and folding took.
    pub took: Duration,
    /// Journals of other environments and accounts in the folder, in words: their stops are not armed here.
    pub others: Vec<String>,
    /// Keeps other programs out of the folder.
    pub lease: Arc<Lease>,
}

/// Why the desk cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] OpenFault),
    /// A contract of the journal stands for nothing any more.
    #[error(transparent)]
    Listing(#[from] ListingError),
}

impl Station {
    /// The desk of a session on the folder of a lease.
    #[must_use]
    pub const fn new(lease: Arc<Lease>, session: Session) -> Self {
        Self { lease, session }
    }

    /// Opens the journal, checks it, folds it, and makes a desk of it. `wanted` are the contracts that are
    /// to be traded.
    ///
    /// # Errors
    /// [`StartFault`]. A damaged journal is none: it is put aside, and what can be trusted goes on.
    pub fn open(&self, wanted: &Listing, start: &Start<'_>) -> Result<OpenedDesk, StartFault> {
        let store = Store::new(self.lease.folder());
        let terms = (start.terms)(wanted);
        let contracts: Vec<ListedContract> = wanted
            .iter()
            .map(|(id, contract)| ListedContract {
                name: contract.ninjatrader_name(),
                terms: terms.at(id).clone(),
            })
            .collect();
        let wake = Arc::new(Notify::new());
        let waker = Arc::clone(&wake);
        let opened = store.open(&self.session, &contracts, move || waker.notify_one())?;
        let recovered = opened.recovered;
        let listing = Arc::new(listing_of(wanted, &recovered.contracts, &recovered.book)?);
        let crashed = recovered.after_crash() || recovered.exits_only();
        let absence = if crashed { Absence::Crashed } else { Absence::Ended };
        let is_new = recovered.before.is_none() && recovered.damage.is_none();
        let returning = (!is_new).then(|| Returning {
            absence,
            since: last_seen(&recovered.book),
            policy: start.policy,
            damaged: recovered.exits_only(),
        });
        let terms = (start.terms)(&listing);
        let engine = Engine::with_book(terms, start.limits, start.timing, recovered.book);
        let others = store.others(&self.session);
        let others = others.iter().map(|it| format!("{} {}", it.environment, it.account)).collect();
        Ok(OpenedDesk {
            listing,
            engine,
            journal: opened.writer,
            wake,
            name: recovered.name,
            returning,
            damage: recovered.damage,
            day: recovered.day,
            noted: recovered.noted,
            took: recovered.took,
            others,
            lease: Arc::clone(&self.lease),
        })
    }
}

/// The contracts of the journal in their order. A root trades the contract that is wanted, unless something
/// is open in another month of it.
fn listing_of(wanted: &Listing, contracts: &[ListedContract], book: &Book) -> Result<Listing, ListingError> {
    let names = contracts.iter().map(|contract| contract.name.as_str());
    let all = Listing::in_order(Arc::clone(wanted.table()), names.clone(), |_, _| true)?;
    let busy = |id| {
        let position = book.positions().get(id);
        position.is_some_and(|position| position.net.size() > 0)
            || book.live_orders().any(|(_, order)| order.contract == id)
    };
    let busy_elsewhere = |root: &str, than| {
        all.iter().any(|(id, it)| id != than && it.instrument().root() == root && busy(id))
    };
    Listing::in_order(Arc::clone(wanted.table()), names, |id, contract| {
        let root = contract.instrument().root();
        let is_wanted = wanted.resolve(root).is_ok_and(|listed| wanted.contract(listed.contract) == contract);
        busy(id) || (is_wanted && !busy_elsewhere(root, id))
    })
}

/// The time up to which the journal tells; the beginning of time for an empty one.
fn last_seen(book: &Book) -> Timestamp {
    book.last_at()
}
