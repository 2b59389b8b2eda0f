//! A response with its envelope check.

use http::StatusCode;

use crate::agent::AgentView;
use crate::http::Answer;
use crate::lang::Lang;
use crate::outcome::Outcome;

/// A complete response, and the agent's view of it.
pub(super) struct Judged {
    pub(super) answer: Answer,
    pub(super) view: AgentView,
}

impl Judged {
    pub(super) fn new(answer: Answer, lang: Lang) -> Self {
        let view = AgentView::of(&answer, lang);
        Self { answer, view }
    }

    /// A result is good, and so is a sound report that there is none.
    pub(super) fn outcome(&self) -> Outcome {
        let status = self.answer.status;
        let answered = matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST);
        if answered && self.view.is_sound() && self.view.rejection().is_none() {
            Outcome::Good
        } else {
            Outcome::Finding
        }
    }
}
