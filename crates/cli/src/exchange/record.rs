//! One exchange, without the keys.

use jiff::Timestamp;
use online_contact::Reason;

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
    request.target = request.target.map(|target| secrets.blot_text(&target));
    for (name, value) in &mut request.headers {
        *name = secrets.blot_text(name);
        *value = secrets.blot(value);
    }
    request.body = request.body.map(|body| secrets.blot(&body));
    request
}
