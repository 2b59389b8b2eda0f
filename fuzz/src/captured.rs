//! A captured request: [`CapturedRequest::parse`] adds little, and the explanation agrees with the verifier, never
//! contains the key, and contains no control characters.

use online_contact::{Reason, RequestHead, Scheme, SecurityKey, Timestamp, Verifier};
use online_contact_cli::captured::CapturedRequest;
use online_contact_cli::explanation_of;

/// Long enough not to occur in a capture by chance.
const KEY: &str = "bf7769e5321448de88838cdb";

/// Runs one input.
///
/// # Panics
///
/// If library and model disagree.
pub fn run(capture: &[u8]) {
    let parsed = CapturedRequest::parse(capture, None);
    for entry in [0, 1, 2, usize::MAX] {
        // Only a HAR file has entries; for other captures this fails.
        let _ = CapturedRequest::parse(capture, Some(entry)).map_err(|error| error.to_string());
    }
    let explained = explanation_of(capture, KEY.as_bytes());
    let Ok(request) = parsed else {
        assert!(explained.is_err());
        return;
    };
    let body = request.body.as_deref().unwrap_or_default();
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    // UTF-8 of other encodings is up to three times as long; a command adds a header or two.
    let longest = 3 * capture.len() + 256;
    assert!(body.len() + request.surplus.len() <= longest);
    assert!(headers <= longest);
    let explained = explained.expect("a parsed capture has an explanation");
    if explained["verdict"] != "undecided" && explained["capture"]["body"] == "as_sent" {
        let reason = model(&request, body);
        assert_eq!(explained["reason"].as_str(), reason.map(Reason::as_str));
        assert_eq!(explained["verdict"] == "accepted", reason.is_none());
    }
    if explained["verdict"] == "accepted" {
        let fidelity = explained["capture"]["body"].as_str();
        assert!(matches!(fidelity, Some("as_sent" | "restored")), "{fidelity:?}");
    }
    let text = explained["text"].as_str().expect("a text");
    assert!(without_styles(text).chars().all(|letter| letter == '\n' || !letter.is_control()));
    let is_in = capture.windows(KEY.len()).any(|part| part.eq_ignore_ascii_case(KEY.as_bytes()));
    assert!(is_in || !explained.to_string().contains(KEY));
}

/// The text without the escape sequences that set a style (SGR), the only ones that the command writes.
fn without_styles(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
        let end = end.filter(|&end| after[end..].starts_with('m'));
        rest = &after[end.expect("an escape sequence sets a style") + 1..];
    }
    plain + rest
}

/// The verdict of the verifier.
fn model(request: &CapturedRequest, body: &[u8]) -> Option<Reason> {
    let scheme = if request.target.is_some() { Scheme::UriBodyTime } else { Scheme::BodyTime };
    let verifier = Verifier::builder()
        .key(SecurityKey::new(KEY).expect("a valid key"))
        .scheme(scheme)
        .clock(Timestamp::from_millis(1_732_400_000_000))
        .build()
        .expect("valid settings");
    let mut head = RequestHead::new(request.target.as_deref().unwrap_or("/"));
    for (name, value) in &request.headers {
        head = head.header(name, value);
    }
    if let Some(length) = request.declared_length() {
        head = head.content_length(length);
    }
    verifier.verify_bytes(&head, body).err().map(|rejection| rejection.reason())
}
