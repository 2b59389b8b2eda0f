//! The bodies that `Lookup` reads, and its failures for all others.

use std::collections::BTreeMap;
use std::fmt::Debug;

use online_contact::{Code, Lookup, Status};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    call_num: String,
    nation: Option<String>,
    user_no: Option<u64>,
    score: Option<f64>,
    filter: Option<Filter>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Filter {
    tags: Vec<Tag>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Tag {
    name: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Strict {
    call_num: String,
}

fn query(call_num: &str) -> Query {
    Query { call_num: call_num.to_owned(), ..Query::default() }
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "so that a row of a test stays short")]
fn reads<T: DeserializeOwned + Debug + PartialEq>(body: impl AsRef<[u8]>, expected: T) {
    let body = body.as_ref();
    match Lookup::<T>::from_json(body) {
        Ok(Lookup(read)) => assert_eq!(read, expected),
        Err(failure) => panic!("{failure}: {:?}", failure.detail()),
    }
}

/// 400 with this detail.
#[track_caller]
fn rejects<T: DeserializeOwned + Debug>(body: impl AsRef<[u8]>, detail: &str) {
    assert_eq!(rejection::<T>(body.as_ref()), detail);
}

/// The detail of what is always a 400 with the same code and message.
#[track_caller]
fn rejection<T: DeserializeOwned + Debug>(body: &[u8]) -> String {
    let failure = Lookup::<T>::from_json(body).expect_err("unreadable");
    assert_eq!(failure.status(), Status::BadRequest);
    assert_eq!(*failure.code(), Code::from("40020"));
    assert_eq!(failure.message(), "The request does not match the items of this lookup.");
    failure.detail().expect("there is one").to_owned()
}

/// A question in brackets, so many deep.
fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn what_was_asked_is_read() {
    reads(r#"{"callNum":"1"}"#, query("1"));
    reads("\r\n\t {\"callNum\" : \"1\"} \n", query("1"));
    reads(r#"{"nation":null,"callNum":"1"}"#, query("1"));
    reads(r#"{"callNum":"홍길동 \uD64D\ud83d\ude00 \"\\\/\b"}"#, query("홍길동 홍😀 \"\\/\u{8}"));
    reads(
        r#"{"callNum":"1","nation":"korea","userNo":7,"filter":{"tags":[{"name":"a"}]}}"#,
        Query {
            nation: Some("korea".to_owned()),
            user_no: Some(7),
            filter: Some(Filter { tags: vec![Tag { name: "a".to_owned() }] }),
            ..query("1")
        },
    );
}

#[test]
fn a_missing_item_is_named() {
    rejects::<Query>("{}", "missing field `callNum` at line 1 column 2");
    rejects::<Query>(r#"{"nation":"korea"}"#, "missing field `callNum` at line 1 column 18");
    rejects::<Query>(
        r#"{"callNum":"1","filter":{"tags":[{"name":"a"},{}]}}"#,
        "filter.tags[1]: missing field `name` at line 1 column 48",
    );
    // Names are case-sensitive, as in Online Contact.
    rejects::<Query>(r#"{"callnum":"1"}"#, "missing field `callNum` at line 1 column 15");
}

#[test]
fn an_unknown_item_is_ignored() {
    reads(r#"{"callNum":"1","agent":{"id":[1,2.5,null,true,"x"]}}"#, query("1"));
    rejects::<Strict>(
        r#"{"callNum":"1","agent":1}"#,
        "agent: unknown field `agent`, expected `callNum` at line 1 column 22",
    );
}

/// Only the brackets and quotes of an unknown item are parsed.
#[test]
fn an_unknown_item_is_ignored_unread() {
    rejects::<Query>(
        b"{\"callNum\":\"1\",\"agent\":\"\xff\"}",
        "the body is not UTF-8: invalid utf-8 sequence of 1 bytes from index 24",
    );
    reads(r#"{"callNum":"1","agent":"\ud800"}"#, query("1"));
    reads(r#"{"callNum":"1","agent":1e999}"#, query("1"));
    reads(format!(r#"{{"callNum":"1","agent":{}}}"#, nested(100_000)), query("1"));
    rejects::<Query>(r#"{"callNum":"1","agent":[}"#, "agent: expected value at line 1 column 25");
}

#[test]
fn an_item_of_another_type_is_reported_with_its_place() {
    let rejects = |body, item: &str, fault: &str, line, column| {
        rejects::<Query>(body, &format!("{item}: {fault} at line {line} column {column}"));
    };
    let text = |found| format!("invalid type: {found}, expected a string");
    rejects(r#"{"callNum":1}"#, "callNum", &text("integer `1`"), 1, 12);
    rejects(r#"{"callNum":null}"#, "callNum", &text("null"), 1, 15);
    rejects(r#"{"callNum":true}"#, "callNum", &text("boolean `true`"), 1, 15);
    rejects(r#"{"callNum":["1"]}"#, "callNum", &text("sequence"), 1, 11);
    rejects(r#"{"callNum":"1","nation":{}}"#, "nation", &text("map"), 1, 24);

    let number = r#"invalid type: string "7", expected u64"#;
    rejects(r#"{"callNum":"1","userNo":"7"}"#, "userNo", number, 1, 27);
    let number = "invalid value: integer `-1`, expected u64";
    rejects(r#"{"callNum":"1","userNo":-1}"#, "userNo", number, 1, 26);

    let tags = r#"{"callNum":"1","filter":{"tags":[{"name":"a"},{"name":2}]}}"#;
    rejects(tags, "filter.tags[1].name", &text("integer `2`"), 1, 55);
    let lines = "{\n  \"callNum\": \"1\",\n  \"filter\": {\n    \"tags\": [\n      {\"name\": []}\n    ]\n  }\n}";
    rejects(lines, "filter.tags[0].name", &text("sequence"), 5, 15);
}

#[test]
fn another_type_than_an_object_is_reported_at_the_root() {
    // An array would otherwise be read item by item.
    for body in ["null", "\"1\"", "\n\n 1", "[\"1\",\"korea\"]", "[]"] {
        rejects::<Query>(body, "expected a JSON object");
        rejects::<Value>(body, "expected a JSON object");
    }
}

#[test]
fn an_empty_body_is_reported() {
    for body in ["", " ", "\r\n\t "] {
        rejects::<Query>(body, "the body is empty, expected a JSON object");
        rejects::<Value>(body, "the body is empty, expected a JSON object");
    }
}

#[test]
fn invalid_json_is_reported_with_its_place() {
    for (body, detail) in [
        (&b"callNum=1&nation=korea"[..], "expected a JSON object"),
        (b"<html>", "expected a JSON object"),
        (b"{", "EOF while parsing an object at line 1 column 1"),
        (b"{\"callNum\":\"1\"", "EOF while parsing an object at line 1 column 14"),
        (b"{\"callNum\":\"1", "callNum: EOF while parsing a string at line 1 column 13"),
        (b"{\n\"callNum\":\n\"1\",\n}", "trailing comma at line 4 column 1"),
        (b"{'callNum':'1'}", "key must be a string at line 1 column 2"),
        (b"{\"callNum\":NaN}", "callNum: expected value at line 1 column 12"),
        (b"// a comment\n{}", "expected a JSON object"),
        // A byte order mark, of which RFC 8259 says that JSON is not sent with one.
        (b"\xef\xbb\xbf{\"callNum\":\"1\"}", "expected a JSON object"),
        (b"\xff\xfe{\0}\0", "expected a JSON object"),
    ] {
        rejects::<Query>(body, detail);
    }
}

#[test]
fn text_that_is_no_unicode_is_rejected() {
    for (text, detail) in [
        (&b"\xff"[..], "callNum: invalid unicode code point at line 1 column 13"),
        // Cut in the middle of a letter, and "가" in EUC-KR.
        (b"\xea\xb0", "callNum: invalid unicode code point at line 1 column 13"),
        (b"\xb0\xa1", "callNum: invalid unicode code point at line 1 column 13"),
        // A surrogate and an overlong slash, both in the shape of UTF-8.
        (b"\xed\xa0\x80", "callNum: invalid unicode code point at line 1 column 13"),
        (b"\xc0\xaf", "callNum: invalid unicode code point at line 1 column 13"),
        (br"\ud800", "callNum: unexpected end of hex escape at line 1 column 19"),
        (br"\ud800\u0041", "callNum: lone leading surrogate in hex escape at line 1 column 24"),
        (br"\udc00", "callNum: lone leading surrogate in hex escape at line 1 column 18"),
        (br"\u12", "callNum: invalid escape at line 1 column 18"),
    ] {
        rejects::<Query>([b"{\"callNum\":\"", text, b"\"}"].concat(), detail);
    }
}

#[test]
fn nul_is_a_character_only_where_it_is_escaped() {
    reads(r#"{"callNum":"\u0000"}"#, query("\0"));
    rejects::<Query>(
        b"{\"callNum\":\"\0\"}",
        "callNum: control character (\\u0000-\\u001F) found while parsing a string at line 1 column 13",
    );
    rejects::<Query>(b"\0", "expected a JSON object");
    rejects::<Query>(b"{\"callNum\":\"1\"}\0", "trailing characters at line 1 column 16");
}

#[test]
fn nothing_may_follow() {
    for rest in ["x", "}", "{}", "\"", ",", "1"] {
        let body = format!(r#"{{"callNum":"1"}}{rest}"#);
        rejects::<Query>(body, "trailing characters at line 1 column 16");
    }
    rejects::<Query>("{\"callNum\":\"1\"}\n\n  x", "trailing characters at line 3 column 3");
}

/// A question that says two things is rejected; a map of what was asked has no room for the first.
#[test]
fn an_item_may_stand_once() {
    rejects::<Query>(
        r#"{"callNum":"1","callNum":"1"}"#,
        "duplicate field `callNum` at line 1 column 24",
    );
    reads(
        r#"{"callNum":"1","callNum":"2"}"#,
        BTreeMap::from([("callNum".to_owned(), "2".to_owned())]),
    );
    reads(r#"{"callNum":"1","callNum":"2"}"#, serde_json::json!({ "callNum": "2" }));
    reads(r#"{"callNum":"1","agent":1,"agent":2}"#, query("1"));
}

#[test]
fn numbers_keep_their_range() {
    let asked = |number: &str| format!(r#"{{"callNum":"1","userNo":{number}}}"#);
    reads(asked("18446744073709551615"), Query { user_no: Some(u64::MAX), ..query("1") });
    for (number, detail) in [
        (
            "18446744073709551616",
            "userNo: invalid type: floating point `1.8446744073709552e+19`, expected u64 at line 1 column 44",
        ),
        ("1e3", "userNo: invalid type: floating point `1000.0`, expected u64 at line 1 column 27"),
        ("1e999", "userNo: number out of range at line 1 column 29"),
        ("007", "userNo: invalid number at line 1 column 26"),
        ("+7", "userNo: expected value at line 1 column 25"),
    ] {
        rejects::<Query>(asked(number), detail);
    }
    let digits = "9".repeat(100_000);
    rejects::<Query>(asked(&digits), "userNo: number out of range at line 1 column 100024");
    reads(r#"{"callNum":"1","score":0.1}"#, Query { score: Some(0.1), ..query("1") });
}

#[test]
fn nesting_has_an_end() {
    let inside = |levels| format!(r#"{{"a":{}}}"#, nested(levels));
    for body in [inside(100), format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100))] {
        reads(&body, serde_json::from_str::<Value>(&body).unwrap());
    }
    for levels in [128, 200, 100_000] {
        let too_deep = "recursion limit exceeded at line 1 column 132";
        for body in [inside(levels), format!(r#"{{"a":{}"#, "[".repeat(levels))] {
            let told = rejection::<Value>(body.as_bytes());
            assert!(told.ends_with(too_deep), "{told}");
        }
    }
}

/// Serde reports the value that it found in place of a number, whatever its length.
#[test]
fn a_long_fault_is_cut() {
    let body = format!(r#"{{"callNum":"1","userNo":"{}"}}"#, "가".repeat(300_000));
    let told = rejection::<Query>(body.as_bytes());
    assert!(told.starts_with("userNo: invalid type: string \"가가"), "{told}");
    assert!(told.ends_with("가…") && told.len() <= 515, "{}", told.len());
}
