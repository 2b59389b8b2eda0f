use std::error::Error;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;

use crate::envelope::failure::Failure;
use crate::envelope::reader::{ErrorObject, is_data_envelope};
use crate::envelope::response_head::ResponseHead;
use crate::envelope::status::Status;
use crate::log::{ErrorChain, Escaped};
use crate::metrics;
use crate::rejection::grpc::{is_grpc, is_grpc_web};
use crate::verify::chunks::{Stopped, for_each_chunk};
use crate::verify::timer::{Timer, within};

/// The maximum length of the text of a failure that is logged, in bytes.
const LOGGED_TEXT: usize = 1024;

/// The policy for responses: 200 with `data`, or 400, 403, 404 or 500 with an error object.
///
/// Web frameworks break this by default, with 422 for a wrong field, 405, plain text or an empty 500, and
/// Online Contact then shows the agent something wrong or nothing. This is the rule behind `EnvelopeLayer`
/// of `online-contact-tower` and `Envelope` of `online-contact-actix`. Use it by itself in an adapter or a
/// test:
///
/// ```
/// use online_contact::{EnvelopePolicy, EnvelopeVerdict, ResponseHead, Status};
///
/// let policy = EnvelopePolicy::default();
/// let head = ResponseHead::new(422).content_type(Some(b"text/plain"));
/// match policy.judge(&head, Some(b"Failed to deserialize the JSON body")) {
///     EnvelopeVerdict::Replace(failure) => assert_eq!(failure.status(), Status::BadRequest),
///     other => panic!("{other:?}"),
/// }
///
/// let head = ResponseHead::new(200).content_type(Some(b"application/json"));
/// let verdict = policy.judge(&head, Some(br#"{"data":{"userName":"test"}}"#));
/// assert!(matches!(verdict, EnvelopeVerdict::Pass));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopePolicy {
    strict: bool,
}

/// A decision of [`EnvelopePolicy::judge`]. It is exhaustive: an adapter must know all decisions.
#[derive(Clone, Debug)]
pub enum EnvelopeVerdict {
    /// Sends the response as it is.
    Pass,
    /// Sends the body as it is, with this status and [`ENVELOPE_CONTENT_TYPE`](crate::ENVELOPE_CONTENT_TYPE).
    Amend(Status),
    /// Sends this failure in place of the response.
    Replace(Failure),
}

impl EnvelopePolicy {
    /// The maximum length of a body that is read, in bytes.
    pub const READ_LIMIT: u64 = 64 * 1024;

    /// The time that a body may take once it has to be waited for.
    ///
    /// It is short because handlers have their response ready, as a rule, and the agent waits.
    pub const READ_TIMEOUT: Duration = Duration::from_millis(300);

    /// The representation headers, in lower case: an adapter removes them together with a body that it
    /// replaces.
    pub const REPRESENTATION_HEADERS: &'static [&'static str] = &[
        "content-length",
        "content-encoding",
        "content-range",
        "content-disposition",
        "content-language",
        "content-location",
        "content-digest",
        "content-md5",
        "repr-digest",
        "digest",
        "accept-ranges",
        "transfer-encoding",
        "trailer",
        "etag",
        "last-modified",
        "location",
    ];

    /// Sets whether a 200 whose body is not a JSON object with `data` is replaced by a 500. Otherwise it
    /// passes, and the log reports it.
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Returns whether [`judge`](Self::judge) needs the body.
    ///
    /// It does not for gRPC responses and rejections by the verifier, which pass; for 1xx responses and
    /// encoded bodies; for bodies that are too long; and for successes that stream.
    #[must_use]
    pub fn reads(&self, head: &ResponseHead<'_>) -> bool {
        let is_short = head.length.is_some_and(|bytes| bytes <= Self::READ_LIMIT);
        let streams = head.length.is_none();
        !passes_unread(head)
            && head.status >= 200
            && !head.is_encoded()
            && (is_short || streams && !head.is_success())
    }

    /// Reads a body within [`READ_LIMIT`](Self::READ_LIMIT) and [`READ_TIMEOUT`](Self::READ_TIMEOUT).
    /// Returns whether it was read to its end.
    ///
    /// The chunks are counted and dropped; record them on the way, for example with
    /// [`Recorded`](crate::Recorded).
    ///
    /// # Errors
    ///
    /// Returns the error of the body. Respond with [`service_failed`](Self::service_failed), and do not poll
    /// the body again.
    pub fn read<B, C, E>(body: &mut B, timer: &impl Timer) -> impl Future<Output = Result<bool, E>>
    where
        B: Stream<Item = Result<C, E>> + Unpin,
        C: AsRef<[u8]>,
    {
        let mut length = 0_u64;
        let read = for_each_chunk(body, move |chunk| {
            length = length.saturating_add(chunk.len() as u64);
            if length > Self::READ_LIMIT { Err(()) } else { Ok(()) }
        });
        let read = within(timer, Self::READ_TIMEOUT, read);
        async {
            match read.await {
                Some(Ok(())) => Ok(true),
                Some(Err(Stopped::Failed(error))) => Err(error),
                Some(Err(Stopped::Rejected(()))) | None => Ok(false),
            }
        }
    }

    /// Decides about a response, given its body, or `None` if the body was not read to its end.
    ///
    /// Every response that does not pass is logged with its original status, content type and length, and a
    /// failure with the beginning of its text. A success is a customer's record; its text is never logged.
    #[must_use]
    pub fn judge(&self, head: &ResponseHead<'_>, body: Option<&[u8]>) -> EnvelopeVerdict {
        if passes_unread(head) {
            return EnvelopeVerdict::Pass;
        }
        let json = body.filter(|_| !head.is_encoded());
        let verdict = if head.is_success() {
            self.judge_success(head, json)
        } else {
            judge_failure(head, json)
        };
        match &verdict {
            EnvelopeVerdict::Pass => {}
            EnvelopeVerdict::Amend(status) => log(head, *status, body, "response amended"),
            EnvelopeVerdict::Replace(failure) => {
                log(head, failure.status(), body, "response replaced");
                metrics::response_replaced(failure.status());
            }
        }
        verdict
    }

    /// Logs the error of a service or of its body, and returns the failure to send.
    #[must_use]
    pub fn service_failed(error: &(dyn Error + 'static)) -> Failure {
        no_response(&ErrorChain(error).to_string())
    }

    /// Runs a part of a handler, and catches a panic.
    ///
    /// # Errors
    ///
    /// If it panics, logs the panic's message and returns the failure to send. Do not run what panicked
    /// again.
    pub fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
        catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
            let text = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("without a message");
            no_response(&format!("panicked: {}", Escaped(text)))
        })
    }

    /// Awaits a future, and catches a panic as [`catch_panic`](Self::catch_panic) does.
    ///
    /// # Errors
    ///
    /// Returns the failure to send if the future panics.
    pub async fn catch_panic_async<F: Future>(future: F) -> Result<F::Output, Failure> {
        let mut future = pin!(future);
        poll_fn(|cx| match Self::catch_panic(|| future.as_mut().poll(cx)) {
            Ok(polled) => polled.map(Ok),
            Err(failure) => Poll::Ready(Err(failure)),
        })
        .await
    }

    fn judge_success(&self, head: &ResponseHead<'_>, json: Option<&[u8]>) -> EnvelopeVerdict {
        let is_200 = head.status == 200;
        match json {
            Some(json) if is_data_envelope(json) && is_200 && head.is_json() => {
                EnvelopeVerdict::Pass
            }
            Some(json) if is_data_envelope(json) => EnvelopeVerdict::Amend(Status::Success),
            Some(_) if is_200 && !self.strict => {
                log(head, Status::Success, json, "response without `data`");
                EnvelopeVerdict::Pass
            }
            // One that is not read, because it streams or is long, passes also if the policy is strict.
            None if is_200 && (!self.strict || !self.reads(head)) => EnvelopeVerdict::Pass,
            _ => EnvelopeVerdict::Replace(substitute(Status::ServerError)),
        }
    }
}

fn passes_unread(head: &ResponseHead<'_>) -> bool {
    is_grpc(head.content_type) || is_grpc_web(head.content_type) || head.is_rejection()
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

fn no_response(error: &str) -> Failure {
    tracing::error!(target: "online_contact", error, "handler failed");
    substitute(Status::ServerError)
}

/// Returns the equivalent status, of those that Online Contact knows.
const fn nearest(status: u16) -> Status {
    match status {
        401 | 403 => Status::Forbidden,
        404 | 405 => Status::NotFound,
        // The server was slow or busy: the agent must not read that there is no result.
        408 | 429 => Status::ServerError,
        400..=499 => Status::BadRequest,
        _ => Status::ServerError,
    }
}

/// Returns the error object for a response that has none.
fn substitute(status: Status) -> Failure {
    let (code, message) = match status {
        Status::Forbidden => ("40300", "The request is not permitted."),
        Status::NotFound => ("40400", "There is no such route."),
        Status::BadRequest => ("40000", "The request cannot be answered."),
        Status::Success | Status::ServerError => ("50000", "The server failed to respond."),
    };
    Failure::new(status, code, message)
}

/// Logs a response that does not leave as it is. The text of a success is a customer's record.
fn log(head: &ResponseHead<'_>, sent: Status, body: Option<&[u8]>, event: &'static str) {
    let text = body.filter(|_| !head.is_success());
    tracing::warn!(
        target: "online_contact",
        original_status = head.status,
        status = sent.as_u16(),
        original_type = head.content_type.map(escaped),
        original_length = body.map(<[u8]>::len),
        original_text = text.map(|text| escaped(text.get(..LOGGED_TEXT).unwrap_or(text))),
        "{event}"
    );
}

fn escaped(text: &[u8]) -> String {
    Escaped(&String::from_utf8_lossy(text)).to_string()
}
