//! `--forward`: what the server gets, and what comes back.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use serde_json::{Value, json};

use crate::client::{headers, now, post, response as read_response, signed, signed_with};
use crate::honest::{Authority, Honest, Speaks};
use crate::running::Listener;
use crate::support::{ClosedPort, KEY};
use crate::upstream::{JSON, Upstream, response};

const DATA: &str = r#"{"data":{"userName":"홍길동"}}"#;

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[test]
fn the_request_arrives_unchanged_without_the_headers_of_the_connection() {
    let upstream = Upstream::new(response("200 OK", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let body = r#"{"callNum":"1"}"#;
    let signed = headers(KEY, body, now());
    let request = format!(
        "POST /customer/%ea%b0%80?a=/b HTTP/1.1\r\nHost: crm.example.com\r\nX-B: 1\r\n{signed}\
         Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n\
         Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nAccept: application/json\r\n\
         X-Empty:\r\nContent-Type: application/json\r\nContent-Length: 15\r\nX-B: 2\r\n\r\n{body}"
    );
    let came = post(listener.address, request.as_bytes());
    assert_eq!((came.status, came.body()), (200, DATA));
    let expected = format!(
        "POST /customer/%ea%b0%80?a=/b HTTP/1.1\r\nHost: crm.example.com\r\nX-B: 1\r\nX-B: 2\r\n\
         {signed}Accept: application/json\r\nX-Empty:\r\nContent-Type: application/json\r\n\
         Content-Length: 15\r\n\r\n{body}"
    );
    assert_eq!(upstream.request(), expected);
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
    let upstream = Upstream::new(response("200 OK", JSON, DATA));
    let url = format!("{}/api/lookup", upstream.url());
    let listener = Listener::spawn(&["--json", "--forward", &url]);
    post(listener.address, &signed("{}"));
    assert!(upstream.request().starts_with("POST /api/lookup HTTP/1.1\r\n"));
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
        assert!(came.body().contains(version), "{came:?}");
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
    let upstream = Upstream::new(response("403 Forbidden", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let twice = headers(KEY, "{}", now()).repeat(2);
    post(listener.address, &crate::client::request(&twice, "{}"));
    let request = upstream.request();
    assert_eq!(request.matches("Authorization: ").count(), 2, "{request}");
    assert_eq!(listener.next()["reason"], "header_duplicated");
}

#[test]
fn every_break_of_the_envelope_is_named() {
    let html = response("200 OK", "content-type: text/html\r\n", "<html></html>");
    let upstream = Upstream::new(html);
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let came = post(listener.address, &signed("{}"));
    assert_eq!(came.body(), "<html></html>");
    let line = listener.next();
    assert_eq!(ids(&line["breaches"]), ["content_type", "not_json"]);

    let mut listener = Listener::spawn(&["--forward", &upstream.url()]);
    post(listener.address, &signed("{}"));
    listener.line_with("The agent sees: 조회 성공");
    listener.line_with("error: Content-Type is \"text/html\"");
}

#[test]
fn a_server_that_contradicts_the_protocol_is_named() {
    let open = Upstream::new(response("200 OK", JSON, DATA));
    let mut listener = Listener::spawn(&["--json", "--forward", &open.url()]);
    post(listener.address, &signed_with("another key", "{}"));
    assert_eq!(ids(&listener.next()["remarks"]), ["invalid_request_answered"]);

    let failure = r#"{"error":{"code":"40303","message":"No.","detail":"signature_mismatch"}}"#;
    let closed = Upstream::new(response("403 Forbidden", JSON, failure));
    let mut listener = Listener::spawn(&["--json", "--forward", &closed.url()]);
    post(listener.address, &signed("{}"));
    assert_eq!(ids(&listener.next()["remarks"]), ["valid_request_rejected"]);
}

#[test]
fn bodies_stream_in_both_directions() {
    let (first_came, first) = mpsc::channel();
    let (go_on, gone_on) = mpsc::channel();
    let upstream = Upstream::with(move |stream, requests| {
        let mut request = String::new();
        let mut piece = [0; 4096];
        while !request.contains("\"callNum\"") {
            let length = stream.read(&mut piece).unwrap();
            request += std::str::from_utf8(&piece[..length]).unwrap();
        }
        first_came.send(()).unwrap();
        while !request.ends_with("0\r\n\r\n") {
            let length = stream.read(&mut piece).unwrap();
            request += std::str::from_utf8(&piece[..length]).unwrap();
        }
        requests.send(request).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"data\":\r\n")
            .unwrap();
        gone_on.recv().unwrap();
        stream.write_all(b"3\r\n{}}\r\n0\r\n\r\n").unwrap();
    });
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let body = r#"{"callNum":"1"}"#;
    let mut stream = TcpStream::connect(listener.address).unwrap();
    let head = format!(
        "POST /customer HTTP/1.1\r\nHost: a\r\n{}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        headers(KEY, body, now())
    );
    stream.write_all(format!("{head}a\r\n{}\r\n", &body[..10]).as_bytes()).unwrap();
    first.recv().unwrap();
    stream.write_all(format!("5\r\n{}\r\n0\r\n\r\n", &body[10..]).as_bytes()).unwrap();
    assert!(upstream.request().to_lowercase().contains("transfer-encoding: chunked"));
    let mut came = String::new();
    let mut piece = [0; 4096];
    while !came.contains("{\"data\":") {
        let length = stream.read(&mut piece).unwrap();
        came += std::str::from_utf8(&piece[..length]).unwrap();
    }
    go_on.send(()).unwrap();
    stream.read_to_string(&mut came).unwrap();
    assert!(came.ends_with("3\r\n{}}\r\n0\r\n\r\n"), "{came}");
    let line = listener.next();
    assert_eq!((&line["verdict"], &line["body_bytes"]), (&"accepted".into(), &15.into()));
    assert_eq!(line["response"]["body"], "{\"data\":{}}");
}

#[test]
fn a_long_body_passes_and_is_recorded_up_to_the_limit() {
    let upstream = Upstream::new(response("200 OK", JSON, DATA));
    let mut listener =
        Listener::spawn(&["--json", "--body-limit", "1000", "--forward", &upstream.url()]);
    let body = "x".repeat(3_000_000);
    post(listener.address, &signed(&body));
    assert!(upstream.request().ends_with(&body));
    let line = listener.next();
    assert_eq!(
        (&line["reason"], &line["body_bytes"]),
        (&"body_too_large".into(), &3_000_000.into())
    );
}

#[test]
fn a_response_is_recorded_up_to_the_limit_and_passes_whole() {
    let long = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(2_000_000));
    let upstream = Upstream::new(response("200 OK", JSON, &long));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    assert_eq!(post(listener.address, &signed("{}")).body(), long);
    let line = listener.next();
    assert_eq!(line["response"]["truncated"], true);
    assert_eq!(ids(&line["breaches"]), ["too_long"]);
}

#[test]
fn a_server_that_is_gone_or_silent_is_500() {
    let closed = ClosedPort::new();
    let url = format!("http://127.0.0.1:{}", closed.port());
    let mut listener = Listener::spawn(&["--json", "--forward", &url]);
    let came = post(listener.address, &signed("{}"));
    assert_eq!(came.status, 500);
    assert!(came.body().starts_with("{\"error\":{\"code\":\"502\""), "{came:?}");
    let line = listener.next();
    assert_eq!(line["response"], Value::Null);
    assert!(line["failure"].as_str().unwrap().contains("connection refused"), "{line}");

    let silent = Upstream::with(|stream, requests| {
        requests.send(crate::upstream::read(stream)).unwrap();
        let _ = stream.read(&mut [0]);
    });
    let mut listener = Listener::spawn(&["--json", "--timeout", "0.3", "--forward", &silent.url()]);
    assert_eq!(post(listener.address, &signed("{}")).status, 500);
    let line = listener.next();
    assert_eq!(line["verdict"], "accepted");
    assert!(line["failure"].as_str().unwrap().contains("did not respond in time"), "{line}");
}

#[test]
fn a_response_that_breaks_off_breaks_off() {
    let upstream = Upstream::new("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":");
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let mut stream = TcpStream::connect(listener.address).unwrap();
    stream.write_all(&signed("{}")).unwrap();
    assert!(read_response(&mut stream).text.ends_with("{\"data\":"));
    assert!(listener.next()["failure"].as_str().unwrap().contains("closed the connection"));
}

#[test]
fn a_server_that_responds_before_the_end_of_the_body_gives_no_verdict() {
    let upstream = Upstream::with(|stream, requests| {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        requests.send(String::new()).unwrap();
        stream.write_all(response("400 Bad Request", JSON, "{}").as_bytes()).unwrap();
    });
    let mut listener =
        Listener::spawn(&["--json", "--timeout", "0.5", "--forward", &upstream.url()]);
    let mut stream = TcpStream::connect(listener.address).unwrap();
    let whole = signed("{\"callNum\":\"1\"}");
    stream.write_all(&whole[..whole.len() - 5]).unwrap();
    let line = listener.next();
    assert_eq!(line["response"]["status"], 400);
    assert!(line["verdict"] == "unknown" || line["reason"] == "body_timeout", "{line}");
    assert_eq!(line["explanation"].is_object(), line["verdict"] == "rejected", "{}", json!(line));
}

#[test]
fn a_compressed_response_is_checked_if_the_request_accepts_it() {
    let gzip = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut gzip) = gzip else { return };
    gzip.stdin.take().unwrap().write_all(DATA.as_bytes()).unwrap();
    let body = gzip.wait_with_output().unwrap().stdout;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\n{JSON}content-encoding: gzip\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );
    let upstream = Upstream::new([head.as_bytes(), &body].concat());
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    let address = listener.address;
    let send = |more: &str| {
        let signed = headers(KEY, "{}", now());
        let request = crate::client::request(&format!("{signed}{more}"), "{}");
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&request).unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).unwrap();
        assert!(came.ends_with(&body));
    };
    send("Accept-Encoding: br, gzip;q=0.9\r\n");
    let line = listener.next();
    assert_eq!((ids(&line["breaches"]), &line["response"]["body"]), (vec![], &DATA.into()));
    send("");
    assert_eq!(ids(&listener.next()["breaches"]), ["content_encoding"]);
}

#[test]
fn requests_of_scanners_get_one_line() {
    let upstream = Upstream::new(response("200 OK", "content-type: text/html\r\n", "<html>"));
    let mut listener = Listener::spawn(&["--json", "--forward", &upstream.url()]);
    post(listener.address, b"GET /.env HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let line = listener.next();
    assert_eq!(line["reason"], "timestamp_missing");
    assert_eq!((&line["explanation"], &line["breaches"]), (&Value::Null, &Value::Null));
    assert_eq!(ids(&line["remarks"]), [""; 0]);
}
