//! The result of a probe.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::agent::{AgentView, Breach};
use crate::http::Answer;

use super::mark::Mark;
use super::probe::Probe;

/// The response to a request, or none.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Answer(Arc<(Answer, AgentView)>),
    Nothing {
        why: String,
        /// The status of a response that broke off.
        status: Option<u16>,
        elapsed: Duration,
    },
}

/// The part of a response that is the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fingerprint {
    Error { status: u16, error: (String, String, Option<String>) },
    Other { status: u16, body: bytes::Bytes },
}

impl Seen {
    pub(super) fn answer(&self) -> Option<&(Answer, AgentView)> {
        match self {
            Self::Answer(seen) => Some(seen),
            Self::Nothing { .. } => None,
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        match self {
            Self::Answer(seen) => seen.0.elapsed,
            Self::Nothing { elapsed, .. } => *elapsed,
        }
    }

    /// The status of a response that broke off.
    pub(super) const fn broken_off(&self) -> Option<u16> {
        match self {
            Self::Answer(_) => None,
            Self::Nothing { status, .. } => *status,
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.answer().map(|(answer, _)| answer.status.as_u16())
    }

    pub(super) fn breaches(&self) -> &[Breach] {
        self.answer().map_or(&[], |(_, view)| &view.breaches)
    }

    /// Returns whether both are responses, and the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.answer().is_some() && self.fingerprint() == other.fingerprint()
    }

    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        let (answer, view) = self.answer()?;
        let status = answer.status.as_u16();
        Some(match &view.error {
            Some(error) => Fingerprint::Error { status, error: error.clone() },
            None => Fingerprint::Other { status, body: answer.body.clone() },
        })
    }
}

/// A mark and the reasons for it.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) mark: Mark,
    pub(super) notes: Vec<Note>,
}

/// One reason.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) mark: Mark,
    /// The id of the breach of the envelope, where the reason is one.
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

    /// Adds a reason, which makes the verdict at least as bad.
    pub(super) fn worsen(&mut self, mark: Mark, text: impl Into<String>) {
        self.add(Note { mark, breach: None, text: text.into() });
    }

    pub(super) fn add(&mut self, note: Note) {
        self.mark = self.mark.max(note.mark);
        if !self.notes.iter().any(|other| other.text == note.text) {
            self.notes.push(note);
        }
    }

    /// Removes advice about the envelope that an earlier response got.
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

/// A probe and its result.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) probe: &'static Probe,
    pub(super) verdict: Verdict,
    pub(super) expected: String,
    /// The worst of the responses.
    pub(super) seen: Option<Seen>,
    /// The requests with this verdict, of a probe with several.
    pub(super) variants: Vec<String>,
}

/// The results of all probes.
#[derive(Debug)]
pub(super) struct Examination<'a> {
    pub(super) url: &'a Url,
    pub(super) findings: &'a [Finding],
    pub(super) took: Duration,
}

impl Examination<'_> {
    pub(super) fn count(&self, mark: Mark) -> usize {
        self.findings.iter().filter(|finding| finding.verdict.mark == mark).count()
    }
}
