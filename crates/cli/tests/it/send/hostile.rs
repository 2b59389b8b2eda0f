//! Responses that attack the reader.

use crate::scripted::{JSON, Scripted, response};
use crate::support::{KEY, Run, run};

/// Sends, and sees to it that nothing of the answer can steer a terminal.
fn send(server: &Scripted, more: &[&str]) -> Run {
    let run = run(&[&["send", &*server.url], more].concat());
    let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!run.all().contains(steers), "{run:?}");
    run
}

#[test]
fn an_endless_body_is_cut() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    let server = Scripted::endless(head, &[b'['; 8192]);
    let run = send(&server, &["--json"]);
    assert_eq!(run.status, 1);
    assert_eq!(run.json()["response"]["truncated"], true);
    assert_eq!(run.json()["response"]["body_bytes"], 1024 * 1024);
}

#[test]
fn escape_sequences_do_not_reach_the_terminal() {
    let evil = "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{7f}\r";
    let json = serde_json::json!({ "data": { evil: evil, "nested": { evil: evil } } }).to_string();
    let headers = format!("{JSON}server: \u{9b}31m\u{202e}evil\r\n");
    for body in [json.clone(), evil.to_owned(), format!("{json}{evil}")] {
        let server = Scripted::new(response("200 OK", &headers, body));
        send(&server, &[]);
        send(&server, &["--json"]);
        send(&server, &["--lang", "ko"]);
    }
}

/// A server has the key too, and one that prints it does not make this program print it.
#[test]
fn a_key_that_the_server_prints_stays_hidden() {
    let escaped: String = KEY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let failure = |key: &str| {
        format!(r#"{{"error":{{"code":"{key}","message":"{key}","detail":"key {key}, x"}}}}"#)
    };
    let leaky = format!("{JSON}server: {KEY}\r\n");
    for (status, headers, body) in [
        ("200 OK", JSON, format!(r#"{{"data":{{"{KEY}":"a {KEY} b"}}}}"#)),
        ("200 OK", JSON, format!(r#"{{"data":{{"{escaped}":"{escaped}"}}}}"#)),
        ("403 Forbidden", JSON, failure(KEY)),
        ("403 Forbidden", JSON, failure(&escaped)),
        ("500 Internal Server Error", "", format!("stack trace: sign({KEY})")),
        ("200 OK", &*leaky, r#"{"data":{"a":"1"}}"#.to_owned()),
    ] {
        let server = Scripted::new(response(status, headers, body));
        for more in [&[][..], &["--json"], &["--lang", "ko"]] {
            let run = send(&server, more);
            assert_eq!(run.status, 1, "{run:?}");
            assert!(!run.all().contains(KEY), "{run:?}");
            assert!(!run.all().contains(&escaped), "{run:?}");
            assert!(run.stdout.contains("key_in_answer"), "{run:?}");
        }
    }
}

#[test]
fn a_reason_phrase_does_not_speak() {
    let server = Scripted::new(response("200 \u{1b}[31mOK", JSON, r#"{"data":{"a":"1"}}"#));
    send(&server, &[]);
}

#[test]
fn bytes_that_are_no_text_are_shown_all_the_same() {
    let server = Scripted::new(response("200 OK", JSON, b"\xff\xfe\x00\x80text"));
    let run = send(&server, &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("text"), "{run:?}");
    assert!(run.stdout.contains("[not_utf8]"), "{run:?}");
}

#[test]
fn a_huge_header_is_rejected_or_cut() {
    let headers = format!("{JSON}server: {}\r\n", "x".repeat(100_000));
    let run = send(&Scripted::new(response("200 OK", &headers, r#"{"data":{"a":"1"}}"#)), &[]);
    assert!(run.stdout.len() < 1000, "{run:?}");
    let head = "HTTP/1.1 200 OK\r\nX: ";
    let run = send(&Scripted::endless(head, &[b'x'; 8192]), &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("not HTTP of the requested version"), "{run:?}");
}

#[test]
fn a_connection_that_breaks_off_is_reported() {
    let broken = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":";
    let run = send(&Scripted::new(broken), &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("closed the connection before the response"), "{run:?}");
    assert!(run.stdout.contains("with status 200"), "{run:?}");
    for nothing in ["", "HTTP/1.1 200 OK\r\nContent-"] {
        let run = send(&Scripted::new(nothing), &["--json"]);
        assert_eq!(run.status, 1);
        assert!(
            run.json()["failure"].as_str().unwrap().contains("closed the connection"),
            "{run:?}"
        );
    }
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}";
    assert_eq!(send(&Scripted::new(chunked), &[]).status, 1);
}

#[test]
fn what_is_no_http_is_reported() {
    for answer in ["nonsense\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "\u{1b}[31m\r\n\r\n"] {
        let run = send(&Scripted::new(answer), &[]);
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stdout.contains("not HTTP"), "{run:?}");
    }
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(send(&Scripted::new(length), &[]).status, 1);
}

#[test]
fn no_redirect_is_followed() {
    let other = Scripted::new(response("200 OK", JSON, r#"{"data":{"a":"1"}}"#));
    let headers = format!("{JSON}location: {}\r\n", other.url);
    let run = send(&Scripted::new(response("307 Temporary Redirect", &headers, "{}")), &["--json"]);
    assert_eq!(run.json()["response"]["status"], 307);
    assert!(other.has_no_request(), "the signature went to another server");
}
