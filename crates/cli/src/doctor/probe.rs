//! The columns of the table of [`probes`](super::probes).

use super::bench::Bench;
use super::draft::Draft;
use super::expect::Expect;
use super::mark::Mark;
use crate::lang::Words;

/// One row: a fault that an endpoint may have, and the requests that reveal it.
#[derive(Debug)]
pub(super) struct Probe {
    /// Stable: scripts and reports rely on it.
    pub(super) id: &'static str,
    /// The severity of the fault: [`Mark::Fail`] or [`Mark::Advice`].
    pub(super) severity: Mark,
    /// The request in a few words.
    pub(super) title: Words,
    pub(super) expect: Expect,
    pub(super) ask: Ask,
}

/// The requests of a probe.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// A request that is sent before all others, because others are compared with its response.
    Reference(Reference),
    /// No request: the `Date` of the honest response.
    Clock,
    /// One request.
    One(fn(&Bench) -> Made<Draft>),
    /// Several requests, one after another. The worst response counts.
    Each(fn(&Bench) -> Made<Vec<Draft>>),
    /// Several requests at the same time. The worst response counts.
    AtOnce(fn(&Bench) -> Made<Vec<Draft>>),
    /// The time of a rejection, compared with that of the honest request.
    Slowness,
    /// The times of two kinds of requests, which must not differ.
    Timing(fn(&Bench) -> [Draft; 2]),
}

/// A request, or the reason why the probe does not apply to this endpoint or these settings.
pub(super) type Made<T> = Result<T, NotApplicable>;

pub(super) type NotApplicable = Words;

/// The requests that are sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Honest,
    Forged,
    NoTimestamp,
    EmptyBody,
    BadJson,
    NoResult,
}

impl Probe {
    /// A row with one request, whose fault is a failure.
    pub(super) const fn one(
        id: &'static str,
        title: Words,
        expect: Expect,
        make: fn(&Bench) -> Made<Draft>,
    ) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask: Ask::One(make) }
    }

    /// A row with several requests, whose fault is a failure.
    pub(super) const fn each(
        id: &'static str,
        title: Words,
        expect: Expect,
        make: fn(&Bench) -> Made<Vec<Draft>>,
    ) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask: Ask::Each(make) }
    }

    pub(super) const fn row(id: &'static str, title: Words, expect: Expect, ask: Ask) -> Self {
        Self { id, severity: Mark::Fail, title, expect, ask }
    }

    /// The same row with a fault that is an advice.
    pub(super) const fn advice(mut self) -> Self {
        self.severity = Mark::Advice;
        self
    }
}
