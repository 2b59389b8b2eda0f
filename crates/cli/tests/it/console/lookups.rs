//! Lookups through the JSON API.

use online_contact_test_kit::{ClosedPort, KEY, Reply};
use serde_json::{Value, json};

use super::program::{Console, ask, settings};
use super::request::problem;
use super::target::Server;
use crate::scripted::Scripted;

fn ids(answer: &Reply) -> Vec<String> {
    let answer = answer.json();
    let findings = answer["findings"].as_array().expect("findings").clone();
    findings.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_result_is_shown_as_the_agent_sees_it() {
    let (console, server) = (Console::start(&[]), Server::start());
    let answer = console.look_up(&server.url("/customer"), "1");
    assert_eq!(answer.status, 200);
    let view = answer.json();
    assert_eq!(view["response"]["status"], 200);
    assert_eq!(view["panel"]["words"]["ko"], "조회 성공");
    let rows = json!([
        { "name": "이름", "value": "홍길동" },
        { "name": "아이디", "value": "testId" },
    ]);
    assert_eq!(view["panel"]["rows"], rows);
    assert_eq!(ids(&answer), Vec::<String>::new());
    assert!(!answer.all().contains(KEY));
}

#[test]
fn a_missing_customer_is_shown_as_the_agent_sees_it() {
    let (console, server) = (Console::start(&[]), Server::start());
    let answer = console.look_up(&server.url("/customer"), "2");
    let view = answer.json();
    assert_eq!(view["response"]["status"], 400);
    assert_eq!(view["panel"]["words"]["ko"], "조회 결과가 없습니다.");
    assert_eq!(view["panel"]["success"], false);
    assert_eq!(ids(&answer), Vec::<String>::new());
}

#[test]
fn a_rejection_is_explained() {
    let (console, server) = (Console::without_key(), Server::start());
    let url = server.url("/customer");
    let answer = console.look_up(&url, "1");
    assert_eq!(answer.json()["problem"]["places"][0]["at"], "key");

    let other = "0cc175b9c0f1b6a831c399e2";
    console.call("PUT", "/api/key", &json!({ "key": other }));
    let answer = console.look_up(&url, "1");
    let view = answer.json();
    assert_eq!(view["response"]["status"], 403);
    assert_eq!(view["panel"]["words"]["ko"], "요청한 서버에 조회 권한이 없습니다.");
    assert_eq!(ids(&answer), ["signature_mismatch", "explain"]);
    assert!(!answer.all().contains(other));

    console.call("PUT", "/api/key", &json!({ "key": KEY }));
    let mut other_scheme = ask(&url, "1");
    other_scheme["settings"]["scheme"] = json!("uri_body_time");
    let answer = console.call("POST", "/api/lookup", &other_scheme);
    assert_eq!(answer.json()["response"]["status"], 403);
    assert_eq!(console.look_up(&url, "1").json()["response"]["status"], 200);
}

#[test]
fn a_clock_that_is_off_is_reported() {
    let server = Scripted::new(
        "HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
         Content-Type: application/json; charset=utf-8\r\nConnection: close\r\n\r\n\
         {\"error\":{\"code\":\"40004\",\"message\":\"Too far.\",\"detail\":\"timestamp_in_future\"}}",
    );
    let answer = Console::start(&[]).look_up(&server.url, "1");
    assert_eq!(ids(&answer), ["timestamp_in_future", "clock_differs", "explain"]);
}

#[test]
fn a_closed_port_is_named() {
    let closed = ClosedPort::new();
    let answer = Console::start(&[]).look_up(&closed.url(), "1");
    let view = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!((&view["response"], &view["panel"]["status"]), (&Value::Null, &Value::Null));
    let failure = view["failure"]["en"].as_str().unwrap();
    assert!(failure.starts_with("connection refused"), "{failure}");
}

#[test]
fn what_is_shown_is_what_was_sent() {
    let server = Scripted::new("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let url = format!("{}?source=oc", server.url);
    let view = Console::start(&[]).look_up(&url, "홍 \"길동\"").json();
    let came = server.request().text();
    let request = &view["request"];
    let mut shown = format!("POST {} {}\r\n", request["target"].as_str().unwrap(), "HTTP/1.1");
    for header in request["headers"].as_array().unwrap() {
        shown += &format!("{}: {}\r\n", header[0].as_str().unwrap(), header[1].as_str().unwrap());
    }
    shown += &format!("\r\n{}", request["body"].as_str().unwrap());
    assert_eq!(came, shown);
    assert_eq!(request["bodyBytes"], "{\"callNum\":\"홍 \\\"길동\\\"\"}".len());
    assert_eq!(request["signedBefore"], request["body"]);
}

#[test]
fn a_broken_contract_is_reported() {
    let (console, server) = (Console::start(&[]), Server::start());
    let answer = console.look_up(&server.url("/plain"), "1");
    // With 401 the caller was rejected, in other words to the agent.
    assert_eq!(ids(&answer), ["status_unknown", "content_type", "not_json", "explain"]);
    let answer = console.look_up(&server.url("/numbers"), "1");
    let expected = ["charset_missing", "value_not_string", "item_missing", "item_unknown"];
    assert_eq!(ids(&answer), expected);
    assert_eq!(answer.json()["panel"]["rows"][0]["value"], "7");
    assert_eq!(answer.json()["panel"]["rows"][1]["value"], Value::Null);
}

#[test]
fn a_key_that_the_server_prints_stays_hidden() {
    let (console, server) = (Console::start(&[]), Server::start());
    let answer = console.look_up(&server.url("/leak"), "1");
    assert_eq!(ids(&answer)[0], "key_in_answer");
    assert_eq!(answer.json()["panel"]["rows"][0]["value"], "the key is [security key]!");
    assert!(!answer.all().contains(KEY));
}

#[test]
fn another_machine_is_asked_only_after_a_yes() {
    let console = Console::start(&[]);
    // Names that end in `invalid` never exist.
    let url = "http://customer.invalid:8080/lookup";
    let answer = console.look_up(url, "1");
    assert_eq!((answer.status, &*problem(&answer)), (409, "unconfirmed"));
    assert_eq!(answer.json()["problem"]["origin"], "http://customer.invalid:8080");
    let mut confirmed = ask(url, "1");
    confirmed["confirmed"] = json!(["http://customer.invalid:80", "http://customer.invalid"]);
    assert_eq!(console.call("POST", "/api/lookup", &confirmed).status, 409);
    confirmed["confirmed"] = json!(["http://customer.invalid:8080"]);
    let answer = console.call("POST", "/api/lookup", &confirmed);
    assert_eq!((answer.status, &answer.json()["response"]), (200, &Value::Null));
    for url in
        ["http://localhost.evil.invalid/", "http://127.0.0.1.nip.invalid/", "http://10.0.0.1/"]
    {
        assert_eq!(console.look_up(url, "1").status, 409, "{url}");
    }
}

#[test]
fn what_is_required_or_too_long_is_reported() {
    let (console, closed) = (Console::start(&[]), ClosedPort::new());
    for (number, said) in [
        ("", "This is required."),
        (&*"가".repeat(21), "21 characters: expected at most 20."),
        // As the input of a page counts them: a letter of four bytes is two.
        (&*"🙂".repeat(11), "22 characters: expected at most 20."),
    ] {
        let answer = console.look_up(&closed.url(), number);
        let place = answer.json()["problem"]["places"][0].clone();
        assert_eq!(
            (place["at"].as_str(), place["text"]["en"].as_str()),
            (Some("values.callNum"), Some(said))
        );
    }
    let extra = json!({ "settings": settings(&closed.url()), "values": {}, "headers": {} });
    assert_eq!(problem(&console.call("POST", "/api/lookup", &extra)), "unreadable");
    // Not a byte more than it takes: what stays unread when the console closes would drown the answer.
    let long = format!("\"{}\"", "x".repeat(256 * 1024 - 1));
    let long = console
        .request("POST", "/api/lookup")
        .header("Content-Type", "application/json")
        .text(&long);
    assert_eq!(long.send().status, 413);
}

#[test]
fn long_lists_of_names_are_short_in_the_text_and_whole_beside_it() {
    let (console, server) = (Console::start(&[]), Server::start());
    let mut many = ask(&server.url("/customer"), "1");
    let items = (0..9).map(|n| json!({ "name": format!("n{n}"), "variable": format!("v{n}") }));
    many["settings"]["result"] = items.collect();
    let view = console.call("POST", "/api/lookup", &many).json();
    let missing = &view["findings"][0];
    assert_eq!(missing["id"], "item_missing");
    let text = missing["text"]["en"].as_str().unwrap();
    assert!(text.contains("v0, v1, v2, v3, v4 and 4 more:"), "{text}");
    assert_eq!(missing["names"].as_array().unwrap().len(), 9);
    assert_eq!(view["findings"][1].get("names"), None);
}
