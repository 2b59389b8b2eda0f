//! `online-contact send`, through the built program, against servers on sockets.

mod breaches;
mod captures;
mod hostile;
mod input;
mod openssl;
mod transport;

use crate::honest::{Honest, Speaks};
use crate::scripted::{JSON, Scripted, response};
use crate::support::{KEY, MOMENT, run};

#[test]
fn a_result_is_shown_as_the_agent_sees_it() {
    let server = Honest::new(Speaks::Http1, None);
    let run =
        run(&["send", &format!("http://{}/customer", server.address), "--field", "callNum=1"]);
    assert_eq!(run.status, 0, "{run:?}");
    let expected = [
        "200 OK  HTTP/1.1",
        "content-type: application/json; charset=utf-8\n",
        "{\n  \"data\": {\n    \"zeta\": \"HTTP/1.1\",\n    \"alpha\": \"홍길동\"\n  }\n}\n",
        "The agent sees: 조회 성공 (\"The lookup succeeded.\")\n  zeta: HTTP/1.1\n  alpha: 홍길동\n",
        "The response keeps the envelope.\n",
    ];
    for part in expected {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn json_has_everything() {
    let server = Honest::new(Speaks::Http1, None);
    let url = format!("http://{}/customer", server.address);
    let run = run(&["send", &url, "--json", "--field", "callNum=1"]);
    let json = run.json();
    assert_eq!(json["request"]["url"], url);
    assert_eq!(json["request"]["body_bytes"], 15);
    assert_eq!(json["response"]["status"], 200);
    assert_eq!(json["response"]["version"], "HTTP/1.1");
    assert!(json["response"]["elapsed_ms"].is_u64());
    assert_eq!(json["agent"]["words"], "조회 성공 (\"The lookup succeeded.\")");
    assert_eq!(json["agent"]["data"]["alpha"], "홍길동");
    assert_eq!(json["breaches"], serde_json::json!([]));
    assert_eq!(json["outcome"], "good");
}

#[test]
fn in_korean_the_answer_is_korean() {
    let server = Scripted::new(response("404 Not Found", JSON, r#"{"error":{"code":1}}"#));
    let run = run(&["send", &server.url, "--lang", "ko", "--field", "callNum=1"]);
    assert_eq!(run.status, 1);
    for part in
        ["상담원 화면: 요청한 서버에 에러가 있습니다.\n", "오류: error.message이(가) 없습니다"]
    {
        assert!(run.stdout.contains(part), "{part}: {run:?}");
    }
}

#[test]
fn the_exit_status_is_that_of_the_help() {
    let error = r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#;
    let rejection = r#"{"error":{"code":"40003","message":"Old.","detail":"timestamp_expired"}}"#;
    let cases = [
        ("200 OK", r#"{"data":{"a":"1"}}"#, 0),
        ("200 OK", r#"{"data":{"a":1}}"#, 0), // advice only
        ("200 OK", r#"{"data":[]}"#, 1),
        ("400 Bad Request", error, 0),
        ("400 Bad Request", rejection, 1),
        ("400 Bad Request", "{}", 1),
        ("403 Forbidden", error, 1),
        ("404 Not Found", error, 1),
        ("500 Internal Server Error", error, 1),
        ("503 Service Unavailable", error, 1),
    ];
    for (status, body, expected) in cases {
        let server = Scripted::new(response(status, JSON, body));
        let run = run(&["send", &server.url]);
        assert_eq!(run.status, expected, "{status} {body}: {run:?}");
    }
}

#[test]
fn a_rejection_is_named() {
    let server = Honest::new(Speaks::Http1, None);
    let url = format!("http://{}/customer", server.address);
    let old = run(&["send", &url, "--timestamp", MOMENT]);
    assert_eq!(old.status, 1);
    assert!(old.stdout.contains("The request was rejected: timestamp_expired."), "{old:?}");
    // Signed in one scheme, verified in the other.
    let other = run(&["send", &url, "--scheme", "uri_body_time", "--json"]);
    assert_eq!(other.json()["rejected"], "signature_mismatch");
}

#[test]
fn the_path_is_signed_as_it_is_sent() {
    let server = Honest::new(Speaks::Http1, None);
    let paths =
        ["/uri", "/uri?a=/b", "/uri/고객 명단", "/uri/%ea%B3%A0%2F", "/uri/a/../b/./c", "/uri//"];
    let more = ["/uri/'()*!~;,@:&=+$", "/uri/{}|^`\"<>[]", "/uri\\x", "/uri#fragment"];
    for path in paths.into_iter().chain(more) {
        let url = format!("http://{}{path}", server.address);
        let run = run(&["send", &url, "--scheme", "uri_body_time", "--field", "a=b", "--json"]);
        assert_eq!(run.json()["response"]["status"], 200, "{path}: {run:?}");
    }
}

#[test]
fn headers_are_those_of_online_contact_and_can_be_replaced() {
    let server = Scripted::new(response("200 OK", JSON, r#"{"data":{}}"#));
    run(&["send", &server.url, "--field", "callNum=1", "--timestamp", MOMENT]);
    let head = server.request().head;
    assert!(head.starts_with("POST /customer HTTP/1.1\r\n"), "{head}");
    for line in [
        "content-type: application/json; charset=utf-8",
        "x-tc-timestamp: 1732400000000",
        "content-length: 15",
        concat!("user-agent: online-contact/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.to_lowercase().lines().any(|found| found == line), "{line}: {head}");
    }
    let replaced =
        ["--header", "Authorization: a", "--header", "authorization:b", "--header", "X-Y: 가"];
    run(&[&["send", &*server.url][..], &replaced].concat());
    let head = server.request().head.to_lowercase();
    let found = head.lines().filter(|line| line.starts_with("authorization")).collect::<Vec<_>>();
    assert_eq!(found, ["authorization: a", "authorization: b"]);
    assert!(head.contains("x-y: 가"), "{head}");
    assert!(!head.contains(KEY));
}
