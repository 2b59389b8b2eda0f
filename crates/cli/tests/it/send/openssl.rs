//! Compares signatures with those of `openssl dgst -sha256 -hmac`.

use crate::scripted::{JSON, Received, Scripted, response};
use crate::support::{KEY, MOMENT, command, openssl, run_with_stdin};

/// Bodies that a text tool could spoil.
fn bodies() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        br#"{"callNum":"1","nation":"korea"}"#.to_vec(),
        "{\"이름\":\"홍길동\"}\r\n".as_bytes().to_vec(),
        b"\xef\xbb\xbf{}\n\n".to_vec(),
        (0..=255).collect(),
        b"{ }".repeat(100_000),
    ]
}

/// Sends a body, and gives the two headers and the body as they came.
fn sent(path: &str, scheme: &str, body: &[u8]) -> (String, String, Vec<u8>) {
    let server = Scripted::new(response("200 OK", JSON, r#"{"data":{"a":"1"}}"#));
    let url = server.url.replace("/customer", path);
    let args = ["send", &url, "--body", "-", "--scheme", scheme, "--timestamp", MOMENT];
    let run = run_with_stdin(command(&args), body);
    assert_eq!(run.status, 0, "{run:?}");
    let Received { head, body } = server.request();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let (_, value) = lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap();
        value.to_owned()
    };
    (header("x-tc-timestamp"), header("authorization"), body)
}

#[test]
fn body_and_time_are_signed_as_by_openssl() {
    for body in bodies() {
        let (time, authorization, came) = sent("/customer?a=b", "body_time", &body);
        assert_eq!((&*time, came.len()), (MOMENT, body.len()));
        assert!(came == body, "{} bytes", body.len());
        assert_eq!(authorization, openssl(KEY, &[&came, time.as_bytes()].concat()));
    }
}

#[test]
fn uri_body_and_time_are_signed_as_by_openssl() {
    for (path, signed) in [
        ("/customer?a=1&b=2", "/customer"),
        ("/%EA%B3%A0%EA%B0%9D/a%2Fb", "/%EA%B3%A0%EA%B0%9D/a%2Fb"),
        ("/고객", "/%EA%B3%A0%EA%B0%9D"),
        ("/", "/"),
    ] {
        for body in bodies() {
            let (time, authorization, came) = sent(path, "uri_body_time", &body);
            assert!(came == body, "{} bytes", body.len());
            let message = [signed.as_bytes(), &came, time.as_bytes()].concat();
            assert_eq!(authorization, openssl(KEY, &message), "{path}");
        }
    }
}
