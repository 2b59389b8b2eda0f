//! What was found out: one for each probe.

use std::collections::HashSet;
use std::time::Duration;

use crate::agent::{AgentView, Breach};
use crate::http::Answer;
use crate::lang::Lang;

use super::probe::Probe;

/// How a probe went, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// It was not asked, or its answer tells nothing.
    Skipped,
    Pass,
    /// No fault, but worth a thought.
    Advice,
    Fail,
}

impl Mark {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Advice => "advice",
            Self::Fail => "fail",
        }
    }

    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Skipped => lang.pick("skipped", "건너뜀"),
            Self::Pass => lang.pick("pass", "통과"),
            Self::Advice => lang.pick("advice", "참고"),
            Self::Fail => lang.pick("FAIL", "실패"),
        }
    }
}

/// What came of a request.
#[derive(Debug)]
pub(super) enum Seen {
    Answer(Box<(Answer, AgentView)>),
    /// No whole answer.
    Nothing {
        why: String,
        /// The status of one that broke off.
        status: Option<u16>,
    },
}

impl Seen {
    pub(super) fn answer(&self) -> Option<&(Answer, AgentView)> {
        match self {
            Self::Answer(seen) => Some(seen),
            Self::Nothing { .. } => None,
        }
    }

    /// How long a whole answer took.
    pub(super) fn elapsed(&self) -> Duration {
        self.answer().map_or(Duration::ZERO, |(answer, _)| answer.elapsed)
    }

    /// The status of an answer that broke off.
    pub(super) const fn broken_off(&self) -> Option<u16> {
        match self {
            Self::Answer(_) => None,
            Self::Nothing { status, .. } => *status,
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.answer().map(|(answer, _)| answer.status.as_u16())
    }

    /// How it breaks the contract.
    pub(super) fn breaches(&self) -> &[Breach] {
        self.answer().map_or(&[], |(_, view)| &view.breaches)
    }

    /// `error.code`, of a failure that has one.
    pub(super) fn code(&self) -> Option<&str> {
        let (_, view) = self.answer()?;
        view.error.as_ref().map(|(code, ..)| code.as_str())
    }
}

/// A mark and the reasons for it.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) mark: Mark,
    pub(super) notes: Vec<Note>,
}

/// One reason.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) mark: Mark,
    /// The breach of the contract, where it is one.
    pub(super) breach: Option<&'static str>,
    pub(super) text: String,
}

impl Verdict {
    pub(super) const fn pass() -> Self {
        Self { mark: Mark::Pass, notes: Vec::new() }
    }

    pub(super) fn new(mark: Mark, text: impl Into<String>) -> Self {
        Self { mark, notes: vec![Note { mark, breach: None, text: text.into() }] }
    }

    /// One more thing, which makes it this bad at least.
    pub(super) fn worsen(&mut self, mark: Mark, text: impl Into<String>) {
        self.add(Note { mark, breach: None, text: text.into() });
    }

    pub(super) fn add(&mut self, note: Note) {
        self.mark = self.mark.max(note.mark);
        self.notes.push(note);
    }

    /// Takes out what was advised for an earlier answer already.
    pub(super) fn drop_repeated_advice(&mut self, advised: &mut HashSet<&'static str>) {
        let before = self.notes.len();
        self.notes.retain(|note| match note.breach {
            Some(breach) if note.mark == Mark::Advice => advised.insert(breach),
            _ => true,
        });
        if self.notes.len() < before && self.mark == Mark::Advice {
            self.mark = self.notes.iter().map(|note| note.mark).max().unwrap_or(Mark::Pass);
        }
    }
}

/// A probe and how it went.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) probe: &'static Probe,
    pub(super) verdict: Verdict,
    pub(super) expected: String,
    pub(super) seen: Option<Seen>,
}
