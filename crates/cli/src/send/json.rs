//! The answer for machines.

use online_contact::Reason;
use serde_json::{Value, json};
use url::Url;

use super::answer::Judged;
use crate::agent::Breach;
use crate::http::Answer;
use crate::outcome::Outcome;
use crate::sign::Signed;

pub(super) fn of(url: &Url, signed: &Signed, judged: &Judged) -> Value {
    let view = &judged.view;
    let error = view.error.as_ref().map(
        |(code, message, detail)| json!({ "code": code, "message": message, "detail": detail }),
    );
    json!({
        "request": request(url, signed),
        "answer": answer(&judged.answer),
        "agent": { "words": view.words, "data": view.data, "error": error },
        "breaches": view.breaches.iter().map(breach).collect::<Vec<_>>(),
        "rejected": judged.view.rejection().map(Reason::as_str),
        "outcome": match judged.outcome() {
            Outcome::Good => "good",
            Outcome::Finding => "finding",
        },
    })
}

/// Of an answer that never came whole.
pub(super) fn of_failure(url: &Url, signed: &Signed, why: &str) -> Value {
    json!({
        "request": request(url, signed),
        "answer": null,
        "failure": why,
        "outcome": "finding",
    })
}

fn request(url: &Url, signed: &Signed) -> Value {
    json!({
        "url": url.as_str(),
        "scheme": signed.scheme.as_str(),
        "uri": signed.signed_uri(),
        "timestamp": signed.timestamp.to_string(),
        "key": signed.key_label,
        "body_bytes": signed.body.len(),
    })
}

fn answer(answer: &Answer) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| json!([name.as_str(), text(value.as_bytes())]));
    json!({
        "status": answer.status.as_u16(),
        "version": format!("{:?}", answer.version),
        "elapsed_ms": u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX),
        "headers": headers.collect::<Vec<_>>(),
        "body": text(&answer.body),
        "body_bytes": answer.body.len(),
        "truncated": answer.truncated,
    })
}

fn breach(breach: &Breach) -> Value {
    json!({ "id": breach.id, "level": breach.level.as_str(), "message": breach.message })
}
