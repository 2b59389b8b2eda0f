//! Every fault of an envelope.

use crate::scripted::{JSON, Scripted, response};
use crate::support::run;

const OK: &str = "200 OK";
const BAD: &str = "400 Bad Request";
const DATA: &str = r#"{"data":{"userName":"test"}}"#;
const ERROR: &str = r#"{"error":{"code":"911","message":"Not existing user.","detail":null}}"#;

/// The breaches, each as `level id`.
fn found(answer: Vec<u8>) -> Vec<String> {
    let server = Scripted::new(answer);
    let json = run(&["send", &server.url, "--json"]).json();
    let breaches = json["breaches"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    breaches.map(|breach| format!("{} {}", text(&breach["level"]), text(&breach["id"]))).collect()
}

#[track_caller]
fn body(status: &str, body: impl AsRef<[u8]>, expected: &[&str]) {
    let shown = String::from_utf8_lossy(body.as_ref()).into_owned();
    assert_eq!(found(response(status, JSON, body)), expected, "{status} {shown}");
}

#[test]
fn an_envelope_as_documented_has_no_breach() {
    body(OK, DATA, &[]);
    body(OK, r#" {"data":{"a":"","b":null}} "#, &[]);
    body(BAD, ERROR, &[]);
    body("403 Forbidden", ERROR, &[]);
    body("500 Internal Server Error", r#"{"error":{"code":911,"message":"","detail":"x"}}"#, &[]);
}

#[test]
fn another_status_than_the_five_is_a_breach() {
    for status in ["201 Created", "302 Found", "401 Unauthorized", "422 X", "503 Unavailable"] {
        body(status, ERROR, &["error status_unknown"]);
    }
    body("404 Not Found", ERROR, &["advice no_result_as_404"]);
}

#[test]
fn another_content_type_than_json_in_utf_8_is_a_breach() {
    let of = |headers: &str| found(response(OK, headers, DATA));
    assert_eq!(of(""), ["error content_type_missing"]);
    assert_eq!(of("content-type: text/html\r\n"), ["error content_type"]);
    assert_eq!(of("content-type: application/problem+json\r\n"), ["error content_type"]);
    assert_eq!(of("content-type: application/json\r\n"), ["advice charset_missing"]);
    assert_eq!(of("content-type: application/json;charset=EUC-KR\r\n"), ["error charset"]);
    assert_eq!(of(&JSON.repeat(2)), ["error content_type_duplicated"]);
    assert!(of("content-type: Application/JSON ; Charset=\"UTF-8\"\r\n").is_empty());
}

#[test]
fn a_compressed_response_is_a_breach() {
    let headers = format!("{JSON}content-encoding: gzip\r\n");
    assert_eq!(found(response(OK, &headers, b"\x1f\x8b")), ["error content_encoding"]);
    let headers = format!("{JSON}content-encoding: identity\r\n");
    assert!(found(response(OK, &headers, DATA)).is_empty());
}

#[test]
fn a_body_that_is_not_one_json_object_is_a_breach() {
    body(OK, "", &["error body_empty"]);
    body(OK, " \n", &["error body_empty"]);
    body(OK, "Not found", &["error not_json"]);
    body(OK, r#"{"data":{"a":007}}"#, &["error not_json"]);
    body(OK, format!("{DATA}{DATA}"), &["error not_json"]);
    body(OK, "[".repeat(100_000), &["error not_json"]);
    body(OK, "[]", &["error not_an_object"]);
    body(OK, "null", &["error not_an_object"]);
    body(OK, format!("\u{feff}{DATA}"), &["error byte_order_mark"]);
    body(OK, b"{\"data\":{\"a\":\"\xb0\xa1\"}}", &["error not_utf8"]);
    body(OK, r#"{"data":{"a":"1","a":"2"}}"#, &["error duplicate_key"]);
    body(OK, r#"{"data":{"a":"1"},"data":{"a":"2"}}"#, &["error duplicate_key"]);
    body(
        OK,
        r#"{"data":{},"x":[{"a":1,"\u0061":2}]}"#,
        &["error duplicate_key", "advice data_empty"],
    );
}

#[test]
fn a_response_over_the_limits_is_a_breach() {
    let long =
        format!(r#"{{"error":{{"code":1,"message":"{}","detail":null}}}}"#, "x".repeat(70_000));
    body(BAD, &long, &["error too_long"]);
    let long = format!(r#"{{"data":{{"a":"{}"}}}}"#, "x".repeat(70_000));
    body(OK, &long, &[]);
    body(OK, "x".repeat(1024 * 1024 + 1), &["error too_long"]);
    body(OK, format!("{DATA}{}", " ".repeat(1024 * 1024 - DATA.len())), &[]);
}

#[test]
fn a_success_needs_an_object_of_strings() {
    body(OK, "{}", &["error data_missing"]);
    body(OK, ERROR, &["error success_with_error"]);
    body(OK, r#"{"data":{"a":"1"},"error":null}"#, &["error data_and_error"]);
    for data in ["null", "[]", "\"\"", "1", "true"] {
        body(OK, format!(r#"{{"data":{data}}}"#), &["error data_not_object"]);
    }
    body(OK, r#"{"data":{}}"#, &["advice data_empty"]);
    body(OK, r#"{"data":{"a":{}}}"#, &["error value_nested"]);
    body(OK, r#"{"data":{"a":["1"]}}"#, &["error value_nested"]);
    body(OK, r#"{"data":{"a":1,"b":true}}"#, &["advice value_not_string"; 2]);
}

#[test]
fn a_failure_needs_code_message_and_detail() {
    body(BAD, "{}", &["error error_missing"]);
    body(BAD, DATA, &["error failure_with_data"]);
    body(BAD, r#"{"error":"x"}"#, &["error error_not_object"]);
    let missing =
        ["error error_code_missing", "error error_message_missing", "error error_detail_missing"];
    body(BAD, r#"{"error":{}}"#, &missing);
    let of = |code: &str, message: &str, detail: &str| {
        format!(r#"{{"error":{{"code":{code},"message":{message},"detail":{detail}}}}}"#)
    };
    for wrong in ["null", "true", "[]", "{}"] {
        body(BAD, of(wrong, "\"\"", "null"), &["error error_code_type"]);
    }
    for wrong in ["null", "1", "[]", "{}"] {
        body(BAD, of("1", wrong, "null"), &["error error_message_type"]);
    }
    for wrong in ["1", "true", "[]", "{}"] {
        body(BAD, of("1", "\"\"", wrong), &["error error_detail_type"]);
    }
}
