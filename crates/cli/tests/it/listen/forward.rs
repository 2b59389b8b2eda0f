//! `--forward`: what the server gets, and what comes back.

use std::io::Write as _;
use std::sync::mpsc;

use online_contact_test_kit::{ClosedPort, KEY, Target};
use serde_json::Value;

use super::client::{headers, now, post, signed, signed_with};
use super::listener::Listener;
use crate::honest::{Authority, Honest, Speaks};
use crate::scripted::{JSON, Received, Scripted, read_until, response};

const DATA: &str = r#"{"data":{"userName":"홍길동"}}"#;

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[test]
fn the_request_arrives_unchanged_without_the_headers_of_the_connection() {
    let upstream = Scripted::new(response("200 OK", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let body = r#"{"callNum":"1"}"#;
    let signed = headers(KEY, body, now());
    let request = format!(
        "POST /customer/%ea%b0%80?a=/b HTTP/1.1\r\nHost: crm.example.com\r\nX-B: 1\r\n{signed}\
         Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n\
         Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nAccept: application/json\r\n\
         X-Empty:\r\nContent-Type: application/json\r\nContent-Length: 15\r\nX-B: 2\r\n\r\n{body}"
    );
    let came = post(listener.address, request.as_bytes());
    assert_eq!((came.status, &*came.text()), (200, DATA));
    let expected = format!(
        "POST /customer/%ea%b0%80?a=/b HTTP/1.1\r\nHost: crm.example.com\r\nX-B: 1\r\nX-B: 2\r\n\
         {signed}Accept: application/json\r\nX-Empty:\r\nContent-Type: application/json\r\n\
         Content-Length: 15\r\n\r\n{body}"
    );
    assert_eq!(upstream.request().text(), expected);
    let line = listener.next();
    assert_eq!(line["verdict"], "accepted");
    assert_eq!(
        (&line["response"]["status"], &line["agent"]["data"]["userName"]),
        (&200.into(), &"홍길동".into())
    );
    assert_eq!((ids(&line["breaches"]), ids(&line["remarks"])), (vec![], vec![]));
}

#[test]
fn a_path_in_the_url_replaces_that_of_the_request() {
    let upstream = Scripted::new(response("200 OK", JSON, DATA));
    let url = format!("{}/api/lookup", upstream.origin());
    let listener = Listener::spawn(&["--json", "--forward", &url]);
    post(listener.address, &signed("{}"));
    assert!(upstream.request().head.starts_with("POST /api/lookup HTTP/1.1\r\n"));
}

#[test]
fn a_server_behind_tls_gets_its_own_host_name() {
    let authority = Authority::of(&["localhost"]);
    let cacert = authority.file();
    for (speaks, flags, version) in
        [(Speaks::Http1, &[][..], "HTTP/1.1"), (Speaks::Http2, &["--http2"], "HTTP/2.0")]
    {
        let server = Honest::new(speaks, Some(&authority));
        let url = format!("https://localhost:{}", server.address.port());
        let args = ["--json", "--forward", &url, "--cacert", cacert.to_str().unwrap()];
        let mut listener = Listener::spawn(&[&args, flags].concat());
        let came = post(listener.address, &signed("{}"));
        assert!(came.text().contains(version), "{came:?}");
        assert_eq!(listener.next()["verdict"], "accepted");

        // Without --cacert the server is not trusted.
        let mut listener = Listener::spawn(&[&args[..3], flags].concat());
        assert_eq!(post(listener.address, &signed("{}")).status, 500);
        let line = listener.next();
        assert!(line["failure"].as_str().unwrap().contains("not trusted"), "{line}");
    }
}

#[test]
fn rejected_and_duplicated_headers_are_passed_on_too() {
    let upstream = Scripted::new(response("403 Forbidden", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let twice = headers(KEY, "{}", now()).repeat(2);
    post(listener.address, &super::client::request(&twice, "{}"));
    let request = upstream.request().head;
    assert_eq!(request.matches("Authorization: ").count(), 2, "{request}");
    assert_eq!(listener.next()["reason"], "header_duplicated");
}

#[test]
fn every_break_of_the_envelope_is_named() {
    let html = response("200 OK", "content-type: text/html\r\n", "<html></html>");
    let upstream = Scripted::new(html);
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let came = post(listener.address, &signed("{}"));
    assert_eq!(came.text(), "<html></html>");
    let line = listener.next();
    assert_eq!(ids(&line["breaches"]), ["content_type", "not_json"]);

    let mut listener = Listener::spawn(&["--forward", &upstream.origin()]);
    post(listener.address, &signed("{}"));
    listener.line_with("The agent sees: 조회 성공");
    listener.line_with("error: Content-Type is \"text/html\"");
}

#[test]
fn a_server_that_contradicts_the_protocol_is_named() {
    let open = Scripted::new(response("200 OK", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &open.origin()]);
    post(listener.address, &signed_with("another key", "{}"));
    assert_eq!(ids(&listener.next()["remarks"]), ["invalid_request_answered"]);

    let failure = r#"{"error":{"code":"40303","message":"No.","detail":"signature_mismatch"}}"#;
    let closed = Scripted::new(response("403 Forbidden", JSON, failure));
    let mut listener = Listener::spawn(&["--json", "--forward", &closed.origin()]);
    post(listener.address, &signed("{}"));
    assert_eq!(ids(&listener.next()["remarks"]), ["valid_request_rejected"]);
}

#[tokio::test]
async fn bodies_stream_in_both_directions() {
    let (first_came, first) = mpsc::channel();
    let (go_on, gone_on) = mpsc::channel::<()>();
    let upstream = Scripted::serving(move |stream, requests| {
        let mut bytes = Vec::new();
        read_until(stream, &mut bytes, "\"callNum\"")?;
        first_came.send(()).unwrap();
        read_until(stream, &mut bytes, "0\r\n\r\n")?;
        let head = String::from_utf8(bytes).unwrap();
        requests.send(Received { head, body: Vec::new() }).unwrap();
        stream.write_all(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"data\":\r\n",
        )?;
        gone_on.recv().unwrap();
        stream.write_all(b"3\r\n{}}\r\n0\r\n\r\n")
    });
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let body = r#"{"callNum":"1"}"#;
    let mut client = Target::from(listener.address).http1().await.unwrap();
    let head = format!(
        "POST /customer HTTP/1.1\r\nHost: a\r\n{}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        headers(KEY, body, now())
    );
    client.send(format!("{head}a\r\n{}\r\n", &body[..10]).as_bytes()).await.unwrap();
    first.recv().unwrap();
    client.send(format!("5\r\n{}\r\n0\r\n\r\n", &body[10..]).as_bytes()).await.unwrap();
    assert!(upstream.request().head.to_lowercase().contains("transfer-encoding: chunked"));
    // The response begins before the server has sent its end.
    client.answered().await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(client.reply().await.unwrap().text(), "{\"data\":{}}");
    let line = listener.next();
    assert_eq!((&line["verdict"], &line["body_bytes"]), (&"accepted".into(), &15.into()));
    assert_eq!(line["response"]["body"], "{\"data\":{}}");
}

#[test]
fn a_long_body_passes_and_is_recorded_up_to_the_limit() {
    let upstream = Scripted::new(response("200 OK", JSON, DATA));
    let mut listener =
        Listener::spawn(&["--json", "--body-limit", "1000", "--forward", &upstream.origin()]);
    let body = "x".repeat(3_000_000);
    post(listener.address, &signed(&body));
    assert!(upstream.request().body == body.as_bytes());
    let line = listener.next();
    assert_eq!(
        (&line["reason"], &line["body_bytes"]),
        (&"body_too_large".into(), &3_000_000.into())
    );
}

#[test]
fn a_response_is_recorded_up_to_the_limit_and_passes_whole() {
    let long = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(2_000_000));
    let upstream = Scripted::new(response("200 OK", JSON, &long));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    assert_eq!(post(listener.address, &signed("{}")).text(), long);
    let line = listener.next();
    assert_eq!(line["response"]["truncated"], true);
    assert_eq!(ids(&line["breaches"]), ["too_long"]);
}

#[test]
fn a_server_that_is_gone_or_silent_is_500() {
    let closed = ClosedPort::new();
    let url = format!("http://127.0.0.1:{}", closed.address().port());
    let mut listener = Listener::spawn(&["--json", "--forward", &url]);
    let came = post(listener.address, &signed("{}"));
    assert_eq!(came.status, 500);
    assert!(came.text().starts_with("{\"error\":{\"code\":\"502\""), "{came:?}");
    let line = listener.next();
    assert_eq!(line["response"], Value::Null);
    assert!(line["failure"].as_str().unwrap().contains("connection refused"), "{line}");

    let silent = Scripted::silent();
    let mut listener =
        Listener::spawn(&["--json", "--timeout", "0.5", "--forward", &silent.origin()]);
    assert_eq!(post(listener.address, &signed("{}")).status, 500);
    let line = listener.next();
    assert_eq!(line["verdict"], "accepted");
    assert!(line["failure"].as_str().unwrap().contains("did not respond in time"), "{line}");
}

#[tokio::test]
async fn a_response_that_breaks_off_breaks_off() {
    let upstream = Scripted::new("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":");
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let mut client = Target::from(listener.address).http1().await.unwrap();
    client.send(&signed("{}")).await.unwrap();
    assert!(client.rest().await.unwrap().ends_with(b"{\"data\":"));
    assert!(listener.next()["failure"].as_str().unwrap().contains("closed the connection"));
}

/// The client still has a part of the body, so the signature cannot be verified.
#[tokio::test]
async fn a_server_that_responds_before_the_end_of_the_body_gives_no_verdict() {
    let upstream = Scripted::serving(|stream, _| {
        read_until(stream, &mut Vec::new(), "\r\n\r\n")?;
        stream.write_all(&response("400 Bad Request", JSON, "{}"))
    });
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let mut client = Target::from(listener.address).http1().await.unwrap();
    let whole = signed("{\"callNum\":\"1\"}");
    client.send(&whole[..whole.len() - 5]).await.unwrap();
    let line = listener.next();
    assert_eq!((&line["response"]["status"], &line["verdict"]), (&400.into(), &"unknown".into()));
    assert_eq!(line["explanation"], Value::Null);
}

#[test]
fn a_compressed_response_is_checked_if_the_request_accepts_it() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(DATA.as_bytes()).unwrap();
    let body = gzip.finish().unwrap();
    let head = format!("{JSON}content-encoding: gzip\r\n");
    let upstream = Scripted::new(response("200 OK", &head, &body));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    let address = listener.address;
    let send = |more: &str| {
        let signed = headers(KEY, "{}", now());
        let request = super::client::request(&format!("{signed}{more}"), "{}");
        assert_eq!(post(address, &request).body, body);
    };
    send("Accept-Encoding: br, gzip;q=0.9\r\n");
    let line = listener.next();
    assert_eq!((ids(&line["breaches"]), &line["response"]["body"]), (vec![], &DATA.into()));
    send("");
    assert_eq!(ids(&listener.next()["breaches"]), ["content_encoding"]);
}

#[test]
fn requests_of_scanners_get_one_line() {
    let upstream = Scripted::new(response("200 OK", "content-type: text/html\r\n", "<html>"));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.origin()]);
    post(listener.address, b"GET /.env HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let line = listener.next();
    assert_eq!(line["reason"], "timestamp_missing");
    assert_eq!((&line["explanation"], &line["breaches"]), (&Value::Null, &Value::Null));
    assert_eq!(ids(&line["remarks"]), [""; 0]);
}
