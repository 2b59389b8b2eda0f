//! The explanation of a request, for the command and for the console.

use std::time::Duration;

use online_contact::{Reason, Scheme, Timestamp};

use super::advice;
use super::authorization::{KEY_INSIDE, PREFIX, Target, targets};
use super::effort::{Found, Tally};
use super::headers;
use super::key;
use super::mistake::{Mistake, Side, Step};
use super::search::search;
use super::space::Space;
use super::verdict::{Verdict, Verdicts};
use super::watch::Clockwork;
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::{Lang, Words};
use crate::outcome::Problem;
use crate::secrets::Secrets;

/// So many readings of `Authorization` are searched for.
const MOST_TARGETS: usize = 4;

/// What the server is set to, and how long to search.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) scheme: Scheme,
    /// The moment of the verdict; the present one without it.
    pub(crate) now: Option<Timestamp>,
    pub(crate) window: Duration,
    pub(crate) body_limit: u64,
    pub(crate) proxy_prefix: Option<String>,
    pub(crate) time_limit: Duration,
    /// Whether a terminal may be told that it takes its time.
    pub(crate) shows_progress: bool,
}

/// Why a request passes or not.
pub(crate) struct Explanation {
    pub(super) verdicts: Verdicts,
    /// The mistakes that account for the rejection; none if nothing does.
    pub(super) mistakes: Vec<Step>,
    /// Other names for them.
    pub(super) alternatives: Vec<Vec<Step>>,
    /// Whether it is known what was signed.
    pub(super) signature: Signature,
    pub(super) tally: Tally,
    pub(super) notes: Vec<Words>,
}

/// What is known of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// It matches, apart from how it is written.
    Matches,
    /// Mistakes account for it.
    Explained,
    /// Nothing that was tried makes it.
    Unexplained,
    /// There is none, or it is nothing that could be one.
    None,
}

/// Explains a request under these keys, the first of which is the one in force.
///
/// # Errors
///
/// [`Problem`] where the settings can't be or the scheme asks for a URI that is not there.
pub(crate) fn explain(
    request: &CapturedRequest,
    keys: &[KeyText],
    settings: &Settings,
    lang: Lang,
) -> Result<Explanation, Problem> {
    if settings.scheme == Scheme::UriBodyTime && request.target.is_none() {
        return Err(Problem::new(lang.pick(
            "the scheme uri_body_time signs the URI, and the request has none: give it with --uri",
            "uri_body_time 방식은 URI에 서명하는데 요청에 URI가 없습니다. --uri로 지정해 주십시오",
        )));
    }
    let verdicts = Verdicts::of(request, keys, settings, lang)?;
    let secrets = Secrets::of(keys);
    let mut mistakes = headers::mistakes(request, &verdicts.now);
    if request.header("authorization").any(|value| secrets.stand_in(value)) {
        mistakes.push((&KEY_INSIDE).into());
    }
    let mut explanation = Explanation {
        mistakes,
        alternatives: Vec::new(),
        signature: Signature::Matches,
        tally: Tally { complete: true, ..Tally::default() },
        notes: advice::notes(request, keys),
        verdicts,
    };
    if explanation.verdicts.decisive().reason.is_none() {
        explanation.note_older_key(keys);
    } else {
        explanation.search(request, keys, settings, lang)?;
    }
    explanation.hide(&secrets);
    Ok(explanation)
}

impl Explanation {
    pub(crate) fn is_accepted(&self) -> bool {
        self.verdict().reason.is_none()
    }

    pub(super) fn verdict(&self) -> &Verdict {
        &self.verdicts.now
    }

    /// Where something has to be changed: the side of the first mistake.
    pub(super) fn side(&self) -> Option<Side> {
        self.mistakes.first().map(|step| step.mistake.side)
    }

    /// Takes the keys out of what came from the request. That one stood before the MAC is said already.
    fn hide(&mut self, secrets: &Secrets) {
        let shows = |step: &Step| {
            step.detail.as_ref().is_some_and(|it| secrets.stand_in(it.in_lang(Lang::En)))
        };
        self.mistakes.retain(|step| step.mistake.id != PREFIX.id || !shows(step));
        let steps = self.mistakes.iter_mut().chain(self.alternatives.iter_mut().flatten());
        for step in steps.filter(|step| shows(step)) {
            let blotted = |words: Words| Words::of(|lang| secrets.blot_text(words.in_lang(lang)));
            step.detail = step.detail.take().map(blotted);
        }
    }

    /// The ring's other keys are in force too, but whoever looks wants to know.
    fn note_older_key(&mut self, keys: &[KeyText]) {
        let matched = self.verdicts.decisive().key_label.as_deref();
        let is_first = keys.first().is_some_and(|key| Some(key.label()) == matched);
        if let (false, Some(label)) = (is_first, matched) {
            self.mistakes.push(Step::with(&key::OLDER, label));
        }
    }

    fn search(
        &mut self,
        request: &CapturedRequest,
        keys: &[KeyText],
        settings: &Settings,
        lang: Lang,
    ) -> Result<(), Problem> {
        // A key in place of the MAC is not one.
        let is_key = |value: &[u8]| keys.iter().any(|key| key.key() == value);
        let values = request.header("authorization").filter(|value| !is_key(value));
        let targets: Vec<Target> = values.flat_map(targets).collect();
        self.signature = if targets.is_empty() { Signature::None } else { Signature::Unexplained };
        let space =
            Space::new(request, keys, settings.scheme, settings.proxy_prefix.as_deref(), lang)?;
        self.tally.complete = space.complete && targets.len() <= MOST_TARGETS;
        let mut clockwork =
            Clockwork::new(settings.time_limit, settings.shows_progress.then_some(lang));
        // More values than one are a mistake of their own; more than a few are an attack.
        for target in targets.iter().take(MOST_TARGETS) {
            if let Some(found) = search(&space, target, &mut self.tally, &mut clockwork) {
                self.take(found);
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, found: Found) {
        let is_right = found.steps.is_empty();
        self.signature = if is_right { Signature::Matches } else { Signature::Explained };
        for step in found.steps {
            if !self.mistakes.iter().any(|known| known.mistake.id == step.mistake.id) {
                self.mistakes.push(step);
            }
        }
        self.alternatives = found.alternatives;
    }

    /// The distinct mistakes.
    pub(super) fn mistakes(&self) -> impl Iterator<Item = &'static Mistake> {
        self.mistakes.iter().map(|step| step.mistake)
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        self.verdict().reason
    }
}
