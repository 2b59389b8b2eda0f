//! Neither a key nor a signature shows in `Debug`, in a message or in a log event.

use std::fmt::Debug;

use crate::support::logs::{self, Line};
use crate::support::{
    AtOnce, BODY, Headers, KEY, NOW, Script, Step, URI, builder, key, poll_to_end, signer, verdict,
    verifier,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use online_contact::{
    BuildError, Failure, KeyRing, Reason, Rejection, RequestHead, SecurityKey, Signer, Verifier,
};
use tracing::Level;

/// Every spelling in which a secret could slip out.
fn secrets() -> Vec<String> {
    let signature = signer().sign(URI, BODY, NOW).signature();
    let mut spellings = Vec::new();
    for secret in [KEY.as_bytes(), signature.as_bytes()] {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let decimal = format!("{secret:?}");
        spellings.extend([
            hex.to_uppercase(),
            hex,
            decimal.trim_matches(['[', ']']).to_owned(),
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
        ]);
    }
    spellings.push(KEY.to_owned());
    spellings
}

fn shows_a_secret(text: &str) -> bool {
    // The alternate form of `Debug` puts each number of a list on a line of its own.
    let on_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    secrets().iter().any(|secret| text.contains(secret) || on_one_line.contains(secret))
}

#[track_caller]
fn assert_discreet(value: &dyn Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shows_a_secret(&shown), "{shown}");
    }
}

#[test]
fn a_secret_would_be_seen() {
    let signature = signer().sign(URI, BODY, NOW).signature();
    for careless in [
        format!("SecurityKey({KEY})"),
        format!("{:?}", KEY.as_bytes()),
        format!("{:#?}", KEY.as_bytes()),
        format!("{:?}", signature.as_bytes()),
        signature.to_base64(),
    ] {
        assert!(shows_a_secret(&careless), "{careless}");
    }
}

#[test]
fn debug_of_what_holds_a_key_does_not_show_it() {
    let ring = KeyRing::new([("current", key(KEY))]).unwrap();
    assert_discreet(&key(KEY));
    assert_discreet(&ring);
    assert_discreet(&builder());
    assert_discreet(&verifier());
    assert_discreet(&signer());
    assert_eq!(format!("{ring:?}"), r#"KeyRing["current"]"#);
}

#[test]
fn debug_of_what_holds_a_signature_does_not_show_it() {
    let signed = signer().sign(URI, BODY, NOW);
    assert_discreet(&signed);
    assert_discreet(&signed.signature());

    let headers = Headers::from(signed);
    assert_discreet(&headers.head());
    assert_discreet(&verifier().verify_bytes(&headers.head(), BODY).unwrap());
}

/// A rejection for every reason that the core can find, each of a request that carries a good
/// signature somewhere.
fn rejections() -> Vec<Rejection> {
    let headers = Headers::signed(BODY);
    let bearer = [b"Bearer ", &headers.authorization[..]].concat();
    let verifier = builder().body_limit(BODY.len() as u64).build().unwrap();

    let timestamped = RequestHead::new(URI).timestamp(&headers.timestamp);
    let authorized = RequestHead::new(URI).authorization(&headers.authorization);
    let heads = [
        headers.head().authorization(&headers.authorization),
        authorized.clone(),
        authorized.clone().timestamp(&headers.authorization),
        authorized.clone().timestamp(b"1"),
        authorized.timestamp(b"9999999999999"),
        timestamped.clone(),
        timestamped.authorization(&bearer),
        headers.head().content_length(u64::MAX),
        headers.head(),
    ];
    let wrong = b"another body";
    let mut rejections: Vec<_> =
        heads.iter().map(|head| verifier.verify_bytes(head, wrong).unwrap_err()).collect();
    let head = headers.head();
    let mut stalled = Script::new([Step::Stall]);
    let late = poll_to_end(verifier.verify(&head, &mut stalled, &AtOnce), 1);
    rejections.push(late.unwrap().unwrap_err());
    rejections.push(verdict(&verifier, &head, [Step::Error]).unwrap_err());
    rejections
}

#[test]
fn no_rejection_shows_a_secret_to_anybody() {
    let verifier = verifier();
    for rejection in rejections() {
        let (failure, lines) = logs::of(|| verifier.reject(&rejection));
        let envelope = String::from_utf8(failure.to_json()).unwrap();
        assert_discreet(&rejection);
        assert!(!shows_a_secret(&rejection.to_string()));
        assert!(!shows_a_secret(&envelope), "{envelope}");
        assert_discreet(&lines);
        assert_eq!(lines.len(), 1, "one event for each rejection: {lines:?}");
    }
}

#[test]
fn the_event_of_a_rejection_says_what_an_operator_needs() {
    let verifier = verifier();
    for rejection in rejections() {
        let (_, lines) = logs::of(|| verifier.reject(&rejection));
        let [line] = &lines[..] else {
            panic!("one event: {lines:?}");
        };
        let age = rejection.timestamp_age_ms().map(|age| age.to_string());
        let status = rejection.status().to_string();
        assert_eq!(line.level, Level::WARN);
        assert_eq!(line.field("message"), Some("request rejected"));
        assert_eq!(line.field("reason"), Some(rejection.reason().as_str()));
        assert_eq!(line.field("status"), Some(&*status));
        assert_eq!(line.field("code"), Some(rejection.code()));
        assert_eq!(line.field("timestamp_age_ms"), age.as_deref());
        assert_eq!(line.field("key"), None);
    }
}

#[test]
fn the_event_has_the_age_once_it_is_known() {
    for rejection in rejections() {
        let unknown = matches!(
            rejection.reason(),
            Reason::HeaderDuplicated | Reason::TimestampMissing | Reason::TimestampNotNumeric
        );
        let age = rejection.timestamp_age_ms();
        assert_eq!(age.is_none(), unknown, "{}", rejection.reason());
    }
}

#[test]
fn the_source_of_a_rejection_is_in_the_event() {
    let headers = Headers::signed(BODY);
    let rejection = verdict(&verifier(), &headers.head(), [Step::Error]).unwrap_err();
    let (_, lines) = logs::of(|| verifier().reject(&rejection));
    let told = lines.first().and_then(|line| line.field("error"));
    assert_eq!(told, Some("connection reset"));
}

#[test]
fn a_server_fault_is_an_error_and_a_client_fault_a_warning() {
    for &reason in Reason::ALL {
        let (_, lines) = logs::of(|| verifier().reject(&reason.into()));
        let ours = Rejection::from(reason).status().as_u16() == 500;
        let expected = if ours { Level::ERROR } else { Level::WARN };
        let levels: Vec<_> = lines.iter().map(|line| line.level).collect();
        assert_eq!(levels, [expected], "{reason}");
    }
}

#[test]
fn a_concealed_rejection_keeps_its_reason_in_the_log() {
    let verifier = builder().conceal_reasons(true).build().unwrap();
    for &reason in Reason::ALL {
        let (failure, lines) = logs::of(|| verifier.reject(&reason.into()));
        let status = Rejection::from(reason).status();
        let expected = format!(
            r#"{{"error":{{"code":"{status}","message":"The request was rejected.","detail":null}}}}"#
        );
        assert_eq!(String::from_utf8(failure.to_json()).unwrap(), expected);
        assert_eq!(failure.status(), status);
        let told = lines.first().and_then(|line| line.field("reason"));
        assert_eq!(told, Some(reason.as_str()));
    }
}

#[test]
fn a_rendered_rejection_keeps_its_reason_in_the_log() {
    let render = |rejection: &Rejection| Failure::forbidden(rejection.code(), "no");
    let verifier = builder().render_rejections(render).build().unwrap();
    let (failure, lines) = logs::of(|| verifier.reject(&Reason::TimestampMissing.into()));
    assert_eq!(failure.to_json(), br#"{"error":{"code":"40001","message":"no","detail":null}}"#);
    let told = lines.first().and_then(|line| line.field("reason"));
    assert_eq!(told, Some("timestamp_missing"));

    let both = builder().render_rejections(render).conceal_reasons(true).build();
    assert_eq!(both.unwrap_err(), BuildError::RenderedAndConcealed);
}

#[test]
fn the_warning_about_white_space_counts_what_it_cut_and_does_not_show_the_key() {
    let (_, lines) = logs::of(|| SecurityKey::new(format!(" {KEY}\r\n")).unwrap());
    let [line] = &lines[..] else {
        panic!("one event: {lines:?}");
    };
    assert_eq!(line.level, Level::WARN);
    assert_eq!(line.field("message"), Some("removed blanks around the security key"));
    assert_discreet(&lines);

    let (_, lines) = logs::of(|| key(KEY));
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn what_passes_is_not_worth_an_event() {
    let headers = Headers::signed(BODY);
    let (lines, whole): (_, Vec<Line>) = logs::of(|| {
        let key = key(KEY);
        let verifier = Verifier::builder().key(key.clone()).clock(NOW).build();
        let signed = Signer::new(&key).sign(URI, BODY, NOW);
        (signed, verifier.unwrap().verify_bytes(&headers.head(), BODY))
    });
    assert!(lines.1.is_ok());
    assert!(whole.is_empty(), "{whole:?}");
}
