//! The reason why a server rejects what the console has signed.

use std::time::Duration;

use online_contact::{Scheme, Timestamp};

use super::finding::Finding;
use crate::agent::AgentView;
use crate::captured::CapturedRequest;
use crate::exchange::reasons;
use crate::explain::{self, explain};
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::{Lang, Words};
use crate::verdict::Rules;

/// A difference of the clocks that is not reported.
const TOLERANCE_MS: i64 = 30_000;

/// The time for the search of a mistake, though there should be none to find.
const SEARCH: Duration = Duration::from_secs(1);

/// Returns nothing if the server did not reject the caller.
pub(super) fn of(
    sent: &CapturedRequest,
    answer: &Answer,
    scheme: Scheme,
    ring: &[KeyText],
) -> Vec<Finding> {
    let reason = AgentView::of(answer, Lang::En).rejection();
    if reason.is_none() && !matches!(answer.status.as_u16(), 401 | 403) {
        return Vec::new();
    }
    let named =
        reason.map(|reason| Finding::new(reason.as_str(), "error", reasons::remedy(reason)));
    let Some(signed_at) = sent.signed_at() else {
        return named.into_iter().collect();
    };
    let explained = explanation(sent, signed_at, scheme, ring);
    named.into_iter().chain(clock(signed_at, answer)).chain(explained).collect()
}

/// Compares the clocks, if the server reports its time.
fn clock(signed_at: Timestamp, answer: &Answer) -> Option<Finding> {
    let ahead = answer.date_ms()?.saturating_sub(signed_at.as_millis());
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

/// Explains the request as it was sent: if it is right, the server is wrong.
fn explanation(
    sent: &CapturedRequest,
    signed_at: Timestamp,
    scheme: Scheme,
    ring: &[KeyText],
) -> Option<Finding> {
    let rules = Rules { body_limit: u64::MAX, ..Rules::of(scheme) };
    let settings = explain::Settings::new(rules, signed_at, SEARCH);
    let explanation = explain(sent, ring, &settings, Lang::En).ok()?;
    let accepted = explanation.is_accepted();
    let advice = explanation.summary();
    let text = Words::of(|lang| {
        let verdict = if accepted {
            lang.pick("explain: accepted as it was sent.", "explain: 보낸 그대로 통과합니다.")
        } else {
            lang.pick("explain: rejected as it was sent.", "explain: 보낸 그대로 거부됩니다.")
        };
        format!("{verdict}\n{}", advice.in_lang(lang))
    });
    Some(Finding::new("explain", if accepted { "note" } else { "error" }, text))
}
