//! Requests that `listen` responds to itself.

use online_contact::Timestamp;
use online_contact_test_kit::{KEY, Target};
use serde_json::{Value, json};

use super::client::{headers, now, post, request, signed, signed_with};
use super::listener::Listener;

#[test]
fn an_honest_request_gets_its_fields_back() {
    let mut listener = Listener::spawn(&["--json"]);
    let came = post(listener.address, &signed(r#"{"callNum":"1","age":7,"tags":["a"],"x":null}"#));
    assert_eq!(came.status, 200);
    assert_eq!(came.header("content-type"), Some("application/json; charset=utf-8"));
    let data = json!({ "callNum": "1", "age": "7", "tags": "[\"a\"]", "x": null });
    assert_eq!(came.json(), json!({ "data": data }));
    let line = listener.next();
    assert_eq!(line["number"], 1);
    assert_eq!((&line["method"], &line["target"]), (&"POST".into(), &"/customer".into()));
    assert_eq!((&line["verdict"], &line["reason"]), (&"accepted".into(), &Value::Null));
    assert_eq!(
        (&line["key"], &line["response"]["status"]),
        (&"OC_SECURITY_KEY".into(), &200.into())
    );
    assert_eq!(line["breaches"], json!([]));
}

#[test]
fn a_signed_body_that_is_not_an_object_is_no_result() {
    let mut listener = Listener::spawn(&["--json"]);
    for body in ["", "[]", "text"] {
        let came = post(listener.address, &signed(body));
        assert_eq!(came.status, 400, "{body}");
        assert_eq!(listener.next()["verdict"], "accepted");
    }
}

#[test]
fn a_forged_request_is_explained() {
    let mut listener = Listener::spawn(&["--json"]);
    // The key with a newline after it, as from a file.
    let came = post(listener.address, &signed_with(&KEY.to_ascii_uppercase(), "{}"));
    assert_eq!((came.status, &came.json()["error"]["code"]), (403, &"40303".into()));
    let line = listener.next();
    assert_eq!(
        (&line["verdict"], &line["reason"]),
        (&"rejected".into(), &"signature_mismatch".into())
    );
    assert_eq!(line["explanation"]["mistakes"], json!(["key_upper_case"]));
    assert!(!line.to_string().to_lowercase().contains(KEY), "{line}");
}

#[test]
fn the_window_is_that_of_the_moment_when_the_request_came() {
    let mut listener = Listener::spawn(&["--json"]);
    let minutes = |minutes: i64| Timestamp::from_millis(now().as_millis() + minutes * 60_000);
    for (at, reason) in [(minutes(-6), "timestamp_expired"), (minutes(6), "timestamp_in_future")] {
        let came = post(listener.address, &request(&headers(KEY, "{}", at), "{}"));
        assert_eq!((came.status, &came.json()["error"]["detail"]), (400, &reason.into()));
        let line = listener.next();
        assert_eq!(line["reason"], reason);
        assert_eq!(line["explanation"]["at_its_own_time"]["verdict"], "accepted");
    }
    let mut wide = Listener::spawn(&["--json", "--window", "600"]);
    assert_eq!(post(wide.address, &request(&headers(KEY, "{}", minutes(-6)), "{}")).status, 200);
    assert_eq!(wide.next()["verdict"], "accepted");
}

#[test]
fn duplicated_headers_are_seen() {
    let mut listener = Listener::spawn(&["--json"]);
    let once = headers(KEY, "{}", now());
    let came = post(listener.address, &request(&once.repeat(2), "{}"));
    assert_eq!(came.status, 400);
    assert_eq!(listener.next()["reason"], "header_duplicated");
}

#[test]
fn the_uri_is_signed_where_the_scheme_is_that() {
    let mut listener = Listener::spawn(&["--json", "--scheme", "uri_body_time"]);
    let came = post(listener.address, &signed("{}"));
    assert_eq!(came.status, 403);
    assert_eq!(listener.next()["reason"], "signature_mismatch");
}

#[test]
fn chunks_are_put_together() {
    let mut listener = Listener::spawn(&["--json"]);
    let body = r#"{"callNum":"1"}"#;
    let head = format!(
        "POST /customer?a=b HTTP/1.1\r\nHost: a\r\n{}Transfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n",
        headers(KEY, body, now())
    );
    let chunks = format!("4;x=y\r\n{}\r\nb\r\n{}\r\n0\r\n\r\n", &body[..4], &body[4..]);
    assert_eq!(post(listener.address, (head + &chunks).as_bytes()).status, 200);
    let line = listener.next();
    assert_eq!((&line["verdict"], &line["body_bytes"]), (&"accepted".into(), &15.into()));
    assert_eq!(line["target"], "/customer?a=b");
}

#[test]
fn a_body_beyond_the_limit_is_rejected() {
    let mut listener = Listener::spawn(&["--json", "--body-limit", "1000"]);
    let fits = "x".repeat(1000);
    assert_eq!(post(listener.address, &signed(&fits)).status, 400);
    assert_eq!(listener.next()["verdict"], "accepted");
    let long = "x".repeat(1001);
    let came = post(listener.address, &signed(&long));
    assert_eq!(came.json()["error"]["detail"], "body_too_large");
    assert_eq!(listener.next()["reason"], "body_too_large");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unreadable() {
    let mut listener = Listener::spawn(&["--json"]);
    let mut client = Target::from(listener.address).http1().await.unwrap();
    let whole = signed("{\"callNum\":\"1\"}");
    client.send(&whole[..whole.len() - 4]).await.unwrap();
    client.half_close().await.unwrap();
    assert_eq!(listener.next()["reason"], "body_unreadable");
}

#[tokio::test]
async fn a_body_that_does_not_end_in_time_is_rejected() {
    let mut listener = Listener::spawn(&["--json", "--timeout", "0.2"]);
    let mut client = Target::from(listener.address).http1().await.unwrap();
    let whole = signed("{\"callNum\":\"1\"}");
    let came = client.exchange(&whole[..whole.len() - 4]).await.unwrap();
    assert_eq!(came.json()["error"]["detail"], "body_timeout");
    assert_eq!(listener.next()["reason"], "body_timeout");
}

#[test]
fn nothing_of_a_request_steers_the_terminal() {
    let listener = Listener::spawn(&[]);
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}";
    let request =
        format!("POST /{evil} HTTP/1.1\r\nHost: a\r\nX: {evil}\r\nConnection: close\r\n\r\n");
    post(listener.address, request.as_bytes());
    post(listener.address, &signed("{}"));
    let printed = listener.interrupt().stdout;
    assert!(!printed.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{printed:?}");
}
