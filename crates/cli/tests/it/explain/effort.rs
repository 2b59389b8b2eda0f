//! The cost of the search, counted and not timed.

use super::draft::Sent;

const LENGTH: u64 = 1024 * 1024;

/// A megabyte of JSON in one line.
fn long_body() -> Vec<u8> {
    let mut body = b"{\"memo\":\"".to_vec();
    body.resize(1024 * 1024 - 2, b'a');
    body.extend(b"\"}");
    body
}

#[test]
fn what_stands_behind_a_long_body_costs_one_hash_of_it() {
    let sent = Sent::new(long_body(), false);
    let mut draft = sent.draft();
    draft.delimiter = b".".to_vec();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["time_delimiter_dot"]));
    assert_eq!(answer["hashed_bodies"], 1);
    assert!(answer["hashed_bytes"].as_u64().unwrap() < LENGTH + 16 * 1024);
}

#[test]
fn two_mistakes_of_which_one_stands_behind_it_cost_no_more_than_all_single_ones() {
    let sent = Sent::new(long_body(), false);
    let mut draft = sent.draft();
    draft.key.push(b'\n');
    draft.end = b"\n".to_vec();
    let answer = sent.explain(&draft.authorization()).json();
    let expected = serde_json::json!(["key_trailing_newline", "message_trailing_newline"]);
    assert_eq!(answer["mistakes"], expected);
    assert!(answer["hashed_bodies"].as_u64().unwrap() < 120, "{answer:#}");
    assert!(answer["hashed_bytes"].as_u64().unwrap() < 150 * LENGTH, "{answer:#}");
}

/// Without a match, all is tried: a bounded number of times.
#[test]
fn a_search_that_finds_nothing_is_bounded() {
    let mut body = long_body();
    body.truncate(16 * 1024);
    let length = body.len() as u64;
    let sent = Sent::new(body, true);
    let mut draft = sent.draft();
    draft.key = b"another".to_vec();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["complete"], true);
    let bodies = answer["hashed_bodies"].as_u64().unwrap();
    assert!(bodies < 10_500, "{bodies}");
    // Some forms are several times as long as the body.
    assert!(answer["hashed_bytes"].as_u64().unwrap() < 3 * bodies * length);
}

/// As deep as a megabyte goes, which no stack does: it is answered like any other body.
#[test]
fn a_body_that_is_nested_deeply_is_answered() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let depth = 1024 * 1024 / (open.len() + close.len());
        let body = [&*open.repeat(depth), if open == "[" { "" } else { "1" }, &close.repeat(depth)];
        let sent = Sent::new(body.concat(), false);
        let mut draft = sent.draft();
        draft.key = b"another".to_vec();
        let now = sent.timestamp.to_string();
        let args = ["explain", "--request", "-", "--json", "--now", &now, "--time-limit", "0.2"];
        let capture = sent.capture(&draft.authorization());
        let run = crate::support::run_with_stdin(crate::support::command(&args), &capture);
        assert_eq!(run.json()["reason"], "signature_mismatch");
    }
}

/// Forms that headers make are cut off where there are too many, and then this is said.
#[test]
fn more_headers_than_are_searched_are_said_to_be_left_out() {
    let sent = Sent::new("{}", true);
    let mut draft = sent.draft();
    draft.uri = b"/elsewhere".to_vec();
    let mut capture = String::from_utf8(sent.capture(&draft.authorization())).unwrap();
    let many: String = (0..100).map(|place| format!("X-Forwarded-Prefix: /p{place}\r\n")).collect();
    capture = capture.replacen("Host:", &format!("{many}Host:"), 1);
    let now = sent.timestamp.to_string();
    let args = ["explain", "--request", "-", "--json", "--now", &now, "--scheme", "uri_body_time"];
    let explain = |capture: &str| {
        crate::support::run_with_stdin(crate::support::command(&args), capture.as_bytes()).json()
    };
    assert_eq!(explain(&capture)["complete"], false);
    // What is fixed is searched all the same.
    draft.uri = b"POST /api/%EA%B3%A0%EA%B0%9D".to_vec();
    let fixed = String::from_utf8(sent.capture(&draft.authorization())).unwrap();
    let fixed = fixed.replacen("Host:", &format!("{many}Host:"), 1);
    assert_eq!(explain(&fixed)["mistakes"], serde_json::json!(["uri_with_method"]));
}

#[test]
fn a_search_without_time_says_that_it_left_things_out() {
    let sent = Sent::new(long_body(), false);
    let mut draft = sent.draft();
    draft.key = b"another".to_vec();
    let now = sent.timestamp.to_string();
    let args = ["explain", "--request", "-", "--json", "--now", &now, "--time-limit", "0"];
    let capture = sent.capture(&draft.authorization());
    let run = crate::support::run_with_stdin(crate::support::command(&args), &capture);
    let answer = run.json();
    assert_eq!(answer["complete"], false);
    assert_eq!(answer["hashed_bodies"], 1);
    assert!(answer["advice"].to_string().contains("--time-limit"), "{answer:#}");
    assert_eq!(run.stderr, "", "no progress where stderr is no terminal");
}
