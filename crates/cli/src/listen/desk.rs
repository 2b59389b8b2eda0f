//! Explains, prints, saves and counts the exchanges, one after the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;

use super::decode::decoded;
use super::handler::Observed;
use super::report;
use super::tally::Tally;
use crate::context::Context;
use crate::exchange::{
    Exchange, Exchanges, Folder, is_lookup, response_without_keys, without_keys,
};
use crate::explain::{self, Explanation, explain};
use crate::lang::Lang;
use crate::secrets::Secrets;
use crate::stop::Stopping;
use crate::verdict::{Rules, Verdict, moment};

/// The time for the search of a mistake.
const SEARCH: Duration = Duration::from_millis(1500);

/// The number of waiting exchanges above which rejections are not explained.
const BUSY: usize = 8;

/// Reports exchanges, and counts them.
pub(super) struct Desk {
    context: Context,
    rules: Rules,
    folder: Option<Folder>,
    exchanges: Arc<Exchanges>,
    unreported: Arc<AtomicU64>,
    stopping: Stopping,
    started: Instant,
    tally: Tally,
}

impl Desk {
    pub(super) fn new(
        context: Context,
        rules: Rules,
        folder: Option<Folder>,
        exchanges: Arc<Exchanges>,
        unreported: Arc<AtomicU64>,
        stopping: Stopping,
    ) -> Self {
        let (started, tally) = (Instant::now(), Tally::default());
        Self { context, rules, folder, exchanges, unreported, stopping, started, tally }
    }

    /// Reports exchanges until no more can come.
    pub(super) async fn run(mut self, mut observed: Receiver<Observed>) -> Tally {
        while let Some(next) = observed.recv().await {
            // After Ctrl-C the user waits for the summary.
            let explains = observed.len() <= BUSY && !self.stopping.is_stopping();
            self.report(next, explains).await;
        }
        self.tally.elapsed = self.started.elapsed();
        self.tally.unreported = self.unreported.load(Ordering::Relaxed);
        self.tally.folder = self.folder.map(|folder| folder.path().to_owned());
        self.tally
    }

    async fn report(&mut self, observed: Observed, explains: bool) {
        self.count(observed.verdict.as_ref());
        let forwarded = observed.forwarded;
        let rules = self.rules;
        let explained = tokio::task::spawn_blocking(move || explained(observed, rules, explains));
        let Ok((mut exchange, explanation)) = explained.await else { return };
        let saved = self.save(&exchange);
        exchange.file = saved.map(|path| path.display().to_string());
        let text = report::exchange(&exchange, explanation.as_ref(), forwarded, &self.context);
        // A reader that is gone stops nothing: the requests are still answered and saved.
        let _ = self.context.print(text);
        self.exchanges.add(exchange);
    }

    fn count(&mut self, verdict: Option<&Verdict>) {
        match verdict {
            None => self.tally.unknown += 1,
            Some(Verdict::Accepted(_)) => self.tally.accepted += 1,
            Some(Verdict::Rejected(rejection)) => {
                *self.tally.rejected.entry(rejection.reason().as_str()).or_default() += 1;
            }
        }
    }

    fn save(&mut self, exchange: &Exchange) -> Option<PathBuf> {
        let lang = self.context.lang;
        match self.folder.as_mut()?.save(exchange) {
            Ok(Some(path)) => {
                self.tally.saved += 1;
                Some(path)
            }
            Ok(None) => None,
            Err(error) => {
                let words = lang.pick("cannot save the capture: ", "캡처를 저장할 수 없습니다: ");
                self.context.note(words, &error.to_string());
                None
            }
        }
    }
}

/// Searches for the mistake in a rejected request, and takes the keys out.
fn explained(observed: Observed, rules: Rules, explains: bool) -> (Exchange, Option<Explanation>) {
    let is_rejected = matches!(observed.verdict, Some(Verdict::Rejected(_)));
    let is_lookup = is_lookup(&observed.request);
    let (keys, arrived) = (&observed.keys, observed.arrived);
    let explanation = (explains && is_rejected && is_lookup)
        .then(|| {
            let settings = explain::Settings::new(rules, moment(arrived), SEARCH);
            explain(&observed.request, keys, &settings, Lang::En).ok()
        })
        .flatten();
    let secrets = Secrets::of(keys.iter());
    let request = observed.request;
    let response = observed.response.map(|answer| decoded(answer, &request));
    let response = response.map(|answer| response_without_keys(answer, &secrets));
    let exchange = Exchange {
        number: observed.number,
        file: None,
        arrived,
        request: without_keys(request, &secrets),
        version: observed.version,
        body_length: observed.body_length,
        verdict: observed.verdict,
        explanation: explanation.as_ref().map(Explanation::summary),
        response,
    };
    (exchange, explanation)
}
