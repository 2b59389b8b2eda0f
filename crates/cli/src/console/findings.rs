//! The problems of a response, and what helps to find their cause.

use std::time::Duration;

use online_contact::{Scheme, Timestamp};
use serde::Serialize;

use super::settings::Settings;
use crate::agent::{AgentView, Breach};
use crate::captured::CapturedRequest;
use crate::exchange::{Exchange, is_lookup, remarks};
use crate::explain::{self, explain};
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::Words;
use crate::verdict::{Rules, Verdict};

/// A response with the agent's view of it.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) answer: &'a Answer,
    pub(super) view: AgentView,
}

impl<'a> Seen<'a> {
    pub(super) fn of(answer: &'a Answer) -> Self {
        Self { answer, view: AgentView::of(answer) }
    }
}

/// Returns the findings of a lookup that the console has sent.
pub(super) fn of_lookup(
    sent: &CapturedRequest,
    seen: &Seen<'_>,
    settings: &Settings,
    ring: &[KeyText],
) -> Vec<Finding> {
    let mut findings = breaches(&seen.view);
    findings.extend(items(&seen.view, settings));
    findings.extend(rejection(sent, seen, settings.scheme, ring));
    findings
}

/// Returns the faults of the envelope.
fn breaches(view: &AgentView) -> Vec<Finding> {
    let finding =
        |breach: &Breach| Finding::new(breach.id, breach.level.as_str(), breach.message.clone());
    view.breaches.iter().map(finding).collect()
}

/// Compares the result items with the members of `data`.
fn items(view: &AgentView, settings: &Settings) -> Vec<Finding> {
    let Some(data) = &view.data else {
        return Vec::new();
    };
    let known = |variable: &str| settings.result.iter().any(|item| item.variable == variable);
    let variables = settings.result.iter().map(|item| item.variable.as_str());
    let missing = variables.filter(|variable| !data.contains_key(*variable)).collect::<Vec<_>>();
    let unknown = data.keys().map(String::as_str).filter(|name| !known(name)).collect::<Vec<_>>();

    let mut findings = Vec::new();
    if !missing.is_empty() {
        findings.push(Finding::about("item_missing", "advice", &missing, |en, ko| {
            Words::new(
                format!("data has no value for the result items {en}: the agent sees them empty."),
                format!(
                    "결과 항목 {ko}의 값이 data에 없습니다. 상담원 화면에는 빈칸으로 보입니다."
                ),
            )
        }));
    }
    if !unknown.is_empty() {
        findings.push(Finding::about("item_unknown", "note", &unknown, |en, ko| {
            Words::new(
                format!("data has {en}, which no result item shows."),
                format!("data의 {ko}은(는) 결과 항목에 없어 표시되지 않습니다."),
            )
        }));
    }
    findings
}

/// The number of names that a text lists. All of them are in `names`.
const LISTED: usize = 5;

/// A problem, or a note.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// Stable, for scripts.
    id: &'static str,
    /// `error`, `advice`, or `note` for what is not a problem.
    level: &'static str,
    text: Words,
    /// The names that the text is about, if it does not list all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
}

impl Finding {
    pub(super) fn new(id: &'static str, level: &'static str, text: Words) -> Self {
        Self { id, level, text, names: Vec::new() }
    }

    /// Returns an entry about some names, whose text gets a short list of them.
    fn about(
        id: &'static str,
        level: &'static str,
        names: &[&str],
        text: impl FnOnce(&str, &str) -> Words,
    ) -> Self {
        let listed = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(LISTED);
        let (en, ko) = if more == 0 {
            (listed.clone(), listed)
        } else {
            (format!("{listed} and {more} more"), format!("{listed} 외 {more}개"))
        };
        let names = if more == 0 { &[][..] } else { names };
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Self { id, level, text: text(&en, &ko), names }
    }
}

/// Returns the verdict, the faults of the envelope, and a contradiction between them.
pub(super) fn of_received(
    exchange: &Exchange,
    seen: Option<&Seen<'_>>,
    explanation: Option<&Words>,
) -> Vec<Finding> {
    let mut findings = vec![verdict(exchange, explanation)];
    if let Some(seen) = seen.filter(|_| is_lookup(&exchange.request)) {
        findings.extend(breaches(&seen.view));
    }
    if let Some(remark) = remarks::remark(exchange) {
        findings.push(Finding::new(remark.id, "error", remark.text));
    }
    findings
}

fn verdict(exchange: &Exchange, explanation: Option<&Words>) -> Finding {
    match &exchange.verdict {
        Some(Verdict::Accepted(verified)) => {
            let label = verified.key_label();
            let text = Words::new(
                format!("The request is accepted. It is signed with the key {label}."),
                format!("요청이 통과했습니다. 키 {label}(으)로 서명되어 있습니다."),
            );
            Finding::new("accepted", "note", text)
        }
        Some(Verdict::Rejected(rejection)) => {
            let reason = rejection.reason();
            let text = Words::of(|lang| {
                let title = lang.pick("The request is rejected", "요청이 거부되었습니다");
                let lines = explanation.map_or("", |words| words.in_lang(lang));
                format!("{title}: {reason}\n{lines}").trim_end().to_owned()
            });
            Finding::new(reason.as_str(), "error", text)
        }
        None => {
            let text = Words::new(
                "There is no verdict: no key was set, or the body was not read to its end.",
                "판정이 없습니다. 키가 없었거나 본문을 끝까지 읽지 못했습니다.",
            );
            Finding::new("no_verdict", "note", text)
        }
    }
}

/// A difference of the clocks that is not reported.
const TOLERANCE_MS: i64 = 30_000;

/// The time for the search of a mistake, though there should be none to find.
const SEARCH: Duration = Duration::from_secs(1);

/// Returns nothing if the server did not reject the caller.
fn rejection(
    sent: &CapturedRequest,
    Seen { answer, view }: &Seen<'_>,
    scheme: Scheme,
    ring: &[KeyText],
) -> Vec<Finding> {
    let reason = view.rejection();
    if reason.is_none() && !matches!(answer.status.as_u16(), 401 | 403) {
        return Vec::new();
    }
    let named =
        reason.map(|reason| Finding::new(reason.as_str(), "error", remarks::remedy(reason)));
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
    let explanation = explain(sent, ring, &settings).ok()?;
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
