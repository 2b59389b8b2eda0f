//! An envelope check in JSON, for scripts.

use serde_json::{Value, json};

use super::{AgentView, Breach};
use crate::http::Answer;
use crate::text::lossy;

/// Returns what the agent's screen shows.
pub(crate) fn seen(view: &AgentView) -> Value {
    let error = view.error.as_ref().map(
        |(code, message, detail)| json!({ "code": code, "message": message, "detail": detail }),
    );
    json!({ "words": view.words, "data": view.data, "error": error })
}

pub(crate) fn breaches(breaches: &[Breach]) -> Value {
    breaches
        .iter()
        .map(|it| json!({ "id": it.id, "level": it.level.as_str(), "message": it.message }))
        .collect()
}

/// Returns a response with its headers and its body.
pub(crate) fn response(answer: &Answer) -> Value {
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
