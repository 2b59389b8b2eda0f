//! What a probe is: a row of the tables in [`probes`](super::probes).

use super::bench::Bench;
use super::draft::Draft;
use crate::lang::Words;

/// One question to the endpoint.
#[derive(Debug)]
pub(super) struct Probe {
    /// Stable: scripts and reports name it.
    pub(super) id: &'static str,
    pub(super) title: Words,
    pub(super) course: Course,
    pub(super) expect: Expect,
}

/// How it is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Course {
    /// The honest request, which all others are compared with.
    Honest,
    /// No request: the `Date` of the honest answer.
    Clock,
    /// One request.
    Once(fn(&Bench) -> Result<Draft, NotHere>),
    /// The same request, and the same again.
    Twice,
    /// Many honest requests at the same time.
    Crowd,
}

/// Why a probe makes no sense for this endpoint or these settings.
pub(super) type NotHere = Words;

/// What a server that keeps the protocol does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Finds the customer.
    Found,
    /// Has a clock that agrees.
    SameTime,
    /// Lets it pass, and answers as it answered the honest request.
    LikeHonest,
    /// Lets it pass; what the application makes of it is its own affair.
    Passed,
    /// Lets it pass, and says that this makes no sense: 400.
    Senseless,
    /// Lets it pass, and says that there is no result: 400.
    NoResult,
    /// Rejects it with 400.
    BadRequest,
    /// Rejects it with 403.
    Forbidden,
    /// Rejects it with 400, or cuts the connection.
    TooLarge,
    /// Rejects it with 400 in the end.
    TooSlow,
    /// Knows it again: 403.
    Replayed,
    /// Says that there is nothing: 404.
    NoRoute,
    /// Does the same for a method that is never used.
    OnlyPost,
}

impl Expect {
    /// Whether an answer tells anything when the honest request has failed.
    ///
    /// The checks of the headers' form come before any signature is looked at, so they do.
    pub(super) const fn stands_alone(self) -> bool {
        matches!(self, Self::Found | Self::SameTime | Self::BadRequest | Self::NoRoute)
    }

    /// Whether Online Contact may ever see the answer, so that it must be in the envelope.
    pub(super) const fn is_seen_by_agents(self) -> bool {
        !matches!(self, Self::NoRoute | Self::OnlyPost | Self::TooSlow)
    }
}

impl Probe {
    /// A row whose request is rejected with 400.
    pub(super) const fn bad_request(id: &'static str, title: Words, make: Make) -> Self {
        Self { id, title, course: Course::Once(make), expect: Expect::BadRequest }
    }

    /// A row whose request is rejected with 403.
    pub(super) const fn forbidden(id: &'static str, title: Words, make: Make) -> Self {
        Self { id, title, course: Course::Once(make), expect: Expect::Forbidden }
    }

    /// A row whose request is as good as the honest one.
    pub(super) const fn honest(id: &'static str, title: Words, make: Make) -> Self {
        Self { id, title, course: Course::Once(make), expect: Expect::LikeHonest }
    }

    pub(super) const fn once(id: &'static str, title: Words, expect: Expect, make: Make) -> Self {
        Self { id, title, course: Course::Once(make), expect }
    }
}

type Make = fn(&Bench) -> Result<Draft, NotHere>;
