//! Invalid settings and their errors.

use std::error::Error;
use std::time::Duration;

use crate::support::{KEY, builder, key};
use online_contact::{BufferBudget, BuildError, KeyRingError, Verifier, VerifierBuilder};

const WINDOW: Duration = Duration::from_secs(300);

#[track_caller]
fn assert_rejected(builder: VerifierBuilder, expected: &BuildError, message: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(&error, expected);
    assert_eq!(error.to_string(), message);
}

/// The message is the ring's, and the error says that it is about the keys.
#[track_caller]
fn assert_no_ring(builder: VerifierBuilder, expected: KeyRingError, message: &str) {
    assert_eq!(expected.to_string(), message);
    assert_rejected(builder, &BuildError::Keys(expected), "invalid key ring");
}

#[test]
fn without_a_key_there_is_no_verifier() {
    assert_no_ring(
        Verifier::builder(),
        KeyRingError::NoKeys,
        "no security key, expected at least one",
    );
}

#[test]
fn a_label_must_not_be_empty() {
    assert_no_ring(
        Verifier::builder().labeled_key("", key(KEY)),
        KeyRingError::EmptyLabel,
        "a security key has an empty label, expected a name",
    );
}

#[test]
fn labels_must_differ() {
    assert_no_ring(
        Verifier::builder()
            .labeled_key("old", key("a"))
            .labeled_key("new", key("b"))
            .labeled_key("old", key("c")),
        KeyRingError::DuplicateLabel("old".to_owned()),
        r#"two security keys have the label "old": labels must differ"#,
    );
}

#[test]
fn a_label_given_by_place_can_be_taken_already() {
    assert_no_ring(
        Verifier::builder().labeled_key("key-2", key("a")).key(key("b")),
        KeyRingError::DuplicateLabel("key-2".to_owned()),
        r#"two security keys have the label "key-2": labels must differ"#,
    );
}

#[test]
fn an_error_of_the_ring_is_the_source() {
    let error = Verifier::builder().build().unwrap_err();
    let source = error.source().expect("a source").downcast_ref();
    assert_eq!(source, Some(&KeyRingError::NoKeys));
    assert!(BuildError::NoBodyLimit.source().is_none());
}

#[test]
fn a_window_is_at_least_a_millisecond() {
    for (window, shown) in [(Duration::ZERO, "0ns"), (Duration::from_nanos(999_999), "999.999µs")]
    {
        let message = format!("window is {shown}, expected at least 1ms");
        let expected = BuildError::WindowTooShort(window);
        assert_rejected(builder().window(window), &expected, &message);
        assert_rejected(builder().dangerously_wide_window(window), &expected, &message);
    }
    assert!(builder().window(Duration::from_millis(1)).build().is_ok());
}

#[test]
fn a_window_over_five_minutes_must_be_called_dangerous() {
    assert!(builder().window(WINDOW).build().is_ok());
    for (window, shown) in [
        (WINDOW + Duration::from_nanos(1), "300.000000001s"),
        (Duration::from_secs(301), "301s"),
        (Duration::MAX, "18446744073709551615.999999999s"),
    ] {
        assert_rejected(
            builder().window(window),
            &BuildError::WindowTooWide(window),
            &format!(
                "window is {shown}, expected at most 300s; \
                 opt in to a wider one with dangerously_wide_window"
            ),
        );
        assert!(builder().dangerously_wide_window(window).build().is_ok());
    }
}

#[test]
fn the_last_word_on_the_window_counts() {
    let wide = Duration::from_secs(301);
    let tamed = builder().dangerously_wide_window(wide).window(wide);
    assert_rejected(
        tamed,
        &BuildError::WindowTooWide(wide),
        "window is 301s, expected at most 300s; \
         opt in to a wider one with dangerously_wide_window",
    );
    let meant = builder().window(wide).dangerously_wide_window(wide);
    assert!(meant.build().is_ok());
}

#[test]
fn a_body_needs_room_and_time() {
    assert_rejected(
        builder().body_limit(0),
        &BuildError::NoBodyLimit,
        "body_limit must be greater than zero",
    );
    assert_rejected(
        builder().body_timeout(Duration::ZERO),
        &BuildError::NoBodyTimeout,
        "body_timeout must be greater than zero",
    );
    let least = builder().body_limit(1).body_timeout(Duration::from_nanos(1));
    assert!(least.build().is_ok());
}

#[test]
fn key_source_and_guard_need_a_timeout() {
    assert_rejected(
        builder().key_source_timeout(Duration::ZERO),
        &BuildError::NoKeySourceTimeout,
        "key_source_timeout must be greater than zero",
    );
    assert_rejected(
        builder().replay_guard_timeout(Duration::ZERO),
        &BuildError::NoReplayGuardTimeout,
        "replay_guard_timeout must be greater than zero",
    );
}

/// It would be rejected as overloaded for ever, however quiet the server is.
#[test]
fn the_longest_body_fits_into_the_budget() {
    let limited =
        |body, budget| builder().body_limit(body).buffer_budget(BufferBudget::new(budget));
    assert!(limited(8 * 1024 + 100, 100).build().is_ok());
    assert_rejected(
        limited(9_000, 100),
        &BuildError::BodyLimitOverBudget { body: 9_000, budget: 100 },
        "body_limit is 9000 bytes, expected no more than the body budget of 100 bytes",
    );
    let process_wide = BufferBudget::process_wide().limit();
    assert!(builder().body_limit(process_wide).build().is_ok());
    assert!(builder().body_limit(process_wide + 8 * 1024 + 1).build().is_err());
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    let verifier = builder().build().unwrap();
    assert_eq!(verifier.body_limit(), 1024 * 1024);
    assert_eq!(verifier.body_timeout(), Duration::from_secs(10));
    assert_eq!(verifier.drain_limit(), 16 * 1024 * 1024);
}
