//! What a server of this project says to the request.

use online_contact::{
    BufferBudget, Clock, KeyRing, Reason, RequestHead, Status, SystemClock, Timestamp, Verifier,
};
use serde_json::Value;

use super::explanation::Settings;
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::outcome::Problem;

/// The verdict at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// Why it was rejected; `None` if it was not.
    pub(super) reason: Option<Reason>,
    pub(super) status: Status,
    /// What a rejection is answered with.
    pub(super) envelope: Option<Value>,
    /// The label of the key that matched.
    pub(super) key_label: Option<String>,
    pub(super) age_ms: Option<i64>,
}

/// The verdict at the moment that was asked for, and at the request's own.
pub(super) struct Verdicts {
    pub(super) now: Verdict,
    /// `None` where the age of the request makes no difference, or it has no readable timestamp.
    pub(super) at_its_own_time: Option<Verdict>,
}

impl Verdicts {
    pub(super) fn of(
        request: &CapturedRequest,
        keys: &[KeyText],
        settings: &Settings,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let moment = settings.now.unwrap_or_else(|| SystemClock.now());
        let now = verdict(request, keys, settings, moment, lang)?;
        let its_age = [Some(Reason::TimestampExpired), Some(Reason::TimestampInFuture)];
        let signed_at = request.header("x-tc-timestamp").next();
        let signed_at = signed_at.and_then(|value| Timestamp::parse(value).ok());
        let at_its_own_time = signed_at
            .filter(|_| its_age.contains(&now.reason))
            .map(|moment| verdict(request, keys, settings, moment, lang))
            .transpose()?;
        Ok(Self { now, at_its_own_time })
    }

    /// What is to be explained: the age of an old capture is not.
    pub(super) fn decisive(&self) -> &Verdict {
        self.at_its_own_time.as_ref().unwrap_or(&self.now)
    }
}

fn verdict(
    request: &CapturedRequest,
    keys: &[KeyText],
    settings: &Settings,
    now: Timestamp,
    lang: Lang,
) -> Result<Verdict, Problem> {
    let verifier = verifier(keys, settings, now, lang)?;
    let mut head = RequestHead::new(request.target.as_deref().unwrap_or("/"));
    for (name, value) in &request.headers {
        head = head.header(name, value);
    }
    if let Some(length) = request.declared_length() {
        head = head.content_length(length);
    }
    let body = request.body.as_deref().unwrap_or_default();
    Ok(match verifier.verify_bytes(&head, body) {
        Ok(verified) => Verdict {
            reason: None,
            status: Status::Success,
            envelope: None,
            key_label: Some(verified.key_label().to_owned()),
            age_ms: Some(verified.timestamp_age_ms()),
        },
        Err(rejection) => Verdict {
            reason: Some(rejection.reason()),
            status: rejection.status(),
            envelope: serde_json::from_slice(&rejection.to_failure().to_json()).ok(),
            key_label: rejection.key_label().map(str::to_owned),
            age_ms: rejection.timestamp_age_ms(),
        },
    })
}

fn verifier(
    keys: &[KeyText],
    settings: &Settings,
    now: Timestamp,
    lang: Lang,
) -> Result<Verifier, Problem> {
    let labeled: Result<Vec<_>, Problem> =
        keys.iter().map(|key| Ok((key.label(), key.security_key(lang)?))).collect();
    let ring = KeyRing::new(labeled?).map_err(|error| {
        Problem::new(lang.pick("these keys make no ring", "키 목록을 만들 수 없습니다"))
            .source(error)
    })?;
    Verifier::builder()
        .key_ring(ring)
        .scheme(settings.scheme)
        .dangerously_wide_window(settings.window)
        .body_limit(settings.body_limit)
        // The body is here already. A limit may be as high as it likes.
        .buffer_budget(BufferBudget::new(u64::MAX))
        .clock(now)
        .build()
        .map_err(|error| {
            let words = lang.pick("no server can be set so", "서버에 쓸 수 없는 설정입니다");
            Problem::new(words).source(error)
        })
}
