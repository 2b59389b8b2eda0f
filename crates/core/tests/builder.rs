//! Settings that can't be, each with what it is told; and which key a request is told to match.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::error::Error;
use std::time::Duration;

use online_contact::{
    BufferBudget, BuildError, KeyError, KeyRing, KeyRingError, SecurityKey, Signer, Verifier,
    VerifierBuilder,
};
use support::{BODY, Headers, KEY, NOW, URI, builder, key};

const WINDOW: Duration = Duration::from_secs(300);

#[track_caller]
fn assert_refused(builder: VerifierBuilder, expected: &BuildError, message: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(&error, expected);
    assert_eq!(error.to_string(), message);
}

/// The message is the ring's, and the error says that it is about the keys.
#[track_caller]
fn assert_no_ring(builder: VerifierBuilder, expected: KeyRingError, message: &str) {
    assert_eq!(expected.to_string(), message);
    assert_refused(builder, &BuildError::Keys(expected), "the keys make no ring");
}

#[test]
fn without_a_key_there_is_no_verifier() {
    assert_no_ring(
        Verifier::builder(),
        KeyRingError::NoKeys,
        "no security key: expected at least one",
    );
}

#[test]
fn a_label_must_not_be_empty() {
    assert_no_ring(
        Verifier::builder().labelled_key("", key(KEY)),
        KeyRingError::EmptyLabel,
        "a security key has an empty label",
    );
}

#[test]
fn labels_must_differ() {
    assert_no_ring(
        Verifier::builder()
            .labelled_key("old", key("a"))
            .labelled_key("new", key("b"))
            .labelled_key("old", key("c")),
        KeyRingError::DuplicateLabel("old".to_owned()),
        r#"two security keys have the label "old": labels must differ"#,
    );
}

#[test]
fn a_label_given_by_place_can_be_taken_already() {
    assert_no_ring(
        Verifier::builder().labelled_key("key-2", key("a")).key(key("b")),
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
        let message = format!("the window is {shown}: expected at least 1ms");
        let expected = BuildError::WindowTooShort(window);
        assert_refused(builder().window(window), &expected, &message);
        assert_refused(builder().dangerously_wide_window(window), &expected, &message);
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
        assert_refused(
            builder().window(window),
            &BuildError::WindowTooWide(window),
            &format!(
                "the window is {shown}: expected at most 300s, \
                 or `dangerously_wide_window` to say that it is meant"
            ),
        );
        assert!(builder().dangerously_wide_window(window).build().is_ok());
    }
}

#[test]
fn the_last_word_on_the_window_counts() {
    let wide = Duration::from_secs(301);
    let tamed = builder().dangerously_wide_window(wide).window(wide);
    assert_refused(
        tamed,
        &BuildError::WindowTooWide(wide),
        "the window is 301s: expected at most 300s, \
         or `dangerously_wide_window` to say that it is meant",
    );
    let meant = builder().window(wide).dangerously_wide_window(wide);
    assert!(meant.build().is_ok());
}

#[test]
fn a_body_needs_room_and_time() {
    assert_refused(
        builder().body_limit(0),
        &BuildError::NoBodyLimit,
        "the body limit is 0 bytes: expected at least 1",
    );
    assert_refused(
        builder().body_timeout(Duration::ZERO),
        &BuildError::NoBodyTimeout,
        "the body timeout is 0s: expected more",
    );
    let least = builder().body_limit(1).body_timeout(Duration::from_nanos(1));
    assert!(least.build().is_ok());
}

#[test]
fn whoever_is_asked_needs_time() {
    assert_refused(
        builder().key_source_timeout(Duration::ZERO),
        &BuildError::NoKeySourceTimeout,
        "the key source timeout is 0s: expected more",
    );
    assert_refused(
        builder().replay_guard_timeout(Duration::ZERO),
        &BuildError::NoReplayGuardTimeout,
        "the replay guard timeout is 0s: expected more",
    );
}

/// It would be refused as overloaded for ever, however quiet the server is.
#[test]
fn the_longest_body_fits_into_the_budget() {
    let limited =
        |body, budget| builder().body_limit(body).buffer_budget(BufferBudget::new(budget));
    assert!(limited(100, 100).build().is_ok());
    assert_refused(
        limited(101, 100),
        &BuildError::BodyLimitOverBudget { body: 101, budget: 100 },
        "the body limit is 101 bytes, the buffer budget's 100: expected a body to fit into the budget",
    );
    let process_wide = BufferBudget::process_wide().limit();
    assert!(builder().body_limit(process_wide).build().is_ok());
    assert!(builder().body_limit(process_wide + 1).build().is_err());
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    let verifier = builder().build().unwrap();
    assert_eq!(verifier.body_limit(), 1024 * 1024);
    assert_eq!(verifier.body_timeout(), Duration::from_secs(10));
    assert_eq!(verifier.key_source_timeout(), Duration::from_secs(3));
    assert_eq!(verifier.replay_guard_timeout(), Duration::from_secs(3));
    assert_eq!(verifier.discard_limit(), 16 * 1024 * 1024);
}

#[test]
fn a_key_of_nothing_is_refused() {
    let message = "the security key is empty: expected the text of 암호화 키";
    for text in ["", " ", "\n", " \t\r\n "] {
        let error = SecurityKey::new(text).unwrap_err();
        assert_eq!(error, KeyError::Empty);
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(SecurityKey::from_bytes("").unwrap_err(), KeyError::Empty);
    assert!(SecurityKey::from_bytes(" ").is_ok());
}

/// Two keys are the same if what one signs passes under the other.
fn are_the_same(one: &SecurityKey, other: SecurityKey) -> bool {
    let headers = Headers::from(Signer::new(one).sign(URI, BODY, NOW));
    let verifier = Verifier::builder().key(other).clock(NOW).build().unwrap();
    verifier.verify(&headers.head(), BODY).is_ok()
}

#[test]
fn white_space_around_a_key_is_cut_off_and_in_it_kept() {
    for text in [" secret", "secret\n", "\r\n\tsecret \n"] {
        assert!(are_the_same(&key(text), key("secret")), "{text:?}");
        let exact = SecurityKey::from_bytes(text).unwrap();
        assert!(!are_the_same(&exact, key("secret")), "{text:?}");
    }
    assert!(!are_the_same(&key("sec ret"), key("secret")));
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let error = SecurityKey::from_env("OC_NO_SUCH_VARIABLE").unwrap_err();
    assert_eq!(error, KeyError::NotSet("OC_NO_SUCH_VARIABLE".to_owned()));
    assert_eq!(error.to_string(), "environment variable OC_NO_SUCH_VARIABLE is not set");
}

#[test]
fn a_variable_is_read_like_a_text() {
    // Cargo sets this one for every test that it runs.
    let from_env = SecurityKey::from_env("CARGO_MANIFEST_DIR").unwrap();
    let text = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    assert!(are_the_same(&from_env, key(&text)));
}

/// A program can't safely change its own environment, so this one starts itself again.
#[cfg(unix)]
#[test]
fn a_variable_that_is_empty_or_not_unicode_is_told_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::{Command, Stdio};

    const VARIABLE: &str = "OC_TEST_ODD_KEY";
    let here = "a_variable_that_is_empty_or_not_unicode_is_told_apart";

    match std::env::var_os(VARIABLE) {
        Some(value) if value.is_empty() => {
            let error = SecurityKey::from_env(VARIABLE).unwrap_err();
            assert_eq!(error, KeyError::Empty);
        }
        Some(_) => {
            let error = SecurityKey::from_env(VARIABLE).unwrap_err();
            assert_eq!(error, KeyError::NotUnicode(VARIABLE.to_owned()));
            let message = "environment variable OC_TEST_ODD_KEY is not Unicode text";
            assert_eq!(error.to_string(), message);
        }
        None => {
            for value in [&b""[..], b"\xff\xfe"] {
                let status = Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", here])
                    .env(VARIABLE, OsStr::from_bytes(value))
                    .stdout(Stdio::null())
                    .status()
                    .unwrap();
                assert!(status.success(), "{value:?}");
            }
        }
    }
}

#[test]
fn the_label_is_that_of_the_key_that_matched() {
    for size in 1..=6 {
        let texts: Vec<_> = (0..size).map(|n| format!("secret-{n}")).collect();
        let verifier = texts
            .iter()
            .fold(Verifier::builder().clock(NOW), |builder, text| {
                builder.labelled_key(format!("label of {text}"), key(text))
            })
            .build()
            .unwrap();
        for text in &texts {
            let headers = Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW));
            let verified = verifier.verify(&headers.head(), BODY).unwrap();
            assert_eq!(verified.key_label(), format!("label of {text}"));
        }
        let stranger = Headers::from(Signer::new(&key("another")).sign(URI, BODY, NOW));
        assert!(verifier.verify(&stranger.head(), BODY).is_err(), "{size}");
    }
}

#[test]
fn keys_without_a_label_are_called_by_their_place() {
    let verifier = Verifier::builder()
        .key(key("a"))
        .labelled_key("retiring", key("b"))
        .key(key("c"))
        .clock(NOW)
        .build()
        .unwrap();
    for (text, label) in [("a", "key-1"), ("b", "retiring"), ("c", "key-3")] {
        let headers = Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW));
        let verified = verifier.verify(&headers.head(), BODY).unwrap();
        assert_eq!(verified.key_label(), label);
    }
}

#[test]
fn a_ring_has_the_same_rules() {
    let ring = |labels: &[&str]| {
        KeyRing::new(labels.iter().map(|label| (*label, key(label))))
            .map(|ring| ring.labels().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(ring(&[]), Err(KeyRingError::NoKeys));
    assert_eq!(ring(&["b", "a"]), Ok(vec!["b".to_owned(), "a".to_owned()]));
    let twice = KeyRingError::DuplicateLabel("a".to_owned());
    assert_eq!(ring(&["a", "b", "a"]), Err(twice));
}
