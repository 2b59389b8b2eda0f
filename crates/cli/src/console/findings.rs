//! The problems of a response, and what helps to find their cause.

mod finding;
mod received;
mod rejection;

pub(super) use self::finding::Finding;
pub(super) use self::received::of as of_received;
use super::settings::Settings;
use crate::agent::{AgentView, Breach};
use crate::captured::CapturedRequest;
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::{Lang, Words};

/// Returns the findings of a lookup that the console has sent.
pub(super) fn of_lookup(
    sent: &CapturedRequest,
    answer: &Answer,
    settings: &Settings,
    ring: &[KeyText],
) -> Vec<Finding> {
    let mut findings = breaches(answer);
    findings.extend(items(answer, settings));
    findings.extend(rejection::of(sent, answer, settings.scheme, ring));
    findings
}

/// Checks the envelope, in both languages.
fn breaches(answer: &Answer) -> Vec<Finding> {
    let [english, korean] = [Lang::En, Lang::Ko].map(|lang| AgentView::of(answer, lang).breaches);
    let finding = |(en, ko): (Breach, Breach)| {
        Finding::new(en.id, en.level.as_str(), Words::new(en.message, ko.message))
    };
    english.into_iter().zip(korean).map(finding).collect()
}

/// Compares the result items with the members of `data`.
fn items(answer: &Answer, settings: &Settings) -> Vec<Finding> {
    let Some(data) = AgentView::of(answer, Lang::En).data else {
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
