//! What may leave the server: 200 with `data`, or one of four statuses with an error object.
//!
//! A web framework breaks this by reflex (422 for a wrong field, 405, plain text, an empty 500), and
//! Online Contact shows the agent something that is not true or nothing at all. The rules stand here
//! once; the adapters read bodies and write responses.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::chain::Chain;
use crate::failure::Failure;
use crate::grpc::is_grpc;
use crate::metrics;
use crate::reply::Status;

mod envelope;
mod outgoing;

use envelope::{ErrorObject, is_data_envelope};
pub use outgoing::ResponseHead;

/// So much of an answer is read to see whether it keeps the contract. A longer failure keeps it not,
/// a longer success passes unseen.
const READ_LIMIT: u64 = 64 * 1024;

/// So much of a failure that is corrected or replaced goes into the log.
const LOGGED_TEXT: usize = 1024;

/// What Online Contact can read, and what becomes of an answer that it can't.
///
/// This is the rule behind `EnvelopeLayer` of `online-contact-tower` and `Envelope` of
/// `online-contact-actix`. It is of use by itself to whoever writes an adapter or a test:
///
/// ```
/// use online_contact::{EnvelopePolicy, EnvelopeVerdict, ResponseHead, Status};
///
/// let contract = EnvelopePolicy::default();
/// let head = ResponseHead::new(422).content_type(Some(b"text/plain"));
/// match contract.judge(&head, Some(b"Failed to deserialize the JSON body")) {
///     EnvelopeVerdict::Replace(failure) => assert_eq!(failure.status(), Status::BadRequest),
///     other => panic!("{other:?}"),
/// }
///
/// let head = ResponseHead::new(200).content_type(Some(b"application/json"));
/// let verdict = contract.judge(&head, Some(br#"{"data":{"userName":"test"}}"#));
/// assert!(matches!(verdict, EnvelopeVerdict::Pass));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopePolicy {
    strict: bool,
}

/// What becomes of an answer.
///
/// There will be no others: an adapter that knew less of them would let pass what must not.
#[derive(Clone, Debug)]
pub enum EnvelopeVerdict {
    /// It leaves as it is.
    Pass,
    /// Its body leaves as it is, under this status and as JSON in UTF-8.
    Amend(Status),
    /// This leaves in its place.
    Replace(Failure),
}

impl EnvelopePolicy {
    /// The headers that describe a body, in lower case: an adapter removes them with the body that is
    /// replaced.
    pub const REPRESENTATION_HEADERS: &'static [&'static str] = &[
        "content-length",
        "content-encoding",
        "content-range",
        "content-disposition",
        "content-language",
        "content-location",
        "transfer-encoding",
        "trailer",
        "etag",
        "last-modified",
        "location",
    ];

    /// Replaces a success whose body is no JSON object with `data` by a 500. Without this it leaves as
    /// it is, and the log tells.
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// How many bytes of the body [`judge`](Self::judge) wants to see: `None` if the answer passes
    /// whatever they are.
    ///
    /// Answers of gRPC pass, rejections of the verifier, and successes that stream (no declared length)
    /// or are long.
    #[must_use]
    pub fn wants_body(&self, head: &ResponseHead<'_>, length: Option<u64>) -> Option<u64> {
        if passes_unread(head) {
            return None;
        }
        let readable = !head.encoded && length.is_some_and(|length| length <= READ_LIMIT);
        (head.status != 200 || readable).then_some(READ_LIMIT)
    }

    /// What becomes of an answer, given its body; `None` stands for one that is longer than
    /// [`wants_body`](Self::wants_body) asked for or could not be read.
    ///
    /// Whatever is not passed is told in the log, with the original status, content type and length;
    /// a failure with the beginning of its text too. A success is a customer's record, so its text is
    /// never logged.
    #[must_use]
    pub fn judge(&self, head: &ResponseHead<'_>, body: Option<&[u8]>) -> EnvelopeVerdict {
        if passes_unread(head) {
            return EnvelopeVerdict::Pass;
        }
        let json = body.filter(|_| !head.encoded);
        let verdict = if head.is_success() {
            self.judge_success(head, json)
        } else {
            judge_failure(head, json)
        };
        match &verdict {
            EnvelopeVerdict::Pass => {}
            EnvelopeVerdict::Amend(status) => log(head, *status, body, "answer corrected"),
            EnvelopeVerdict::Replace(failure) => {
                log(head, failure.status(), body, "answer replaced");
                metrics::answer_replaced(failure.status());
            }
        }
        verdict
    }

    /// What leaves in place of an answer that never came, for its service failed. The error and all
    /// that is underneath goes to the log.
    #[must_use]
    pub fn broken(&self, error: &(dyn Error + 'static)) -> Failure {
        no_answer(&Chain(error).to_string())
    }

    /// Runs a piece of a handler.
    ///
    /// # Errors
    ///
    /// If it panics, what leaves in place of its answer. The panic's text goes to the log. What
    /// panicked must not be run again.
    pub fn guard<T>(&self, run: impl FnOnce() -> T) -> Result<T, Failure> {
        catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
            let text = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            no_answer(&format!("panicked: {}", text.unwrap_or("with something that is no text")))
        })
    }

    fn judge_success(&self, head: &ResponseHead<'_>, json: Option<&[u8]>) -> EnvelopeVerdict {
        match json {
            Some(json) if is_data_envelope(json) && head.status == 200 && head.is_json() => {
                EnvelopeVerdict::Pass
            }
            Some(json) if is_data_envelope(json) => EnvelopeVerdict::Amend(Status::Success),
            Some(_) if head.status == 200 && !self.strict => {
                log(head, Status::Success, json, "answer without `data`");
                EnvelopeVerdict::Pass
            }
            _ => EnvelopeVerdict::Replace(substitute(Status::ServerError)),
        }
    }
}

fn passes_unread(head: &ResponseHead<'_>) -> bool {
    is_grpc(head.content_type) || head.is_rejection()
}

fn judge_failure(head: &ResponseHead<'_>, json: Option<&[u8]>) -> EnvelopeVerdict {
    let status = nearest(head.status);
    match json.and_then(|json| ErrorObject::read(json, status)) {
        None => EnvelopeVerdict::Replace(substitute(status)),
        Some(ErrorObject { failure, complete: false }) => EnvelopeVerdict::Replace(failure),
        Some(_) if status.as_u16() == head.status && head.is_json() => EnvelopeVerdict::Pass,
        Some(_) => EnvelopeVerdict::Amend(status),
    }
}

fn no_answer(why: &str) -> Failure {
    tracing::error!(target: "online_contact", error = why, "no answer came");
    substitute(Status::ServerError)
}

/// The status that says the same to the agent, of those that say anything.
const fn nearest(status: u16) -> Status {
    match status {
        401 | 403 => Status::Forbidden,
        404 | 405 => Status::NotFound,
        400..=499 => Status::BadRequest,
        _ => Status::ServerError,
    }
}

/// The error object for an answer that brought none.
fn substitute(status: Status) -> Failure {
    let (code, message) = match status {
        Status::Forbidden => ("40300", "The request is not permitted."),
        Status::NotFound => ("40400", "There is nothing at this path for this method."),
        Status::BadRequest => ("40000", "The request can't be answered."),
        Status::Success | Status::ServerError => ("50000", "The server failed to answer."),
    };
    Failure::new(status, code, message)
}

/// A success is a customer's record, whatever is wrong with it, so only a failure's text is told.
fn log(head: &ResponseHead<'_>, leaves: Status, body: Option<&[u8]>, what: &'static str) {
    let failed = body.filter(|_| !head.is_success());
    let text = failed.map(|text| escaped(text.get(..LOGGED_TEXT).unwrap_or(text)));
    tracing::warn!(
        target: "online_contact",
        original_status = head.status,
        status = leaves.as_u16(),
        original_type = head.content_type.map(escaped),
        original_length = body.map(<[u8]>::len),
        original_text = text,
        "{what}"
    );
}

/// So that no answer can forge a line of the log.
fn escaped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).escape_debug().to_string()
}
