//! The report of `--json`: one value.

use serde_json::{Value, json};

use crate::doctor::finding::{Examination, Finding, Note, Seen};
use crate::doctor::mark::Mark;
use crate::lang::Lang;

pub(super) fn examination(examination: &Examination<'_>, lang: Lang) -> Value {
    let count = |mark| examination.count(mark);
    json!({
        "url": examination.url.as_str(),
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": examination.took.as_secs_f64(),
        "summary": {
            "pass": count(Mark::Pass),
            "fail": count(Mark::Fail),
            "advice": count(Mark::Advice),
            "skipped": count(Mark::Skipped),
        },
        "probes": examination.findings.iter().map(|it| finding(it, lang)).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding, lang: Lang) -> Value {
    let (response, agent, silence) = match &finding.seen {
        Some(Seen::Answer(seen)) => (response(seen), Some(&*seen.1.words), None),
        Some(Seen::Nothing { why, .. }) => (Value::Null, None, Some(&**why)),
        None => (Value::Null, None, None),
    };
    json!({
        "id": finding.probe.id,
        "title": finding.probe.title.in_lang(lang),
        "result": finding.verdict.mark.as_str(),
        "severity": finding.probe.severity.as_str(),
        "expected": finding.expected,
        "response": response,
        "no_response": silence,
        "agent_sees": agent.filter(|_| finding.probe.expect.is_seen_by_agents()),
        "variants": finding.variants,
        "notes": finding.verdict.notes.iter().map(note).collect::<Vec<_>>(),
    })
}

fn response(seen: &(crate::http::Answer, crate::agent::AgentView)) -> Value {
    let (answer, view) = seen;
    let error = view.error.as_ref();
    json!({
        "status": answer.status.as_u16(),
        "code": error.map(|(code, ..)| code),
        "message": error.map(|(_, message, _)| message),
        "detail": error.and_then(|(.., detail)| detail.as_ref()),
        "milliseconds": answer.elapsed.as_secs_f64() * 1_000.0,
    })
}

fn note(note: &Note) -> Value {
    json!({ "level": note.mark.as_str(), "breach": note.breach, "text": note.text })
}
