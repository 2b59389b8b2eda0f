//! The cost of a search, and its end.

use super::mistake::Step;

/// A body is hashed at most this many times.
pub(super) const MOST_HASHES: u64 = 25_000;

/// The work that was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Candidates that were compared with the MAC.
    pub(super) tried: u64,
    pub(super) hashed_bytes: u64,
    /// Times that a whole body was hashed.
    pub(super) hashed_bodies: u64,
    /// Times that a form of a body was made, or could not be.
    pub(super) made_bodies: u64,
    /// Nothing was left out.
    pub(super) complete: bool,
}

/// The mistakes that make the MAC, and other names for the same bytes.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) steps: Vec<Step>,
    pub(super) alternatives: Vec<Vec<Step>>,
}

impl Found {
    pub(super) fn add(&mut self, steps: &[Step]) {
        let all = self.alternatives.iter_mut().chain([&mut self.steps]);
        all.for_each(|found| found.extend_from_slice(steps));
    }
}

/// Checks the time limit and reports progress. Called before each form of a body is made, before each
/// hash over one, and before what may follow one is tried. Returns [`Stop::Deadline`] when there is no
/// time left.
pub(super) type Tick<'a> = dyn FnMut(&Tally) -> Result<(), Stop> + 'a;

/// The cause of a stop before the end.
pub(super) enum Stop {
    Found(Found),
    /// The time is up, or [`MOST_HASHES`] are made.
    Deadline,
}
