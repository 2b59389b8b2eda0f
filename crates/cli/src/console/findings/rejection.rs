//! Why a server rejects what this console signed.

mod reasons;

use std::time::Duration;

use serde_json::Value;

use super::Finding;
use crate::agent::AgentView;
use crate::captured::CapturedRequest;
use crate::console::lookup::Sent;
use crate::explain;
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::lang::Words;

/// Clocks may differ by so much without a word.
const TOLERANCE_MS: i64 = 30_000;

/// The protocol's.
const WINDOW: Duration = Duration::from_secs(300);

/// So long `explain` may look for a mistake, though there should be none to find.
const SEARCH: Duration = Duration::from_secs(1);

/// Nothing where the server did not reject the caller.
pub(super) fn of(sent: &Sent, answer: &Answer, ring: &[KeyText]) -> Vec<Finding> {
    let reason = AgentView::of(answer, Lang::En).rejection();
    if reason.is_none() && !matches!(answer.status.as_u16(), 401 | 403) {
        return Vec::new();
    }
    let named =
        reason.map(|reason| Finding::new(reason.as_str(), "error", reasons::remedy(reason)));
    named.into_iter().chain(clock(sent, answer)).chain(explanation(sent, ring)).collect()
}

/// How far the server's clock is off, if it says what time it is.
fn clock(sent: &Sent, answer: &Answer) -> Option<Finding> {
    let ahead = answer.date_ms()?.saturating_sub(sent.signed.timestamp().as_millis());
    if ahead.saturating_abs() <= TOLERANCE_MS {
        return None;
    }
    let seconds = Duration::from_millis(ahead.unsigned_abs()).as_secs();
    let text = if ahead > 0 {
        Words::new(
            format!(
                "By its Date header the server's clock is {seconds} s ahead of this machine's."
            ),
            format!("Date 헤더로 보면 서버의 시계가 이 컴퓨터보다 {seconds}초 빠릅니다."),
        )
    } else {
        Words::new(
            format!("By its Date header the server's clock is {seconds} s behind this machine's."),
            format!("Date 헤더로 보면 서버의 시계가 이 컴퓨터보다 {seconds}초 느립니다."),
        )
    };
    Some(Finding::new("clock_differs", "error", text))
}

/// What `explain` says of the request, as it was sent: if it is right, the fault is not in it.
fn explanation(sent: &Sent, ring: &[KeyText]) -> Option<Finding> {
    let settings = explain::Settings {
        scheme: sent.scheme,
        now: Some(sent.signed.timestamp()),
        window: WINDOW,
        body_limit: u64::MAX,
        proxy_prefix: None,
        time_limit: SEARCH,
        shows_progress: false,
    };
    let explanation = explain::explain(&captured(sent), ring, &settings, Lang::En).ok()?;
    let text = Words::of(|lang| {
        let told = explanation.to_json(lang);
        let verdict = match told.get("key").and_then(Value::as_str) {
            Some(label) if explanation.is_accepted() => lang
                .pick(
                    "explain: accepted as it was sent, key {}.",
                    "explain: 보낸 그대로 통과합니다(키 {}).",
                )
                .replace("{}", label),
            _ => lang
                .pick("explain: rejected as it was sent.", "explain: 보낸 그대로 거절됩니다.")
                .to_owned(),
        };
        let lines = ["advice", "notes"].into_iter().filter_map(|name| told.get(name)?.as_array());
        let lines = lines.flatten().filter_map(Value::as_str);
        std::iter::once(&*verdict).chain(lines).collect::<Vec<_>>().join("\n")
    });
    let level = if explanation.is_accepted() { "note" } else { "error" };
    Some(Finding::new("explain", level, text))
}

/// The request as if somebody had caught it on the way.
fn captured(sent: &Sent) -> CapturedRequest {
    let headers = sent.headers.iter();
    CapturedRequest {
        method: Some("POST".to_owned()),
        target: Some(sent.url.path().to_owned()),
        scheme: Some(sent.url.scheme().to_owned()),
        headers: headers.map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect(),
        body: Some(sent.body.clone()),
        ..CapturedRequest::default()
    }
}
