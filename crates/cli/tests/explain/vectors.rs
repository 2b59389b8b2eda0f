//! The published vectors get their verdicts here too.

use serde::Deserialize;
use serde_json::json;

use crate::support::{Run, bare, run_with_stdin};

#[derive(Deserialize)]
struct Vector {
    name: String,
    key: String,
    scheme: String,
    now_ms: i64,
    request_uri: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    expect: String,
}

/// As a HAR file, which can carry what HTTP can't: blanks around values, any path.
fn har(vector: &Vector) -> Vec<u8> {
    let headers: Vec<_> = vector
        .headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({ "log": { "version": "1.2", "entries": [{ "request": {
        "method": "POST",
        "url": format!("https://crm.example.com{}", vector.request_uri),
        "httpVersion": "HTTP/1.1",
        "headers": headers,
        "postData": { "mimeType": "application/json", "text": vector.body_base64, "encoding": "base64" },
    } }] } })
    .to_string()
    .into_bytes()
}

fn vectors() -> Vec<Vector> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/requests.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn explained(vector: &Vector) -> Run {
    let now = vector.now_ms.to_string();
    let mut command =
        bare(&["explain", "--request", "-", "--json", "--now", &now, "--scheme", &vector.scheme]);
    command.env("OC_SECURITY_KEY", &vector.key);
    run_with_stdin(command, &har(vector))
}

#[test]
fn every_vector_gets_its_verdict() {
    let vectors = vectors();
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
    let vectors = vectors();
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
