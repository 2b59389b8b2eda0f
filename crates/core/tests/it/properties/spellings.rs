//! A timestamp and a signature have one spelling each.

use online_contact::{Signature, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::cases;

/// `0|[1-9][0-9]*`, if it fits.
fn model_of_timestamps(text: &[u8]) -> Option<i64> {
    let canonical = match text {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let text = std::str::from_utf8(text).ok()?;
    text.parse().ok().filter(|_| canonical)
}

fn timestamp_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..24),
        "[0-9]{0,22}".prop_map(String::into_bytes),
        "[+\\- ]?[0-9]{1,13}[ .e_\\n]?[0-9]{0,2}".prop_map(String::into_bytes),
        // Around the largest number there is.
        (i128::from(i64::MAX) - 20..=i128::from(i64::MAX) + 20)
            .prop_map(|millis| millis.to_string().into_bytes()),
        any::<i64>().prop_map(|millis| millis.to_string().into_bytes()),
        "\\d{1,13}".prop_map(String::into_bytes), // digits of every script
    ]
}

/// Of 32 bytes there is one spelling.
fn signature_text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..50),
        "[A-Za-z0-9+/]{43}=".prop_map(String::into_bytes),
        "[A-Za-z0-9_-]{43}=".prop_map(String::into_bytes),
        "[A-Za-z0-9+/]{42,44}={0,2}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(cases(2048))]

    #[test]
    fn a_timestamp_parses_as_the_model_says(text in timestamp_text()) {
        let parsed = Timestamp::parse(&text).ok();
        prop_assert_eq!(parsed.map(Timestamp::as_millis), model_of_timestamps(&text));
        if let Some(parsed) = parsed {
            prop_assert_eq!(parsed.to_string().into_bytes(), text);
        }
    }

    #[test]
    fn a_signature_parses_only_from_the_spelling_that_it_has(text in signature_text()) {
        if let Ok(signature) = Signature::parse(&text) {
            prop_assert_eq!(signature.to_base64().into_bytes(), text);
        }
    }

    #[test]
    fn a_signature_parses_from_the_spelling_that_it_has(bytes in any::<[u8; 32]>()) {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let signature = Signature::parse(text.as_bytes());
        prop_assert_eq!(signature.ok().map(|signature| *signature.as_bytes()), Some(bytes));
    }
}
