//! Valid and invalid keys, and the label of the key that matches.

use crate::support::{BODY, Headers, KEY, NOW, URI, key, logs};
use online_contact::{KeyError, KeyRing, KeyRingError, KeyWarning, SecurityKey, Signer, Verifier};

#[test]
fn a_key_of_nothing_is_rejected() {
    let message = "the security key is empty, expected the text of 암호화 키";
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
    verifier.verify_bytes(&headers.head(), BODY).is_ok()
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
fn an_empty_variable_and_one_that_is_not_unicode_are_distinguished() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    const VARIABLE: &str = "OC_TEST_ODD_KEY";
    let here = "keys::an_empty_variable_and_one_that_is_not_unicode_are_distinguished";

    match std::env::var_os(VARIABLE) {
        Some(value) if value.is_empty() => {
            let error = SecurityKey::from_env(VARIABLE).unwrap_err();
            assert_eq!(error, KeyError::Empty);
        }
        Some(_) => {
            let error = SecurityKey::from_env(VARIABLE).unwrap_err();
            assert_eq!(error, KeyError::NotUnicode(VARIABLE.to_owned()));
            let message = "environment variable OC_TEST_ODD_KEY does not hold Unicode text";
            assert_eq!(error.to_string(), message);
        }
        None => {
            for value in [&b""[..], b"\xff\xfe"] {
                let output = Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", here])
                    .env(VARIABLE, OsStr::from_bytes(value))
                    .output()
                    .unwrap();
                let stdout = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{value:?}: {stdout}");
                assert!(stdout.contains("1 passed"), "{stdout}");
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
                builder.labeled_key(format!("label of {text}"), key(text))
            })
            .build()
            .unwrap();
        for text in &texts {
            let headers = Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW));
            let verified = verifier.verify_bytes(&headers.head(), BODY).unwrap();
            assert_eq!(verified.key_label(), format!("label of {text}"));
        }
        let unknown = Headers::from(Signer::new(&key("another")).sign(URI, BODY, NOW));
        assert!(verifier.verify_bytes(&unknown.head(), BODY).is_err(), "{size}");
    }
}

#[test]
fn keys_without_a_label_are_called_by_their_place() {
    let verifier = Verifier::builder()
        .key(key("a"))
        .labeled_key("retiring", key("b"))
        .key(key("c"))
        .clock(NOW)
        .build()
        .unwrap();
    for (text, label) in [("a", "key-1"), ("b", "retiring"), ("c", "key-3")] {
        let headers = Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW));
        let verified = verifier.verify_bytes(&headers.head(), BODY).unwrap();
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

/// Every way to a key trims alike: code, environment, file and command.
#[test]
fn blanks_of_any_script_and_invisible_characters_are_removed() {
    let signed = Headers::signed(BODY);
    for text in [
        format!("{KEY}\r\n"),
        format!("\u{feff}{KEY}"),
        format!("{KEY}\u{a0}"),
        format!("\u{3000}{KEY}\u{3000}"),
        format!("\u{200b}{KEY}\u{2060}\n"),
        format!("\u{202a}{KEY}\u{202c}"),
        format!("\u{2066}{KEY}\u{2069}"),
        format!("\u{ad}{KEY}\u{180e}"),
        format!("\u{115f}{KEY}\u{1160}"),
        format!("\u{3164}{KEY}\u{ffa0}"),
        format!("{KEY}\u{1a}"),
        format!("\0\u{7f}{KEY}\u{85}\u{fe0f}\u{e0001}"),
    ] {
        let (verifier, lines) =
            logs::of(|| Verifier::builder().key(key(&text)).clock(NOW).build().unwrap());
        assert!(verifier.verify_bytes(&signed.head(), BODY).is_ok(), "{text:?}");
        let message = lines.first().and_then(|line| line.field("message"));
        assert_eq!(message, Some("removed blanks around the security key"), "{text:?}");
    }
}

#[test]
fn a_text_that_looks_wrapped_is_taken_as_it_is_with_a_warning() {
    for (text, warning) in [
        ("\"bf77\"", KeyWarning::Quoted),
        ("'bf77'", KeyWarning::Quoted),
        ("‘bf77’", KeyWarning::Quoted),
        ("“bf77”", KeyWarning::Quoted),
        ("「bf77」", KeyWarning::Quoted),
        ("\"bf77", KeyWarning::Quoted),
        ("bf77'", KeyWarning::Quoted),
        ("bf77”", KeyWarning::Quoted),
        ("oc.security-key=bf77", KeyWarning::Assignment),
        ("OC_SECURITY_KEY=bf77", KeyWarning::Assignment),
        ("export OC_SECURITY_KEY=bf77", KeyWarning::Assignment),
        ("{\"key\":\"bf77\"}", KeyWarning::Json),
        ("Bearer bf77", KeyWarning::AuthScheme),
        ("bf77 69e5", KeyWarning::Blanks),
        ("bf77\u{200b}69e5", KeyWarning::Blanks),
        ("bf77\u{ad}69e5", KeyWarning::Blanks),
    ] {
        assert_eq!(KeyWarning::of(text), Some(warning), "{text}");
        let (_, lines) = logs::of(|| key(text));
        let message = lines.first().and_then(|line| line.field("message"));
        assert_eq!(message, Some(&*warning.to_string()), "{text}");
        assert!(!format!("{lines:?}").contains("bf77"), "{lines:?}");
    }
    for plain in ["bf7769e5321448de88838cdb", "YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs="] {
        assert_eq!(KeyWarning::of(plain), None);
    }
}
