//! The verdict of the library on a captured request.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use online_contact::{
    BufferBudget, KeyRing, Reason, Rejection, RequestHead, Scheme, Status, Timer, Timestamp,
    Verified, Verifier, VerifierBuilder,
};
use serde_json::Value;

use crate::captured::CapturedRequest;
use crate::context::Problem;
use crate::key::KeyText;

/// The accepted difference between a timestamp and the present, in seconds.
pub(crate) const WINDOW: u64 = VerifierBuilder::DEFAULT_WINDOW.as_secs();

/// The longest accepted body, in bytes.
pub(crate) const BODY_LIMIT: u64 = VerifierBuilder::DEFAULT_BODY_LIMIT;

/// The settings of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) scheme: Scheme,
    pub(crate) window: Duration,
    pub(crate) body_limit: u64,
}

impl Rules {
    /// The rules of the protocol with this scheme.
    pub(crate) const fn of(scheme: Scheme) -> Self {
        Self { scheme, window: Duration::from_secs(WINDOW), body_limit: BODY_LIMIT }
    }
}

/// A verdict of the protocol.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Accepted(Verified),
    Rejected(Rejection),
}

impl Verdict {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Rejected(_) => "rejected",
        }
    }

    pub(crate) fn reason(&self) -> Option<Reason> {
        match self {
            Self::Accepted(_) => None,
            Self::Rejected(rejection) => Some(rejection.reason()),
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Accepted(_) => Status::Success,
            Self::Rejected(rejection) => rejection.status(),
        }
    }

    /// The envelope of the response to a rejection.
    pub(crate) fn envelope(&self) -> Option<Value> {
        match self {
            Self::Accepted(_) => None,
            Self::Rejected(rejection) => {
                serde_json::from_slice(&rejection.to_failure().to_json()).ok()
            }
        }
    }

    /// The label of the key that matched.
    pub(crate) fn key_label(&self) -> Option<&str> {
        match self {
            Self::Accepted(verified) => Some(verified.key_label()),
            Self::Rejected(rejection) => rejection.key_label(),
        }
    }

    pub(crate) fn age_ms(&self) -> Option<i64> {
        match self {
            Self::Accepted(verified) => Some(verified.timestamp_age_ms()),
            Self::Rejected(rejection) => rejection.timestamp_age_ms(),
        }
    }
}

impl From<Result<Verified, Rejection>> for Verdict {
    fn from(verdict: Result<Verified, Rejection>) -> Self {
        verdict.map_or_else(Self::Rejected, Self::Accepted)
    }
}

/// Returns a time of arrival as the library has it.
pub(crate) fn moment(arrived: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(arrived.as_millisecond())
}

/// Returns a verifier with the clock stopped at this moment.
pub(crate) fn verifier(
    keys: &[KeyText],
    rules: Rules,
    now: Timestamp,
) -> Result<Verifier, Problem> {
    let labeled: Result<Vec<_>, Problem> =
        keys.iter().map(|key| Ok((key.label(), key.security_key()?))).collect();
    let ring = KeyRing::new(labeled?).map_err(|error| {
        Problem::new("invalid key ring", "키 목록을 만들 수 없습니다").source(error)
    })?;
    Verifier::builder()
        .key_ring(ring)
        .scheme(rules.scheme)
        .dangerously_wide_window(rules.window)
        .body_limit(rules.body_limit)
        // The body is here already. A limit may be as high as it likes.
        .buffer_budget(BufferBudget::new(u64::MAX))
        .clock(now)
        .build()
        .map_err(|error| Problem::new("invalid settings", "서버에 쓸 수 없는 설정입니다").source(error))
}

/// Returns the head of a request, as an adapter would pass it to the verifier.
pub(crate) fn head(request: &CapturedRequest) -> RequestHead<'_> {
    let head = RequestHead::new(request.target.as_deref().unwrap_or("/"));
    let head = request.headers.iter().fold(head, |head, (name, value)| head.header(name, value));
    match request.declared_length() {
        Some(length) => head.content_length(length),
        None => head,
    }
}

/// The end of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// Complete, or longer than the body limit.
    Whole,
    /// Incomplete at the deadline.
    TooSlow,
    /// Incomplete because of an error of the connection.
    Broken,
    /// Not read to its end, because the server responded before.
    Unread,
}

/// Judges a request by its recorded body. `None` if the verdict depends on a part that was not read.
pub(crate) fn judge(
    verifier: &Verifier,
    request: &CapturedRequest,
    end: BodyEnd,
) -> Option<Verdict> {
    let recorded = stream::iter([Ok(request.body.as_deref().unwrap_or_default())]);
    let rest = match end {
        BodyEnd::Whole => stream::empty().boxed(),
        BodyEnd::Broken => stream::iter([Err("the connection was closed")]).boxed(),
        BodyEnd::TooSlow | BodyEnd::Unread => stream::pending().boxed(),
    };
    let mut body = recorded.chain(rest);
    // Nothing is waited for: the deadline of a body that does not end is over at once.
    let verdict = verifier.verify(&head(request), &mut body, &Elapsed).now_or_never()?;
    let verdict = Verdict::from(verdict);
    let depends = end == BodyEnd::Unread && verdict.reason() == Some(Reason::BodyTimeout);
    (!depends).then_some(verdict)
}

/// A timer whose deadlines are over.
struct Elapsed;

impl Timer for Elapsed {
    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}
