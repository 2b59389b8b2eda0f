//! From a draft to what came of it.

use super::draft::Draft;
use super::finding::Seen;
use crate::agent::AgentView;
use crate::http::{Answer, Client, SendError};
use crate::lang::Lang;
use crate::outcome::Problem;
use crate::secrets::Secrets;

/// The way to the endpoint.
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) http2: bool,
    pub(super) lang: Lang,
    pub(super) secrets: Secrets,
}

impl Sender {
    /// Sends the first request of all: where nobody answers it, there is nothing to examine.
    pub(super) async fn send_first(&self, draft: Draft) -> Result<Seen, Problem> {
        match self.execute(draft).await {
            Ok(answer) => Ok(self.seen(answer)),
            Err(Failed::Sending(error)) if !error.is_servers_fault() => {
                Err(Problem::new(error.explain(self.lang)))
            }
            Err(failed) => Ok(failed.seen(self.lang)),
        }
    }

    pub(super) async fn send(&self, draft: Draft) -> Seen {
        match self.execute(draft).await {
            Ok(answer) => self.seen(answer),
            Err(failed) => failed.seen(self.lang),
        }
    }

    async fn execute(&self, draft: Draft) -> Result<Answer, Failed> {
        let request = draft.into_request(self.http2).map_err(Failed::Making)?;
        self.client.execute(request, &self.secrets).await.map_err(Failed::Sending)
    }

    fn seen(&self, answer: Answer) -> Seen {
        let view = AgentView::of(&answer, self.lang);
        Seen::Answer(Box::new((answer, view)))
    }
}

enum Failed {
    Making(::http::Error),
    Sending(SendError),
}

impl Failed {
    fn seen(&self, lang: Lang) -> Seen {
        match self {
            Self::Making(error) => Seen::Nothing { why: error.to_string(), status: None },
            Self::Sending(error) => Seen::Nothing {
                why: error.explain(lang),
                status: error.status().map(|status| status.as_u16()),
            },
        }
    }
}
