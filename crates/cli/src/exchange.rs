//! A request with its response and the verdict, as `send` and `listen` record it and the console
//! shows it.

pub(crate) mod files;
pub(crate) mod remarks;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use online_contact::Reason;
use tokio::sync::watch;

use crate::captured::CapturedRequest;
use crate::http::Answer;
use crate::lang::Words;
use crate::secrets::Secrets;
use crate::verdict::Verdict;

/// A request, the response, and what is known of both. The keys are taken out.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The number of the request; that of an exchange from a file is its place in the list.
    pub(crate) number: u64,
    /// The file that the exchange was read from, or saved in.
    pub(crate) file: Option<String>,
    pub(crate) arrived: Timestamp,
    pub(crate) request: CapturedRequest,
    pub(crate) version: String,
    /// The length of the request body. The body itself may have been cut.
    pub(crate) body_length: u64,
    pub(crate) verdict: Option<Verdict>,
    /// The advice on a rejection, if it was searched for.
    pub(crate) explanation: Option<Words>,
    /// The response, or why there is none.
    pub(crate) response: Result<Answer, Words>,
}

impl Exchange {
    pub(crate) fn reason(&self) -> Option<Reason> {
        self.verdict.as_ref().and_then(Verdict::reason)
    }

    /// Returns `accepted`, `rejected`, or `unknown` where no verdict could be reached.
    pub(crate) fn verdict_name(&self) -> &'static str {
        self.verdict.as_ref().map_or("unknown", Verdict::name)
    }

    /// Returns whether the request body is here to its end.
    pub(crate) fn has_whole_body(&self) -> bool {
        let length = self.request.body.as_ref().map_or(0, Vec::len);
        u64::try_from(length).is_ok_and(|length| length == self.body_length)
    }

    pub(crate) fn method(&self) -> &str {
        self.request.method.as_deref().unwrap_or("POST")
    }

    pub(crate) fn target(&self) -> &str {
        self.request.target.as_deref().unwrap_or("/")
    }
}

/// Returns whether a request may be one of Online Contact: `POST`, or signed. Scanners send the others.
pub(crate) fn is_lookup(request: &CapturedRequest) -> bool {
    request.is_signed()
        || request.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case("POST"))
}

/// Takes the keys out of a response.
pub(crate) fn response_without_keys(mut answer: Answer, secrets: &Secrets) -> Answer {
    answer.leaks = secrets.redact(&mut answer.headers, &mut answer.body);
    answer
}

/// Takes the keys out of a request.
pub(crate) fn without_keys(mut request: CapturedRequest, secrets: &Secrets) -> CapturedRequest {
    request.target = request.target.map(|target| secrets.redact_text(&target));
    for (name, value) in &mut request.headers {
        *name = secrets.redact_text(name);
        *value = secrets.redact_bytes(value);
    }
    request.body = request.body.map(|body| secrets.redact_bytes(&body));
    request
}

/// The number of exchanges that stay in memory.
pub(crate) const MOST: usize = 200;

/// The number of bytes of each body that stay in memory.
const LONGEST_BODY: usize = 64 * 1024;

/// The latest exchanges. Changes can be waited for.
#[derive(Debug)]
pub(crate) struct Exchanges {
    kept: Mutex<VecDeque<Arc<Exchange>>>,
    /// Grows with each change.
    version: watch::Sender<u64>,
}

impl Exchanges {
    pub(crate) fn new() -> Self {
        Self { kept: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// Adds an exchange with its bodies cut, and drops the oldest one if there are too many.
    pub(crate) fn add(&self, mut exchange: Exchange) {
        if let Some(body) = &mut exchange.request.body {
            body.truncate(LONGEST_BODY);
            body.shrink_to_fit();
        }
        if let Ok(answer) = &mut exchange.response
            && answer.body.len() > LONGEST_BODY
        {
            // A slice would keep the whole body in memory.
            answer.body = answer.body.get(..LONGEST_BODY).unwrap_or_default().to_vec().into();
            answer.truncated = true;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back(Arc::new(exchange));
        drop(kept);
        self.version.send_modify(|version| *version += 1);
    }

    /// Returns all of them, the newest first.
    pub(crate) fn newest_first(&self) -> Vec<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = kept.iter().cloned().collect();
        // A slow exchange ends after those that came later.
        all.sort_by_key(|exchange| std::cmp::Reverse(exchange.number));
        all
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|exchange| exchange.number == number).cloned()
    }

    /// Returns a receiver of the version, which changes with the list.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
