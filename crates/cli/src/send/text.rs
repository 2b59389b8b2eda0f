//! The output of `send` for people.

use std::path::Path;

use http::HeaderMap;
use serde_json::Value;

use super::judged::Judged;
use super::request::Sent;
use crate::agent::text::{breaches, seen};
use crate::lang::Lang;
use crate::outcome::Outcome;
use crate::report::{BAD, DIM, GOOD, TITLE, paint, pretty_json, visible, visible_lines};

/// The number of bytes that are shown of a body that is not an envelope.
const SHOWN: usize = 2048;

/// The number of characters that are shown of the value of a header.
const SHOWN_OF_HEADER: usize = 120;

/// The headers that describe the body.
const SHOWN_HEADERS: [&str; 5] =
    ["content-type", "content-encoding", "content-length", "location", "server"];

pub(super) fn of(sent: &Sent, judged: &Judged, capture: Option<&Path>, lang: Lang) -> String {
    let mut blocks = vec![head(judged), body(judged, lang), seen(&judged.view, lang)];
    if let Some(reason) = judged.view.rejection() {
        let reason = reason.as_str();
        let en = format!("The request was rejected: {reason}.");
        let ko = format!("요청이 거부되었습니다: {reason}.");
        blocks.push(paint(BAD, lang.pick(en, ko)) + "\n");
    }
    blocks.push(breaches(&judged.view.breaches, lang));
    blocks.push(saved(sent, capture, lang));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// Returns the output for a response that did not arrive completely.
pub(super) fn of_failure(sent: &Sent, why: &str, capture: Option<&Path>, lang: Lang) -> String {
    let title = lang.pick("No complete response: ", "응답을 끝까지 받지 못했습니다: ");
    let saved = saved(sent, capture, lang);
    let blank = if saved.is_empty() { "" } else { "\n" };
    format!("{}{}\n{blank}{saved}", paint(BAD, title), visible(why))
}

/// Returns the request with all headers, and the signed bytes.
pub(super) fn request(sent: &Sent, lang: Lang) -> String {
    let request = sent.shown();
    let method = request.method.unwrap_or_default();
    let target = request.target.unwrap_or_default();
    let version = sent.outgoing.version();
    let mut text = paint(TITLE, format!("{method} {} {version}", visible(&target))) + "\n";
    for (name, value) in &request.headers {
        let line = format!("{name}: {}", visible(&String::from_utf8_lossy(value)));
        text += &(paint(DIM, line) + "\n");
    }
    let body = request.body.unwrap_or_default();
    if !body.is_empty() {
        text += &format!("\n{}", beginning(&body, lang));
    }
    if let Some(signed) = &sent.signed {
        let uri = signed.signed_uri().map(|uri| format!("{uri} + ")).unwrap_or_default();
        let (key, bytes, time) = (visible(&signed.key_label), body.len(), signed.timestamp);
        let en = format!("signed with the key {key}: {uri}{bytes} bytes of body + {time}");
        let ko = format!("키 {key}(으)로 서명: {uri}본문 {bytes}바이트 + {time}");
        text += &format!("\n{}\n", paint(DIM, lang.pick(en, ko)));
    }
    text + "\n"
}

fn saved(sent: &Sent, capture: Option<&Path>, lang: Lang) -> String {
    let Some(path) = capture.map(|path| path.display().to_string()) else { return String::new() };
    let title = lang.pick("Capture saved. To explain it:", "캡처를 저장했습니다. 원인을 찾으려면:");
    let signs_uri = sent.signed.as_ref().is_some_and(|signed| signed.signed_uri().is_some());
    let scheme = if signs_uri { " --scheme uri_body_time" } else { "" };
    format!("{title}\n  online-contact explain --request {}{scheme}\n", visible(&path))
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
        // An object with a duplicate key would lose one of the two.
        Ok(json) if !judged.view.breaches.iter().any(|breach| breach.id == "duplicate_key") => {
            pretty_json(&json) + "\n"
        }
        _ if answer.body.is_empty() => String::new(),
        _ => beginning(&answer.body, lang),
    }
}

fn beginning(body: &[u8], lang: Lang) -> String {
    let shown = body.get(..SHOWN).unwrap_or(body);
    let mut text = visible_lines(&String::from_utf8_lossy(shown)) + "\n";
    let more = body.len() - shown.len();
    if more > 0 {
        let en = format!("… and {more} bytes more");
        let ko = format!("… 그 밖에 {more}바이트");
        text += &(paint(DIM, lang.pick(en, ko)) + "\n");
    }
    text
}
