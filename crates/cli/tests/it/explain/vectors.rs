//! The published vectors get their verdicts here too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use online_contact_test_kit::vectors::{self, Vector};
use serde_json::json;

use crate::support::{Run, bare, run_with_stdin};

/// Returns a HAR file, which can carry what HTTP cannot: blanks around values, any path.
fn har(vector: &Vector) -> Vec<u8> {
    let request = vector.request();
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": String::from_utf8_lossy(value) }))
        .collect();
    let body = STANDARD.encode(&request.body);
    json!({ "log": { "version": "1.2", "entries": [{ "request": {
        "method": "POST",
        "url": format!("https://crm.example.com{}", request.target),
        "httpVersion": "HTTP/1.1",
        "headers": headers,
        "postData": { "mimeType": "application/json", "text": body, "encoding": "base64" },
    } }] } })
    .to_string()
    .into_bytes()
}

fn explained(vector: &Vector) -> Run {
    let (now, scheme) = (vector.now().to_string(), vector.scheme().to_string());
    let args = ["explain", "--request", "-", "--json", "--now", &now, "--scheme", &scheme];
    let mut command = bare(&args);
    command.env("OC_SECURITY_KEY", &vector.key);
    run_with_stdin(command, &har(vector))
}

#[test]
fn every_vector_gets_its_verdict() {
    let vectors = vectors::all();
    assert!(vectors.len() >= 100);
    for vector in &vectors {
        let run = explained(vector);
        let answer = run.json();
        let verdict = answer["reason"].as_str().unwrap_or("accepted");
        assert_eq!(verdict, vector.expect, "{}", vector.name);
        assert_eq!(run.status, i32::from(vector.expect != "accepted"), "{}", vector.name);
    }
}

/// Those whose mistake is said in their name.
#[test]
fn the_mistakes_in_the_vectors_are_named() {
    let vectors = vectors::all();
    for (name, mistake) in [
        ("signed with the key in upper case", "key_upper_case"),
        ("signed with the key decoded from hexadecimal", "key_from_hex"),
        ("plain SHA-256 instead of HMAC", "mac_plain_sha256"),
        ("body alone signed", "time_missing"),
        ("lossy decoding is not equal", "body_lossy"),
        ("URI signed where it is not expected", "scheme_uri_body_time"),
        ("URI scheme, decoded path", "uri_decoded"),
        ("URI scheme, body and time alone", "scheme_body_time"),
        ("authorization malformed: without padding", "mac_unpadded"),
        ("authorization malformed: hexadecimal", "mac_hex"),
        ("authorization malformed: Bearer prefix", "mac_prefix"),
        ("authorization malformed: quoted", "mac_quoted"),
        ("authorization malformed: URL-safe alphabet", "mac_url_safe"),
        ("authorization malformed: second spelling of the same bytes", "mac_not_canonical"),
        ("seconds instead of milliseconds", "time_seconds"),
        ("microseconds instead of milliseconds", "time_microseconds"),
    ] {
        let vector = vectors.iter().find(|vector| vector.name == name).expect(name);
        let answer = explained(vector).json();
        assert!(
            answer["mistakes"].as_array().unwrap().contains(&mistake.into()),
            "{name}: {answer:#}"
        );
    }
}
