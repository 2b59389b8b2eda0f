//! The output of `send` for scripts.

use std::path::Path;

use online_contact::Reason;
use serde_json::{Value, json};

use super::judged::Judged;
use super::request::Sent;
use crate::agent::json as agent;
use crate::outcome::Outcome;
use crate::text::lossy;

pub(super) fn of(sent: &Sent, judged: &Judged, capture: Option<&Path>) -> Value {
    json!({
        "request": request(sent),
        "response": agent::response(&judged.answer),
        "agent": agent::seen(&judged.view),
        "breaches": agent::breaches(&judged.view.breaches),
        "rejected": judged.view.rejection().map(Reason::as_str),
        "capture": capture,
        "outcome": match judged.outcome() {
            Outcome::Good => "good",
            Outcome::Finding => "finding",
        },
    })
}

/// Returns the output for a response that did not arrive completely.
pub(super) fn of_failure(sent: &Sent, why: &str, capture: Option<&Path>) -> Value {
    json!({
        "request": request(sent),
        "response": null,
        "failure": why,
        "capture": capture,
        "outcome": "finding",
    })
}

fn request(sent: &Sent) -> Value {
    let request = sent.shown();
    let headers = request.headers.iter().map(|(name, value)| json!([name, lossy(value)]));
    let signed = sent.signed.as_ref();
    json!({
        "url": sent.outgoing.url.as_str(),
        "method": request.method,
        "headers": headers.collect::<Vec<_>>(),
        "body": request.body.as_deref().map(lossy),
        "body_bytes": sent.outgoing.body.len(),
        "scheme": signed.map(|signed| signed.scheme.as_str()),
        "uri": signed.and_then(|signed| signed.signed_uri()),
        "timestamp": request.header("x-tc-timestamp").next().map(lossy),
        "key": signed.map(|signed| &signed.key_label),
    })
}
