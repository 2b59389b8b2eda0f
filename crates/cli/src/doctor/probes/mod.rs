//! The tables of probes, in the order in which they are asked.

mod authorization;
mod body;
mod lookup;
mod time;

use super::probe::{Course, Expect, Probe};
use crate::lang::Words;

/// The one that is always asked.
pub(super) const HONEST: &str = "honest";

/// So many requests come at once.
pub(super) const CROWD: usize = 32;

static FIRST: [Probe; 2] = [
    Probe {
        id: HONEST,
        title: Words::fixed("an honest request", "정상 요청"),
        course: Course::Honest,
        expect: Expect::Found,
    },
    Probe {
        id: "clock",
        title: Words::fixed("the clocks agree", "시계가 서로 맞음"),
        course: Course::Clock,
        expect: Expect::SameTime,
    },
];

/// Every probe.
pub(super) fn all() -> impl Iterator<Item = &'static Probe> {
    let tables = [&FIRST[..], &time::TABLE, &authorization::TABLE, &body::TABLE, &lookup::TABLE];
    tables.into_iter().flatten()
}
