//! The metrics, under the names that the crate's front page lists. `no_metrics.rs` replaces this file without the
//! feature, so that no caller needs to check for it.

use std::sync::Arc;

use ::metrics::{Key, Label, Level, Metadata, SharedString, counter, gauge, histogram};

use crate::envelope::status::Status;
use crate::rejection::Rejection;

const REQUESTS: &str = "online_contact_requests_total";
const AGE: &str = "online_contact_timestamp_age_seconds";

/// The counters of one key. They are built together with the key ring, so that a request that passes
/// allocates nothing for them.
pub(crate) struct KeyCounters {
    accepted: Key,
    passed_without_replay_guard: Key,
}

impl KeyCounters {
    pub(crate) fn new(label: &Arc<str>) -> Self {
        let requests = |outcome| {
            let labels = vec![
                Label::from_static_parts("outcome", outcome),
                Label::from_static_parts("reason", ""),
                Label::new("key", SharedString::from_shared(Arc::clone(label))),
            ];
            Key::from_parts(REQUESTS, labels)
        };
        Self {
            accepted: requests("accepted"),
            passed_without_replay_guard: requests("passed_without_replay_guard"),
        }
    }

    pub(crate) fn passed(&self, is_guarded: bool, age_ms: i64) {
        // The macro allocates for a label that is not a literal.
        if is_guarded {
            count(&self.accepted);
            histogram!(AGE, "outcome" => "accepted").record(seconds(age_ms));
        } else {
            count(&self.passed_without_replay_guard);
            histogram!(AGE, "outcome" => "passed_without_replay_guard").record(seconds(age_ms));
        }
    }
}

pub(crate) fn rejected(rejection: &Rejection) {
    let key = rejection.key_label().unwrap_or_default().to_owned();
    let reason = rejection.reason().as_str();
    counter!(REQUESTS, "outcome" => "rejected", "reason" => reason, "key" => key).increment(1);
    if let Some(age_ms) = rejection.timestamp_age_ms() {
        histogram!(AGE, "outcome" => "rejected").record(seconds(age_ms));
    }
}

pub(crate) fn body(bytes: u64) {
    histogram!("online_contact_body_bytes").record(float(bytes));
}

pub(crate) fn buffered(bytes: u64, limit: u64) {
    // Increments, because threads that set the sum could leave an old one.
    gauge!("online_contact_buffered_bytes").increment(float(bytes));
    gauge!("online_contact_buffer_limit_bytes").set(float(limit));
}

pub(crate) fn released(bytes: u64) {
    gauge!("online_contact_buffered_bytes").decrement(float(bytes));
}

pub(crate) fn response_replaced(status: Status) {
    let status = status.as_u16().to_string();
    counter!("online_contact_responses_replaced_total", "status" => status).increment(1);
}

pub(crate) fn keys_replaced() {
    counter!("online_contact_key_changes_total", "result" => "replaced").increment(1);
}

#[cfg(feature = "key-file")]
pub(crate) fn key_change_failed() {
    counter!("online_contact_key_changes_total", "result" => "failed").increment(1);
}

/// Increments a counter by its prepared key.
fn count(key: &Key) {
    static METADATA: Metadata<'_> =
        Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
    ::metrics::with_recorder(|recorder| recorder.register_counter(key, &METADATA).increment(1));
}

#[expect(clippy::cast_precision_loss, reason = "ages within the window are exact")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "no body is longer than 2^53 bytes")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}
