//! The agent's view of a response, and every fault of its envelope.
//!
//! The core's `EnvelopePolicy` decides whether a response may leave a server. This module names each
//! fault of a response that came from any server. A test compares the two.

mod check;

use online_contact::{Reason, Status};
use serde_json::{Map, Value, json};

use self::check::Checked;
pub(crate) use self::check::{Breach, Level};
use crate::http::Answer;
use crate::lang::{Lang, Words};
use crate::report::{BAD, DIM, GOOD, TITLE, WARN, json_line, paint, visible};
use crate::text::lossy;

/// A response as the agent's screen shows it.
#[derive(Clone, Debug)]
pub(crate) struct AgentView {
    /// The vendor's words for the status. In English, their meaning follows.
    pub(crate) words: Words,
    pub(crate) breaches: Vec<Breach>,
    /// The result of a success.
    pub(crate) data: Option<Map<String, Value>>,
    /// Code, message and detail of a failure.
    pub(crate) error: Option<(String, String, Option<String>)>,
}

impl AgentView {
    pub(crate) fn of(answer: &Answer) -> Self {
        let Checked { breaches, data, error } = check::check(answer);
        Self { words: words(answer.status.as_u16()), breaches, data, error }
    }

    /// Returns the reason, if the response is a rejection that names one. The agent reads a rejection
    /// with status 400 as "no result".
    pub(crate) fn rejection(&self) -> Option<Reason> {
        let (_, _, detail) = self.error.as_ref()?;
        let detail = detail.as_deref()?;
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == detail)
    }

    /// Returns whether Online Contact can read the response: there is no error, only advice.
    pub(crate) fn is_sound(&self) -> bool {
        self.breaches.iter().all(|breach| breach.level == Level::Advice)
    }
}

/// Returns the vendor's words for a status.
pub(crate) fn words(code: u16) -> Words {
    match Status::from_u16(code) {
        Some(status) => {
            let (ko, en) = (status.agent_message(), status.agent_message_en());
            Words::new(format!("{ko} (\"{en}\")"), ko)
        }
        None => Words::new(
            format!("(the vendor's document has no words for status {code})"),
            format!("(상태 {code}에 대한 문구가 OC 문서에 없습니다)"),
        ),
    }
}

/// Returns what the agent's screen shows.
pub(crate) fn seen_to_text(view: &AgentView, lang: Lang) -> String {
    let title = lang.pick("The agent sees:", "상담원 화면:");
    let mut text = format!("{} {}\n", paint(TITLE, title), view.words.in_lang(lang));
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
pub(crate) fn breaches_to_text(breaches: &[Breach], lang: Lang) -> String {
    if breaches.is_empty() {
        let text = lang.pick("The response keeps the envelope.", "응답이 규격에 맞습니다.");
        return paint(GOOD, text) + "\n";
    }
    breaches.iter().map(|breach| breach_line(breach, lang)).collect()
}

fn breach_line(breach: &Breach, lang: Lang) -> String {
    let (style, level) = match breach.level {
        Level::Error => (BAD, lang.pick("error", "오류")),
        Level::Advice => (WARN, lang.pick("advice", "권고")),
    };
    let id = paint(DIM, format!("[{}]", breach.id));
    format!(
        "{} {} {id}\n",
        paint(style, format!("{level}:")),
        visible(breach.message.in_lang(lang))
    )
}

/// Returns what the agent's screen shows.
pub(crate) fn seen_to_json(view: &AgentView, lang: Lang) -> Value {
    let error = view.error.as_ref().map(
        |(code, message, detail)| json!({ "code": code, "message": message, "detail": detail }),
    );
    json!({ "words": view.words.in_lang(lang), "data": view.data, "error": error })
}

pub(crate) fn breaches_to_json(breaches: &[Breach], lang: Lang) -> Value {
    breaches
        .iter()
        .map(|it| json!({ "id": it.id, "level": it.level.as_str(), "message": it.message.in_lang(lang) }))
        .collect()
}

/// Returns a response with its headers and its body.
pub(crate) fn response_to_json(answer: &Answer) -> Value {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| json!([name.as_str(), lossy(value.as_bytes())]));
    json!({
        "status": answer.status.as_u16(),
        "version": format!("{:?}", answer.version),
        "elapsed_ms": answer.elapsed_ms(),
        "headers": headers.collect::<Vec<_>>(),
        "body": lossy(&answer.body),
        "body_bytes": answer.body.len(),
        "truncated": answer.truncated,
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use bytes::Bytes;
    use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use http::{StatusCode, Version};
    use online_contact::{EnvelopePolicy, EnvelopeVerdict, ResponseHead};

    use super::*;
    use crate::secrets::Leaks;

    const BODIES: [&str; 22] = [
        r#"{"data":{"userName":"test"}}"#,
        r#"{"data":{}}"#,
        r#"{"data":null}"#,
        r#"{"data":[]}"#,
        r#"{"data":{"a":1}}"#,
        r#"{"data":{"a":"1"},"error":null}"#,
        r#"{"error":{"code":"911","message":"No.","detail":null}}"#,
        r#"{"error":{"code":911,"message":"No.","detail":"x"}}"#,
        r#"{"error":{"code":911.5,"message":"No.","detail":"x"}}"#,
        r#"{"error":{"code":true,"message":"No.","detail":null}}"#,
        r#"{"error":{"code":"1","message":1,"detail":null}}"#,
        r#"{"error":{"code":"1","message":"No."}}"#,
        r#"{"error":{"code":"1","message":"No.","detail":1}}"#,
        r#"{"error":{"message":"No.","detail":null}}"#,
        r#"{"error":{"code":"1","detail":null}}"#,
        r#"{"error":[]}"#,
        "{}",
        "[]",
        "null",
        "not found",
        "",
        "\u{feff}{\"data\":{}}",
    ];

    const CONTENT_TYPES: [Option<&str>; 5] = [
        None,
        Some("text/html"),
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some("application/problem+json"),
    ];

    fn answer(status: u16, content_type: Option<&'static str>, body: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(value) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            version: Version::HTTP_11,
            headers,
            body: Bytes::from_static(body.as_bytes()),
            elapsed: Duration::ZERO,
            arrived: SystemTime::UNIX_EPOCH,
            truncated: false,
            leaks: Leaks::default(),
        }
    }

    /// Every fault that the policy of the core corrects is reported here.
    #[test]
    fn what_is_sound_here_passes_the_policy_of_the_core() {
        let policy = EnvelopePolicy::default().strict(true);
        let mut sound = 0;
        for status in [200, 201, 204, 302, 400, 401, 403, 404, 422, 500, 503] {
            for content_type in CONTENT_TYPES {
                for body in BODIES {
                    if !AgentView::of(&answer(status, content_type, body)).is_sound() {
                        continue;
                    }
                    sound += 1;
                    let head =
                        ResponseHead::new(status).content_type(content_type.map(str::as_bytes));
                    let verdict = policy.judge(&head, Some(body.as_bytes()));
                    let passes = matches!(verdict, EnvelopeVerdict::Pass);
                    assert!(passes, "{status} {content_type:?} {body}: {verdict:?}");
                }
            }
        }
        assert!(sound > 20, "{sound}");
    }
}
