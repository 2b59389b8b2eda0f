//! Sends a draft and reads the response.

use std::sync::Arc;
use std::time::Instant;

use super::bench::Bench;
use super::draft::Draft;
use super::finding::Seen;
use crate::agent::AgentView;
use crate::http::{Answer, Client, SendError};
use crate::lang::Lang;
use crate::outcome::Problem;
use crate::secrets::Secrets;

/// The client and what it needs.
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) http2: bool,
    pub(super) lang: Lang,
    pub(super) secrets: Secrets,
}

impl Sender {
    /// Sends the first request. If no server responds, there is nothing to examine.
    pub(super) async fn send_first(&self, draft: Draft, bench: &Bench) -> Result<Seen, Problem> {
        let started = Instant::now();
        match self.execute(draft, bench).await {
            Ok(answer) => Ok(self.seen(answer)),
            Err(Failed::Send(error)) if !error.is_servers_fault() => {
                Err(Problem::new(error.explain(self.lang)))
            }
            Err(failed) => Ok(failed.seen(started, self.lang)),
        }
    }

    pub(super) async fn send(&self, draft: Draft, bench: &Bench) -> Seen {
        let started = Instant::now();
        match self.execute(draft, bench).await {
            Ok(answer) => self.seen(answer),
            Err(failed) => failed.seen(started, self.lang),
        }
    }

    /// The signatures that would be right for the request are secrets too.
    async fn execute(&self, draft: Draft, bench: &Bench) -> Result<Answer, Failed> {
        let signatures = bench.right_signatures(&draft);
        let secrets = self.secrets.clone().and_signatures(signatures.iter().map(String::as_str));
        let again = draft.repeatable.then(|| draft.clone());
        let sent = self.execute_once(draft, &secrets).await;
        match (sent, again) {
            (Err(Failed::Send(error)), Some(again)) if error.status().is_none() => {
                self.execute_once(again, &secrets).await
            }
            (sent, _) => sent,
        }
    }

    async fn execute_once(&self, draft: Draft, secrets: &Secrets) -> Result<Answer, Failed> {
        let request = draft.into_request(self.http2).map_err(Failed::Build)?;
        self.client.execute(request, secrets).await.map_err(Failed::Send)
    }

    fn seen(&self, answer: Answer) -> Seen {
        let view = AgentView::of(&answer, self.lang);
        Seen::Answer(Arc::new((answer, view)))
    }
}

enum Failed {
    Build(::http::Error),
    Send(SendError),
}

impl Failed {
    fn seen(&self, started: Instant, lang: Lang) -> Seen {
        let (why, status) = match self {
            Self::Build(error) => (error.to_string(), None),
            Self::Send(error) => {
                (error.explain(lang), error.status().map(|status| status.as_u16()))
            }
        };
        Seen::Nothing { why, status, elapsed: started.elapsed() }
    }
}
