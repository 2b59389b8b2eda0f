//! Byte for byte what `openssl dgst -sha256 -hmac` says of the same bytes.

use crate::support::{KEY, MOMENT, command, openssl, run_with_stdin};

/// Bodies that a text tool could spoil.
fn bodies() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        br#"{"callNum":"1","nation":"korea"}"#.to_vec(),
        "{\"이름\":\"홍길동\"}\r\n".as_bytes().to_vec(),
        b"\n\n".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        (0..=255).collect(),
        (0..300_000_u32)
            .map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).unwrap())
            .collect(),
    ]
}

fn ours(args: &[&str], body: &[u8]) -> String {
    let mut all = vec!["sign", "--json", "--body", "-", "--timestamp", MOMENT];
    all.extend(args);
    let json = run_with_stdin(command(&all), body).json();
    json["headers"]["Authorization"].as_str().unwrap().to_owned()
}

#[test]
fn body_and_time_are_signed_as_by_openssl() {
    for body in bodies() {
        let signed = [&*body, MOMENT.as_bytes()].concat();
        assert_eq!(ours(&[], &body), openssl(KEY, &signed), "{} bytes", body.len());
    }
}

#[test]
fn uri_body_and_time_are_signed_as_by_openssl() {
    let cases = [
        ("/customer", "/customer"),
        ("/customer?a=1&b=2", "/customer"),
        ("/%EA%B3%A0%EA%B0%9D/a%2Fb", "/%EA%B3%A0%EA%B0%9D/a%2Fb"),
        ("https://crm.example.com/고객?a=1#b", "/%EA%B3%A0%EA%B0%9D"),
        ("https://crm.example.com", "/"),
    ];
    for (uri, path) in cases {
        for body in bodies() {
            let signed = [path.as_bytes(), &*body, MOMENT.as_bytes()].concat();
            let args = ["--scheme", "uri_body_time", "--uri", uri];
            assert_eq!(ours(&args, &body), openssl(KEY, &signed), "{uri}, {} bytes", body.len());
        }
    }
}

#[test]
fn the_uri_has_no_part_in_the_default_scheme() {
    assert_eq!(ours(&["--uri", "/customer"], b"{}"), ours(&[], b"{}"));
}

#[test]
fn the_moment_may_be_any_that_a_header_can_carry() {
    for moment in ["0", "1", "9223372036854775807"] {
        let args = ["sign", "--json", "--body", "-", "--timestamp", moment];
        let json = run_with_stdin(command(&args), b"{}").json();
        let expected = openssl(KEY, format!("{{}}{moment}").as_bytes());
        assert_eq!(json["headers"]["Authorization"], expected);
    }
}
