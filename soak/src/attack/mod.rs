//! The attackers. None of them has a key, but for the copy of a request that passed.

pub(crate) mod drips;
pub(crate) mod rejections;
pub(crate) mod uploads;

use crate::wire::Answer;
use crate::{Result, progress};

/// What became of the requests of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Answered as they must be.
    pub(crate) right: usize,
    /// Not answered so, or not at all.
    pub(crate) wrong: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.wrong += other.wrong;
    }

    /// Counts an answer that must be a rejection with this status and reason.
    fn count(&mut self, answer: &Result<Answer>, status: u16, reason: &str) {
        match answer {
            Ok(Answer::Rejected(got, detail)) if *got == status && detail == reason => {
                self.right += 1;
            }
            _ => {
                // The first few tell what is wrong; thousands would hide it.
                if self.wrong < 3 {
                    progress(&format!("expected {status} {reason}, got {answer:?}"));
                }
                self.wrong += 1;
            }
        }
    }
}
