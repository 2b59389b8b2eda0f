//! The verdict on a received request, and its explanation.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp as Moment;
use online_contact::{
    BufferBudget, KeyRing, Reason, Rejection, RequestHead, Scheme, Timer, Timestamp, Verifier,
};
use serde_json::Value;

use crate::captured::CapturedRequest;
use crate::explain::{self, Explanation};
use crate::key::KeyText;
use crate::lang::{Lang, Words};
use crate::outcome::Problem;

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
        Self { scheme, window: Duration::from_secs(300), body_limit: 1024 * 1024 }
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

/// The verdict of the protocol.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// The label of the key that matched.
    Accepted(String),
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

    pub(crate) fn key_label(&self) -> Option<&str> {
        match self {
            Self::Accepted(label) => Some(label),
            Self::Rejected(rejection) => rejection.key_label(),
        }
    }
}

/// Returns a verifier with the clock stopped at this moment.
pub(crate) fn verifier(
    keys: &[KeyText],
    rules: Rules,
    now: Moment,
    lang: Lang,
) -> Result<Verifier, Problem> {
    let unusable = |error: Box<dyn std::error::Error + Send + Sync>| {
        let words = lang.pick("the keys cannot be used", "사용할 수 없는 키입니다");
        Problem::new(words).source(error)
    };
    let labeled: Result<Vec<_>, Problem> =
        keys.iter().map(|key| Ok((key.label(), key.security_key(lang)?))).collect();
    let ring = KeyRing::new(labeled?).map_err(|error| unusable(error.into()))?;
    Verifier::builder()
        .key_ring(ring)
        .scheme(rules.scheme)
        .dangerously_wide_window(rules.window)
        .body_limit(rules.body_limit)
        .buffer_budget(BufferBudget::new(u64::MAX))
        .clock(Timestamp::from_millis(now.as_millisecond()))
        .build()
        .map_err(|error| unusable(error.into()))
}

/// Judges a request by its recorded body. `None` if the verdict depends on a part that was not read.
pub(crate) fn judge(
    verifier: &Verifier,
    request: &CapturedRequest,
    end: BodyEnd,
) -> Option<Verdict> {
    let mut head = RequestHead::new(request.target.as_deref().unwrap_or("/"));
    for (name, value) in &request.headers {
        head = head.header(name, value);
    }
    if let Some(length) = request.declared_length() {
        head = head.content_length(length);
    }
    let recorded = stream::iter([Ok(request.body.as_deref().unwrap_or_default())]);
    let rest = match end {
        BodyEnd::Whole => stream::empty().boxed(),
        BodyEnd::Broken => stream::iter([Err("the connection was closed")]).boxed(),
        BodyEnd::TooSlow | BodyEnd::Unread => stream::pending().boxed(),
    };
    let mut body = recorded.chain(rest);
    // Nothing is waited for: the deadline of a body that does not end is over at once.
    let verdict = verifier.verify(&head, &mut body, &Elapsed).now_or_never()?;
    match verdict {
        Ok(verified) => Some(Verdict::Accepted(verified.key_label().to_owned())),
        Err(rejection) if end == BodyEnd::Unread && rejection.reason() == Reason::BodyTimeout => {
            None
        }
        Err(rejection) => Some(Verdict::Rejected(rejection)),
    }
}

/// A timer whose deadlines are over.
struct Elapsed;

impl Timer for Elapsed {
    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// Explains a request at the moment when it came.
pub(crate) fn explanation(
    request: &CapturedRequest,
    keys: &[KeyText],
    rules: Rules,
    now: Moment,
    time_limit: Duration,
) -> Option<Explanation> {
    let settings = explain::Settings {
        scheme: rules.scheme,
        now: Some(Timestamp::from_millis(now.as_millisecond())),
        window: rules.window,
        body_limit: rules.body_limit,
        proxy_prefix: None,
        time_limit,
        shows_progress: false,
    };
    explain::explain(request, keys, &settings, Lang::En).ok()
}

/// Returns the advice of an explanation, one piece a line.
pub(crate) fn advice(explanation: &Explanation) -> Words {
    Words::of(|lang| {
        let json = explanation.to_json(lang);
        let details = json.get("details").and_then(Value::as_array).into_iter().flatten();
        let mistakes = details.filter_map(|detail| {
            let (id, what) = (detail.get("id")?.as_str()?, detail.get("what")?.as_str()?);
            Some(format!("{id}: {what}"))
        });
        let lists = ["advice", "notes"].into_iter().filter_map(|name| json.get(name)?.as_array());
        let lines = lists.flatten().filter_map(Value::as_str).map(str::to_owned);
        mistakes.chain(lines).collect::<Vec<_>>().join("\n")
    })
}
