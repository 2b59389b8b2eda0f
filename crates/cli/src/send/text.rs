//! The answer for people.

use http::HeaderMap;
use serde_json::Value;

use super::answer::Judged;
use crate::agent::{Breach, Level};
use crate::http::Answer;
use crate::lang::Lang;
use crate::outcome::Outcome;
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, paint, pretty_json, visible, visible_lines};

/// So much of a body is shown that is no envelope.
const SHOWN: usize = 2048;

/// So much of a header's value is shown.
const SHOWN_OF_HEADER: usize = 120;

/// The headers that say how the body is to be read.
const SHOWN_HEADERS: [&str; 5] =
    ["content-type", "content-encoding", "content-length", "location", "server"];

pub(super) fn of(judged: &Judged, lang: Lang) -> String {
    let mut blocks = vec![head(judged), body(judged, lang), agent(judged, lang)];
    if let Some(reason) = judged.view.rejection() {
        let en = format!("The request was rejected: {}. `explain` can say why.", reason.as_str());
        let ko = format!(
            "요청이 거절되었습니다: {}. explain 명령으로 원인을 찾을 수 있습니다.",
            reason.as_str()
        );
        blocks.push(paint(BAD, lang.pick(en, ko)) + "\n");
    }
    blocks.push(breaches(&judged.view.breaches, lang));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// Of an answer that never came whole.
pub(super) fn of_failure(why: &str, lang: Lang) -> String {
    let title = lang.pick("No whole answer came: ", "온전한 응답을 받지 못했습니다: ");
    format!("{}{}\n", paint(BAD, title), visible(why))
}

fn head(judged: &Judged) -> String {
    let answer = &judged.answer;
    let style = if judged.outcome() == Outcome::Good { GOOD } else { BAD };
    let version = format!("{:?}", answer.version);
    let time = format!("{} ms", answer.elapsed.as_millis());
    let status = paint(style, answer.status.to_string());
    format!("{status}  {}\n{}", paint(DIM, format!("{version}  {time}")), headers(&answer.headers))
}

fn headers(headers: &HeaderMap) -> String {
    let shown = headers.iter().filter(|(name, _)| SHOWN_HEADERS.contains(&name.as_str()));
    let lines = shown.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let cut = value.chars().take(SHOWN_OF_HEADER).collect::<String>();
        let more = if cut.len() < value.len() { "…" } else { "" };
        paint(DIM, format!("{name}: {}{more}", visible(&cut))) + "\n"
    });
    lines.collect()
}

fn body(judged: &Judged, lang: Lang) -> String {
    let answer = &judged.answer;
    match serde_json::from_slice::<Value>(&answer.body) {
        // An object with a key twice would lose one of them.
        Ok(json) if !judged.view.breaches.iter().any(|breach| breach.id == "duplicate_key") => {
            pretty_json(&json) + "\n"
        }
        _ => beginning(answer, lang),
    }
}

fn beginning(answer: &Answer, lang: Lang) -> String {
    if answer.body.is_empty() {
        return String::new();
    }
    let shown = answer.body.get(..SHOWN).unwrap_or(&answer.body);
    let mut text = visible_lines(&String::from_utf8_lossy(shown)) + "\n";
    let more = answer.body.len() - shown.len();
    if more > 0 {
        let en = format!("… and {more} bytes more that were read");
        let ko = format!("… 그 밖에 읽은 {more}바이트");
        text += &(paint(DIM, lang.pick(en, ko)) + "\n");
    }
    text
}

fn agent(judged: &Judged, lang: Lang) -> String {
    let title = lang.pick("The agent sees:", "상담원 화면:");
    let mut text = format!("{} {}\n", paint(TITLE, title), judged.view.words);
    for (name, value) in judged.view.data.iter().flatten() {
        let value = match value {
            Value::String(text) => visible(text).into_owned(),
            Value::Null => String::new(),
            other => crate::report::json_line(other),
        };
        text += &format!("  {}: {value}\n", visible(name));
    }
    text
}

fn breaches(breaches: &[Breach], lang: Lang) -> String {
    if breaches.is_empty() {
        let text = lang.pick("The answer keeps the contract.", "응답이 규격에 맞습니다.");
        return paint(GOOD, text) + "\n";
    }
    let lines = breaches.iter().map(|breach| {
        let (style, level) = match breach.level {
            Level::Error => (BAD, lang.pick("error", "오류")),
            Level::Advice => (WARN, lang.pick("advice", "권고")),
        };
        let id = paint(DIM, format!("[{}]", breach.id));
        format!("{} {} {id}\n", paint(style, format!("{level}:")), visible(&breach.message))
    });
    lines.collect()
}
