//! The log events of responses that break the envelope.

use crate::support::logs::{self, Line};
use online_contact::{EnvelopePolicy, EnvelopeVerdict, ResponseHead};

const CUSTOMER: &str = "hong-gildong";

/// The one event of a judgment.
#[track_caller]
fn event(contract: EnvelopePolicy, head: &ResponseHead<'_>, body: Option<&[u8]>) -> Line {
    let (verdict, mut lines) = logs::of(|| contract.judge(head, body));
    assert_eq!(lines.len(), 1, "{verdict:?}: {lines:?}");
    lines.remove(0)
}

/// A handler that forgot the envelope, or its content type, still answers with a customer.
#[test]
fn a_success_is_logged_without_its_text() {
    let bare = format!(r#"{{"userName":"{CUSTOMER}"}}"#);
    let whole = format!(r#"{{"data":{bare}}}"#);
    for (contract, status, content_type, body, message) in [
        (EnvelopePolicy::default(), 200, "application/json", &bare, "response without `data`"),
        (
            EnvelopePolicy::default().strict(true),
            200,
            "application/json",
            &bare,
            "response replaced",
        ),
        (EnvelopePolicy::default(), 201, "application/json", &bare, "response replaced"),
        (EnvelopePolicy::default(), 200, "text/plain", &whole, "response amended"),
        (EnvelopePolicy::default(), 203, "application/json", &whole, "response amended"),
    ] {
        let head = ResponseHead::new(status).content_type(Some(content_type.as_bytes()));
        let line = event(contract, &head, Some(body.as_bytes()));
        assert_eq!(line.field("message"), Some(message));
        assert!(!format!("{line:?}").contains(CUSTOMER), "{line:?}");
        assert_eq!(line.field("original_status"), Some(&*status.to_string()));
        assert_eq!(line.field("original_type"), Some(content_type));
        assert_eq!(line.field("original_length"), Some(&*body.len().to_string()));
    }
}

#[test]
fn a_failure_is_logged_with_the_beginning_of_its_text() {
    let head = ResponseHead::new(422).content_type(Some(b"text/plain"));
    let line = event(EnvelopePolicy::default(), &head, Some(b"missing field `callNum`\nat line 1"));
    assert_eq!(line.field("original_type"), Some("text/plain"));
    assert_eq!(line.field("original_length"), Some("33"));
    assert_eq!(line.field("original_text"), Some(r"missing field `callNum`\nat line 1"));

    let line = event(EnvelopePolicy::default(), &head, Some(&[b'x'; 2_000]));
    assert_eq!(line.field("original_length"), Some("2000"));
    assert_eq!(line.field("original_text").map(str::len), Some(1_024));
}

#[test]
fn every_spelling_of_json_in_utf_8_passes() {
    for (content_type, is_json) in [
        ("application/json", true),
        ("Application/JSON; Charset=UTF-8", true),
        ("application/json;charset=\"utf-8\"", true),
        ("application/json; charset=utf-8;", true),
        ("application/json;", true),
        ("application/json; charset=euc-kr", false),
        ("application/json; charset=utf-8; charset=euc-kr", false),
        ("application/json; profile=x", false),
        ("application/problem+json", false),
        ("text/json", false),
        ("", false),
    ] {
        let head = ResponseHead::new(200).content_type(Some(content_type.as_bytes()));
        assert_eq!(head.is_json(), is_json, "{content_type}");
        let verdict = EnvelopePolicy::default().judge(&head, Some(br#"{"data":{}}"#));
        assert_eq!(matches!(verdict, EnvelopeVerdict::Pass), is_json, "{content_type}");
    }
}

#[test]
fn only_the_coding_identity_can_be_read() {
    for (values, is_encoded) in [
        (&[][..], false),
        (&["identity"], false),
        (&["IDENTITY, identity"], false),
        (&[""], false),
        (&["gzip"], true),
        (&["identity, gzip"], true),
        (&["identity", "br"], true),
    ] {
        let head = ResponseHead::new(200);
        let head = head.content_encoding(values.iter().map(|value: &&str| value.as_bytes()));
        assert_eq!(head.is_encoded(), is_encoded, "{values:?}");
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let line = event(EnvelopePolicy::default(), &ResponseHead::new(404), None);
    for field in ["original_type", "original_length", "original_text"] {
        assert_eq!(line.field(field), None);
    }
}

/// A content type must not forge a line of the log.
#[test]
fn a_content_type_is_escaped() {
    let head = ResponseHead::new(500).content_type(Some(b"text/plain\tx\xff"));
    let line = event(EnvelopePolicy::default(), &head, Some(b""));
    assert_eq!(line.field("original_type"), Some("text/plain\\tx\u{fffd}"));
}
