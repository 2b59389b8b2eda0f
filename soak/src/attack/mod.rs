//! The attackers. They have no key, only a copy of a request that passed.

pub(crate) mod drips;
pub(crate) mod rejections;
pub(crate) mod uploads;

use crate::wire::Answer;
use crate::{Result, progress};

/// The outcomes of one kind of request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Responses as expected.
    pub(crate) right: usize,
    /// Other responses, or none.
    pub(crate) wrong: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.wrong += other.wrong;
    }

    /// Counts a response, which is expected to be a rejection with this status and reason.
    fn count(&mut self, answer: &Result<Answer>, status: u16, reason: &str) {
        match answer {
            Ok(Answer::Rejected(got, detail)) if *got == status && detail == reason => {
                self.right += 1;
            }
            _ => {
                // The first few suffice.
                if self.wrong < 3 {
                    progress(&format!("expected {status} {reason}, got {answer:?}"));
                }
                self.wrong += 1;
            }
        }
    }
}
