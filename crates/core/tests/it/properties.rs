//! Properties of every request.

mod spellings;

use crate::support::{
    Headers, KEY, NOW, SCHEMES, URI, WINDOW_MS, chunk, key, reason, verdict, verifier,
};
use online_contact::{Reason, RequestHead, Scheme, SecurityKey, Signer, Timestamp, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseResult;
use sha2::{Digest, Sha256};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        // What fails is printed in its smallest form, and then becomes a test of its own.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..300)
}

fn scheme() -> impl Strategy<Value = Scheme> {
    select(&SCHEMES[..])
}

/// A key of any bytes, on both sides of the 64 at which HMAC hashes it first.
fn key_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 1..40), vec(any::<u8>(), 60..140)]
}

fn path() -> impl Strategy<Value = String> {
    "/[ -~&&[^?]]{0,40}"
}

fn outcome(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8]) -> Option<Reason> {
    let rejected = verifier.verify_bytes(head, body).err();
    rejected.map(|rejection| rejection.reason())
}

/// RFC 2104, to the letter.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner =
        Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_signature_is_the_hmac_of_what_the_scheme_names(
        key in key_bytes(),
        path in path(),
        query in prop_oneof![Just(""), Just("?"), Just("?a=1?b")],
        body in body(),
        millis in any::<i64>(),
        scheme in scheme(),
    ) {
        let at = Timestamp::from_millis(millis);
        let signed = Signer::new(&SecurityKey::from_bytes(key.clone()).unwrap())
            .scheme(scheme)
            .sign(&format!("{path}{query}"), &body, at);
        let uri = if scheme == Scheme::UriBodyTime { path.as_bytes() } else { b"" };
        let message = [uri, &body, millis.to_string().as_bytes()].concat();
        prop_assert_eq!(*signed.signature().as_bytes(), hmac_sha256(&key, &message));
    }

    #[test]
    fn what_is_signed_passes(
        key in key_bytes(),
        uri in "/\\PC{0,40}",
        body in body(),
        millis in 0..=i64::MAX,
        scheme in scheme(),
    ) {
        let key = SecurityKey::from_bytes(key).unwrap();
        let at = Timestamp::from_millis(millis);
        let signed = Signer::new(&key).scheme(scheme).sign(&uri, &body, at);
        let [(_, timestamp), (_, authorization)] = signed.headers();
        let verifier = Verifier::builder().key(key).scheme(scheme).clock(at).build().unwrap();
        let head = RequestHead::new(&uri)
            .timestamp(timestamp.as_bytes())
            .authorization(authorization.as_bytes())
            .content_length(body.len() as u64);
        let verified = verifier.verify_bytes(&head, &body);
        prop_assert_eq!(verified.map(|verified| verified.timestamp()).ok(), Some(at));
    }

    #[test]
    fn the_split_into_chunks_does_not_change_the_verdict(
        signed in body(),
        tampered in any::<bool>(),
        cuts in vec(any::<Index>(), 0..12),
        others in 0..5_usize,
    ) {
        let headers = Headers::signed(&signed);
        let mut body = signed;
        if tampered {
            body.push(b'x');
        }
        let verifier = (0..others)
            .fold(Verifier::builder(), |builder, n| builder.key(key(&format!("other-{n}"))))
            .key(key(KEY))
            .clock(NOW)
            .build()
            .unwrap();
        let whole = outcome(&verifier, &headers.head(), &body);

        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| chunk(&body[pair[0]..pair[1]]));
        let split = reason(verdict(&verifier, &headers.head(), chunks));

        prop_assert_eq!(split, whole);
        prop_assert_eq!(whole.is_some(), tampered);
    }

    #[test]
    fn row_13_a_changed_bit_of_the_body_is_rejected(
        body in vec(any::<u8>(), 1..300),
        place in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let headers = Headers::signed(&body);
        let mut changed = body;
        *place.get_mut(&mut changed) ^= 1_u8 << bit;
        let rejected = outcome(&verifier(), &headers.head(), &changed);
        prop_assert_eq!(rejected, Some(Reason::SignatureMismatch));
    }

    #[test]
    fn row_13_a_changed_bit_of_the_timestamp_is_rejected(
        body in body(),
        age in -WINDOW_MS..=WINDOW_MS,
        place in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let at = Timestamp::from_millis(NOW.as_millis() - age);
        let mut headers = Headers::signed_at(at, &body);
        prop_assert_eq!(outcome(&verifier(), &headers.head(), &body), None);
        *place.get_mut(&mut headers.timestamp) ^= 1_u8 << bit;
        prop_assert!(outcome(&verifier(), &headers.head(), &body).is_some());
    }

    #[test]
    fn row_13_a_changed_bit_of_the_signature_is_rejected(
        body in body(),
        place in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let mut headers = Headers::signed(&body);
        *place.get_mut(&mut headers.authorization) ^= 1_u8 << bit;
        let rejected = outcome(&verifier(), &headers.head(), &body);
        let expected = [Reason::AuthorizationMalformed, Reason::SignatureMismatch];
        prop_assert!(rejected.is_some_and(|reason| expected.contains(&reason)));
    }

    #[test]
    fn no_header_and_no_body_makes_it_panic_or_passes_unsigned(
        headers in vec((header_name(), header_value()), 0..5),
        uri in "\\PC{0,20}",
        length in any::<Option<u64>>(),
        body in body(),
        now in any::<i64>(),
        scheme in scheme(),
    ) {
        let verifier = Verifier::builder()
            .key(key(KEY))
            .scheme(scheme)
            .clock(Timestamp::from_millis(now))
            .build()
            .unwrap();
        let mut head = RequestHead::new(&uri);
        for (name, value) in &headers {
            head = head.header(name, value);
        }
        if let Some(length) = length {
            head = head.content_length(length);
        }
        let rejected = verifier.verify_bytes(&head, &body).unwrap_err();
        let told = String::from_utf8(verifier.reject(&rejected).to_json());
        let enveloped = told.is_ok_and(|told| told.starts_with(r#"{"error":{"code":"#));
        prop_assert!(enveloped);
    }
}

fn header_name() -> impl Strategy<Value = &'static str> {
    select(&["X-TC-Timestamp", "x-tc-timestamp", "Authorization", "AUTHORIZATION", "Cookie"][..])
}

/// Anything, and things that come close.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..60),
        "[0-9]{0,25}".prop_map(String::into_bytes),
        any::<i64>().prop_map(|millis| millis.to_string().into_bytes()),
        "[A-Za-z0-9+/]{43}=".prop_map(String::into_bytes),
        Just(NOW.to_string().into_bytes()),
    ]
}

/// A body that ends with what could be the beginning of a timestamp.
fn body_before_digits() -> impl Strategy<Value = Vec<u8>> {
    ("[a-z{}\":]{0,4}", "0{0,3}[0-9]{0,20}")
        .prop_map(|(text, digits)| (text + &digits).into_bytes())
}

/// Timestamps that no other spelling comes near: two that share their last digits differ by more than
/// both windows together, from seven digits on. That is since a quarter past midnight on the first
/// day of 1970.
fn millis() -> impl Strategy<Value = i64> {
    prop_oneof![
        1_000_000..=i64::MAX - WINDOW_MS,
        1_600_000_000_000..2_000_000_000_000_i64,
        // As many zeros as there can be, for a split to begin with.
        (1..=9_i64, 6..=17_u32).prop_map(|(digit, zeros)| digit * 10_i64.pow(zeros)),
    ]
}

fn only_the_signed_split_passes(body: &[u8], millis: i64, age: i64) -> TestCaseResult {
    let headers = Headers::signed_at(Timestamp::from_millis(millis), body);
    let signed = [body, &headers.timestamp].concat();
    let clock = Timestamp::from_millis(millis.saturating_add(age));
    let verifier = crate::support::builder().clock(clock).build().unwrap();

    for cut in 0..=signed.len() {
        let (body_of_cut, timestamp) = signed.split_at(cut);
        let head = RequestHead::new(URI).timestamp(timestamp).authorization(&headers.authorization);
        let passed = verifier.verify_bytes(&head, body_of_cut).is_ok();
        prop_assert_eq!(passed, cut == body.len(), "cut at {}", cut);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn row_03_no_other_split_of_the_signed_bytes_passes(
        body in body_before_digits(),
        millis in millis(),
        age in prop_oneof![Just(0), Just(WINDOW_MS), Just(-WINDOW_MS), -WINDOW_MS..=WINDOW_MS],
    ) {
        only_the_signed_split_passes(&body, millis, age)?;
    }
}

/// The two splits that the protocol's page names.
#[test]
fn row_03_leading_zeros_do_not_move_into_the_timestamp() {
    only_the_signed_split_passes(b"100", NOW.as_millis(), 0).unwrap();

    let headers = Headers::signed(b"100");
    let padded = [b"00", &headers.timestamp[..]].concat();
    let head = RequestHead::new(URI).timestamp(&padded).authorization(&headers.authorization);
    let rejected = outcome(&verifier(), &head, b"1");
    assert_eq!(rejected, Some(Reason::TimestampNotNumeric));
}
