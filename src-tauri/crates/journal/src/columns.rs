//! The columns of one record of the table `event`.

/// A record, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Columns<'a> {
    /// The fact's number, without gaps from 1.
    pub(crate) seq: i64,
    /// The run that wrote it.
    pub(crate) run: i64,
    /// When it happened on the market's clock, in nanoseconds since 1970.
    pub(crate) at_ns: i64,
    /// When it was handed to the journal, on the wall's clock; `None` where nobody looked.
    pub(crate) wall_ns: Option<i64>,
    /// The same on a clock that never goes back, since the run began.
    pub(crate) mono_ns: Option<i64>,
    /// The trading day of `at_ns`.
    pub(crate) day: &'a str,
    /// What happened.
    pub(crate) kind: &'a str,
    /// The order, lot or flatten that it is about.
    pub(crate) entity: Option<&'a str>,
    /// The contract that it is about.
    pub(crate) contract: Option<i64>,
    /// Who or what caused it.
    pub(crate) cause: Option<&'a str>,
    /// The form of `body`.
    pub(crate) schema: i64,
    /// The fields of the fact, as JSON.
    pub(crate) body: &'a str,
}
