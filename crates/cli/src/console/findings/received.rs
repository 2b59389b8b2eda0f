//! The findings of a request that was received.

use super::breaches;
use super::finding::Finding;
use crate::exchange::{Exchange, is_lookup, remarks};
use crate::lang::Words;
use crate::verdict::Verdict;

/// Returns the verdict, the faults of the envelope, and a contradiction between them.
pub(in crate::console) fn of(exchange: &Exchange, explanation: Option<&Words>) -> Vec<Finding> {
    let mut findings = vec![verdict(exchange, explanation)];
    if let Ok(answer) = &exchange.response
        && is_lookup(&exchange.request)
    {
        findings.extend(breaches(answer));
    }
    if let Some(remark) = remarks::of(exchange) {
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
