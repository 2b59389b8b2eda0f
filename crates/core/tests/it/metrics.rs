//! Metrics, as an exporter receives them.

use std::collections::BTreeMap;

use crate::support::{
    BODY, Headers, KEY, NOW, Never, Script, Step, Unavailable, builder, chunk, key, poll_to_end,
    verifier,
};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use online_contact::{
    BufferBudget, EnvelopePolicy, KeyRing, MemoryReplayGuard, Reason, ResponseHead, Timestamp,
    Verifier,
};

/// `name{label="value"}` and what was recorded under it.
fn recorded(run: impl FnOnce()) -> BTreeMap<String, Vec<f64>> {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, run);
    let found = recorder.snapshotter().snapshot().into_vec().into_iter();
    found.map(|(key, _, _, value)| (name(key.key()), values(value))).collect()
}

fn name(key: &metrics::Key) -> String {
    let mut labels: Vec<_> =
        key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    labels.sort();
    format!("{} {}", key.name().trim_start_matches("online_contact_"), labels.join(" "))
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn values(value: DebugValue) -> Vec<f64> {
    match value {
        DebugValue::Counter(count) => vec![count as f64],
        DebugValue::Gauge(value) => vec![value.into_inner()],
        DebugValue::Histogram(values) => values.into_iter().map(Into::into).collect(),
    }
}

fn table(rows: &[(&str, &[f64])]) -> BTreeMap<String, Vec<f64>> {
    rows.iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect()
}

/// Handles a request as an adapter does.
fn ask(verifier: &Verifier, headers: &Headers) {
    match verifier.verify_bytes(&headers.head(), BODY) {
        Ok(_) => {}
        Err(rejection) => drop(verifier.reject(&rejection)),
    }
}

/// Signed two seconds before [`NOW`].
fn signed() -> Headers {
    Headers::signed_at(Timestamp::from_millis(NOW.as_millis() - 2_000), BODY)
}

const LENGTH: f64 = 32.0;

#[test]
fn an_accepted_request_counts_under_its_key() {
    let found = recorded(|| ask(&verifier(), &signed()));
    let expected = table(&[
        ("requests_total key=key-1 outcome=accepted reason=", &[1.0]),
        ("timestamp_age_seconds outcome=accepted", &[2.0]),
        ("body_bytes ", &[LENGTH]),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn a_rejected_request_counts_under_its_reason() {
    let other = Verifier::builder().key(key("another")).clock(NOW).build().unwrap();
    let found = recorded(|| ask(&other, &signed()));
    let reason = Reason::SignatureMismatch.as_str();
    let counter = format!("requests_total key= outcome=rejected reason={reason}");
    let age = ("timestamp_age_seconds outcome=rejected", &[2.0][..]);
    assert_eq!(found, table(&[(&counter, &[1.0]), age]));
}

#[test]
fn without_a_timestamp_there_is_no_age() {
    let rejected = || drop(verifier().reject(&Reason::TimestampMissing.into()));
    let counter = "requests_total key= outcome=rejected reason=timestamp_missing";
    assert_eq!(recorded(rejected), table(&[(counter, &[1.0])]));
}

#[test]
fn a_replay_is_rejected_under_the_key_that_it_matched() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let found = recorded(|| (0..2).for_each(|_| ask(&verifier, &signed())));
    assert_eq!(found["requests_total key=key-1 outcome=accepted reason="], [1.0]);
    assert_eq!(found["requests_total key=key-1 outcome=rejected reason=replayed"], [1.0]);
    assert_eq!(found["body_bytes "], [LENGTH, LENGTH]);
}

#[test]
fn a_request_that_passes_without_the_guard_has_its_own_outcome() {
    let guarded = builder().replay_guard(Unavailable).dangerously_pass_without_replay_guard(true);
    let verifier = guarded.build().unwrap();
    let found = recorded(|| ask(&verifier, &signed()));
    let expected = table(&[
        ("requests_total key=key-1 outcome=passed_without_replay_guard reason=", &[1.0]),
        ("timestamp_age_seconds outcome=passed_without_replay_guard", &[2.0]),
        ("body_bytes ", &[LENGTH]),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn bytes_are_buffered_until_the_verdict() {
    let verifier =
        builder().body_limit(9_000).buffer_budget(BufferBudget::new(1_000)).build().unwrap();
    let headers = signed();
    let head = headers.head();
    let stalled =
        || Script::new([chunk(vec![b'x'; 8 * 1024]), chunk(vec![b'x'; 100]), Step::Stall]);
    let mut body = stalled();
    let verify = verifier.verify(&head, &mut body, &Never);
    let mut verify = Box::pin(verify);
    let reserved = recorded(|| {
        assert!(poll_to_end(&mut verify, 1).is_none());
    });
    // The first 8 KiB are free.
    assert_eq!(reserved["buffered_bytes "], [100.0]);
    assert_eq!(reserved["buffer_limit_bytes "], [1_000.0]);
    let released = recorded(|| drop(verify));
    assert_eq!(released["buffered_bytes "], [-100.0]);
}

#[test]
fn a_replaced_answer_counts_under_the_status_that_leaves() {
    let judge = |status| {
        let head = ResponseHead::new(status).content_type(Some(b"text/plain"));
        drop(EnvelopePolicy::default().judge(&head, Some(b"no envelope")));
    };
    let found = recorded(|| [422, 401, 200].into_iter().for_each(judge));
    let expected = table(&[
        ("responses_replaced_total status=400", &[1.0]),
        ("responses_replaced_total status=403", &[1.0]),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn replaced_keys_count() {
    let verifier = verifier();
    let ring = KeyRing::new([("next", key(KEY))]).unwrap();
    let found = recorded(|| verifier.replace_keys(ring).unwrap());
    assert_eq!(found, table(&[("key_changes_total result=replaced", &[1.0])]));
    let found = recorded(|| ask(&verifier, &signed()));
    assert_eq!(found["requests_total key=next outcome=accepted reason="], [1.0]);
}

#[cfg(feature = "key-file")]
#[test]
fn a_key_file_that_cannot_be_used_counts_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    std::fs::write(&path, KEY).unwrap();
    let verifier = verifier();
    let file = online_contact::KeyFile::new(&path);
    // So seldom that only this test looks.
    let watch = || file.watch(&verifier, std::time::Duration::from_secs(3_600)).unwrap();
    let found = recorded(|| drop(watch()));
    assert_eq!(found, table(&[("key_changes_total result=replaced", &[1.0])]), "another ring");
    let built = Verifier::builder().key_ring(file.read().unwrap()).build().unwrap();
    let found = recorded(|| drop(file.watch(&built, std::time::Duration::from_secs(3_600))));
    assert!(found.is_empty(), "the ring of the file: {found:?}");
    let watch = watch();
    let found = recorded(|| {
        std::fs::write(&path, "").unwrap();
        watch.check().unwrap_err();
        watch.check().unwrap_err();
    });
    assert_eq!(found, table(&[("key_changes_total result=failed", &[1.0])]));
}
