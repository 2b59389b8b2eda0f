//! An envelope check in words for a terminal.

use serde_json::Value;

use super::{AgentView, Breach, Level};
use crate::lang::Lang;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};

/// Returns what the agent's screen shows.
pub(crate) fn seen(view: &AgentView, lang: Lang) -> String {
    let title = lang.pick("The agent sees:", "상담원 화면:");
    let mut text = format!("{} {}\n", paint(TITLE, title), view.words);
    for (name, value) in view.data.iter().flatten() {
        let value = match value {
            Value::String(text) => visible(text),
            Value::Null => String::new(),
            other => json_line(other),
        };
        text += &format!("  {}: {value}\n", visible(name));
    }
    text
}

/// Returns a line for each breach of the envelope, or one that reports that there is none.
pub(crate) fn breaches(breaches: &[Breach], lang: Lang) -> String {
    if breaches.is_empty() {
        let text = lang.pick("The response keeps the envelope.", "응답이 규격에 맞습니다.");
        return paint(GOOD, text) + "\n";
    }
    breaches.iter().map(|breach| line(breach, lang)).collect()
}

fn line(breach: &Breach, lang: Lang) -> String {
    let (style, level) = match breach.level {
        Level::Error => (BAD, lang.pick("error", "오류")),
        Level::Advice => (WARN, lang.pick("advice", "권고")),
    };
    let id = paint(DIM, format!("[{}]", breach.id));
    format!("{} {} {id}\n", paint(style, format!("{level}:")), visible(&breach.message))
}
