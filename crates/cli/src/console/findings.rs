//! What is wrong with an answer, and what helps to find out why.

mod rejection;

use serde::Serialize;

use super::lookup::Sent;
use super::settings::Settings;
use crate::agent::{AgentView, Breach};
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::lang::Words;

/// Something to know.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// Stable, for scripts.
    id: &'static str,
    /// `error`, `advice`, or `note` where nothing is wrong.
    level: &'static str,
    text: Words,
}

impl Finding {
    fn new(id: &'static str, level: &'static str, text: Words) -> Self {
        Self { id, level, text }
    }
}

pub(super) fn of(
    sent: &Sent,
    answer: &Answer,
    settings: &Settings,
    ring: &[KeyText],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(breaches(answer));
    findings.extend(items(answer, settings));
    findings.extend(rejection::of(sent, answer, ring));
    findings
}

/// The contract's check, in both languages.
fn breaches(answer: &Answer) -> Vec<Finding> {
    let [english, korean] = [Lang::En, Lang::Ko].map(|lang| AgentView::of(answer, lang).breaches);
    let finding = |(en, ko): (Breach, Breach)| {
        Finding::new(en.id, en.level.as_str(), Words::new(en.message, ko.message))
    };
    english.into_iter().zip(korean).map(finding).collect()
}

/// The result items against what is in `data`.
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
        let names = missing.join(", ");
        let text = Words::new(
            format!("data has nothing for the result items {names}: the agent sees them empty."),
            format!("결과 항목 {names}의 값이 data에 없습니다. 상담원 화면에는 빈칸으로 보입니다."),
        );
        findings.push(Finding::new("item_missing", "advice", text));
    }
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        let text = Words::new(
            format!("data has {names}, which no result item shows."),
            format!("data의 {names}은(는) 결과 항목에 없어 표시되지 않습니다."),
        );
        findings.push(Finding::new("item_unknown", "note", text));
    }
    findings
}
