//! The verdict of a server of this project.

use online_contact::{
    BufferBudget, Clock, KeyRing, Reason, RequestHead, Status, SystemClock, Timestamp, Verifier,
};
use serde_json::Value;

use super::settings::Settings;
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::outcome::Problem;

/// The verdict at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// The reason of a rejection; `None` if accepted.
    pub(super) reason: Option<Reason>,
    pub(super) status: Status,
    /// The envelope of the response to a rejection.
    pub(super) envelope: Option<Value>,
    /// The label of the key that matched.
    pub(super) key_label: Option<String>,
    pub(super) age_ms: Option<i64>,
}

/// The verdict at the given moment, and at the request's own.
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
        let now = Judge::new(keys, settings, moment, lang)?.verdict(request);
        let its_age = [Some(Reason::TimestampExpired), Some(Reason::TimestampInFuture)];
        let at_its_own_time = signed_at(request)
            .filter(|_| its_age.contains(&now.reason))
            .map(|moment| Ok(Judge::new(keys, settings, moment, lang)?.verdict(request)))
            .transpose()?;
        Ok(Self { now, at_its_own_time })
    }

    /// The verdict to be explained: the age of an old capture is not.
    pub(super) fn decisive(&self) -> &Verdict {
        self.at_its_own_time.as_ref().unwrap_or(&self.now)
    }
}

/// The moment in `X-TC-Timestamp`, where it is one.
pub(super) fn signed_at(request: &CapturedRequest) -> Option<Timestamp> {
    Timestamp::parse(request.header("x-tc-timestamp").next()?).ok()
}

/// A server at a moment.
pub(super) struct Judge(Verifier);

impl Judge {
    pub(super) fn new(
        keys: &[KeyText],
        settings: &Settings,
        now: Timestamp,
        lang: Lang,
    ) -> Result<Self, Problem> {
        verifier(keys, settings, now, lang).map(Self)
    }

    /// Returns whether the request passes with this body, which is then the whole body.
    pub(super) fn accepts(&self, request: &CapturedRequest, body: &[u8]) -> bool {
        self.0.verify_bytes(&head(request), body).is_ok()
    }

    fn verdict(&self, request: &CapturedRequest) -> Verdict {
        let mut head = head(request);
        if let Some(length) = request.declared_length() {
            head = head.content_length(length);
        }
        let body = request.body.as_deref().unwrap_or_default();
        match self.0.verify_bytes(&head, body) {
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
        }
    }
}

fn head(request: &CapturedRequest) -> RequestHead<'_> {
    let head = RequestHead::new(request.target.as_deref().unwrap_or("/"));
    request.headers.iter().fold(head, |head, (name, value)| head.header(name, value))
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
        Problem::new(lang.pick("invalid key ring", "키 목록을 만들 수 없습니다")).source(error)
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
            let words = lang.pick("invalid settings", "서버에 쓸 수 없는 설정입니다");
            Problem::new(words).source(error)
        })
}
