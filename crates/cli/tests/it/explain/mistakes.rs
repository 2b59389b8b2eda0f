//! Every mistake by itself, pairs of them, and what makes none.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cases::{self, Case, Part};
use super::draft::{MOMENT, Sent};
use super::texts::{COMPACT, PRETTY, PYTHON, SORTED};

#[test]
fn every_mistake_is_named() {
    let cases = cases::all();
    let ids: BTreeSet<_> = cases.iter().map(|case| case.id).collect();
    assert!(ids.len() >= 70, "{}", ids.len());
    for case in &cases {
        let sent = Sent::new(case.sent.unwrap_or(COMPACT), case.uri_scheme.unwrap_or(false));
        check(sent, &[case]);
    }
}

#[test]
fn pairs_of_mistakes_are_named() {
    let cases = cases::all();
    let mut checked = 0;
    for (place, first) in cases.iter().enumerate() {
        let others = cases.iter().enumerate().skip(place + 1);
        // One in 23 of some thousands, so that each mistake meets several others.
        for (_, second) in others.filter(|(other, _)| (place * 7 + other) % 23 == 0) {
            if let Some(sent) = common_ground(first, second) {
                check(sent, &[first, second]);
                checked += 1;
            }
        }
    }
    assert!(checked >= 80, "{checked}");
}

/// The request on which both can be made, if both leave a trace there.
fn common_ground(first: &Case, second: &Case) -> Option<Sent> {
    let one = |a: Option<_>, b: Option<_>| a.is_none() || b.is_none() || a == b;
    let meet = |id: &str, prefix: &str| {
        (first.id == id && second.id.starts_with(prefix))
            || (second.id == id && first.id.starts_with(prefix))
    };
    let no_key =
        (first.keyless && second.part == Part::Key) || (second.keyless && first.part == Part::Key);
    let is_hidden = first.part == second.part
        || no_key
        // Nothing is left to be set apart, or to stand before anything.
        || meet("time_missing", "time_delimiter")
        || meet("time_missing", "time_before_body")
        || meet("body_empty", "time_before_body")
        // Other pairs of mistakes give the same bytes.
        || meet("body_trailing_newline_added", "time_")
        || meet("body_trailing_newline_added", "message_")
        || meet("body_trailing_newline_removed", "time_delimiter");
    if is_hidden || !one(first.uri_scheme, second.uri_scheme) {
        return None;
    }
    let body = first.sent.or(second.sent).unwrap_or(COMPACT);
    Some(Sent::new(body, first.uri_scheme.or(second.uri_scheme).unwrap_or(false)))
}

/// Makes the mistakes and reads their names in the answer.
fn check(mut sent: Sent, cases: &[&Case]) {
    let wants_alphabet = cases.iter().any(|case| case.id == "mac_url_safe");
    for _ in 0..100 {
        let mut draft = sent.draft();
        // What a MAC is written as comes last.
        let (last, first): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| matches!(case.part, Part::Mode | Part::Writing));
        first.iter().chain(&last).for_each(|case| (case.apply)(&mut draft));
        let authorization = draft.authorization();
        if wants_alphabet && !authorization.contains(['-', '_']) {
            // It looks like the standard alphabet: another message, and it may not. What is signed may
            // be fixed in one part, so another one is changed.
            if cases.iter().any(|case| case.part == Part::Time) {
                sent.body.push(b' ');
            } else {
                sent.timestamp += 1;
            }
            continue;
        }
        let run = sent.explain(&authorization);
        assert_eq!(run.status, 1, "{run:?}");
        return assert_named(&run.json(), cases);
    }
    panic!("the MAC has neither `-` nor `_` in a hundred messages");
}

fn assert_named(answer: &Value, cases: &[&Case]) {
    let names: BTreeSet<&str> =
        answer["mistakes"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let expected =
        |case: &&Case| names.contains(case.id) || case.same_as.iter().any(|id| names.contains(id));
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    assert!(cases.iter().all(expected), "{ids:?}: {answer:#}");
    assert_eq!(answer["signature"], "explained");
    // What a path in the other scheme looks like is said beside it.
    let said: Vec<_> = names.iter().filter(|name| !name.starts_with("scheme_")).collect();
    assert!(
        said.len() <= cases.len() + usize::from(ids.contains(&"uri_delimiter")),
        "{ids:?}: {answer:#}"
    );
    assert!(!answer["advice"].as_array().unwrap().is_empty());
    assert!(answer["side"].is_string());
}

/// Two things done to a body, and what comes out.
#[test]
fn two_mistakes_with_the_body_are_named() {
    let crlf = PRETTY.replace('\n', "\r\n");
    let escaped_slash = |text: &str| text.replace('/', "\\/");
    let ascii = |text: &str| text.replace("홍길동", "\\ud64d\\uae38\\ub3d9");
    let pairs: Vec<(&str, Vec<u8>, [&str; 2])> = vec![
        (COMPACT, PYTHON.into(), ["body_python_json"; 2]),
        (PRETTY, PYTHON.into(), ["body_python_json"; 2]),
        (COMPACT, crlf.into(), ["body_json_pretty", "body_crlf"]),
        (PRETTY, ascii(COMPACT).into(), ["body_json_compact", "body_ascii_escaped"]),
        (COMPACT, ascii(SORTED).into(), ["body_json_sorted", "body_ascii_escaped"]),
        (COMPACT, escaped_slash(&ascii(COMPACT)).into(), ["body_php_json"; 2]),
        (PRETTY, escaped_slash(COMPACT).into(), ["body_json_compact", "body_slash_escaped"]),
        (
            PRETTY,
            [b"\xef\xbb\xbf", COMPACT.as_bytes()].concat(),
            ["body_json_compact", "body_byte_order_mark"],
        ),
        (
            "{ \"a\": \"홍\" }",
            b"{\"a\":\"\xc8\xab\"}".to_vec(),
            ["body_json_compact", "body_euc_kr"],
        ),
        (
            "{\"a\":\"홍\"}",
            b"%7B%22a%22%3A%22%C8%AB%22%7D".to_vec(),
            ["body_euc_kr", "body_url_encoded"],
        ),
        (
            PRETTY,
            format!("{COMPACT}\n").into(),
            ["body_json_compact", "body_trailing_newline_added"],
        ),
    ];
    for (sent, signed, expected) in pairs {
        let sent = Sent::new(sent, false);
        let mut draft = sent.draft();
        draft.body = signed;
        let answer = sent.explain(&draft.authorization()).json();
        // A newline behind the body and one before the time are the same byte.
        let names = format!("{}{}", answer["mistakes"], answer["alternatives"]);
        assert!(expected.iter().all(|id| names.contains(id)), "{expected:?}: {answer:#}");
    }
}

/// Two mistakes before the body: with the URI, or with it and the time in front.
#[test]
fn two_mistakes_before_the_body_are_named() {
    let full = "https://crm.example.com";
    let pairs: [(&str, [&str; 2]); 7] = [
        ("/gateway/api/%EA%B3%A0%EA%B0%9D?src=oc", ["uri_proxy_prefix", "uri_with_query"]),
        (&format!("{full}/api/고객"), ["uri_full_url", "uri_decoded"]),
        (&format!("{full}/gateway/api/%EA%B3%A0%EA%B0%9D"), ["uri_full_url", "uri_proxy_prefix"]),
        (&format!("{full}/api/%ea%b3%a0%ea%b0%9d"), ["uri_full_url", "uri_encoded"]),
        ("POST/api/%EA%B3%A0%EA%B0%9D?src=oc", ["uri_with_method", "uri_with_query"]),
        ("POST /api/%EA%B3%A0%EA%B0%9D\n", ["uri_with_method", "uri_delimiter"]),
        ("crm.example.com/api/%EA%B3%A0%EA%B0%9D/", ["uri_with_host", "uri_trailing_slash"]),
    ];
    for (uri, expected) in pairs {
        let sent = Sent::new(COMPACT, true);
        let mut draft = sent.draft();
        draft.uri = uri.into();
        let answer = sent.explain(&draft.authorization()).json();
        assert_eq!(answer["mistakes"], serde_json::json!(expected), "{uri}: {answer:#}");
    }
}

#[test]
fn the_time_in_front_goes_with_every_form_of_the_time_and_of_the_uri() {
    let in_front = cases::all().into_iter().filter(|case| case.id == "time_before_body");
    for in_front in in_front {
        let others = cases::all().into_iter().filter(|case| {
            matches!(case.part, Part::Time | Part::Uri) && case.id != "time_missing"
        });
        for other in others {
            check(Sent::new(COMPACT, other.uri_scheme.unwrap_or(false)), &[&in_front, &other]);
        }
    }
}

/// Names are sorted by themselves: a blank stands before a quote, and is no end of a name.
#[test]
fn sorted_keys_are_those_without_their_quotes() {
    let sent = Sent::new(r#"{"first name":"b","first":"a"}"#, false);
    let mut draft = sent.draft();
    draft.body = br#"{"first":"a","first name":"b"}"#.to_vec();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["body_json_sorted"]));
}

#[test]
fn numbers_that_went_through_javascript_are_named() {
    let sent = Sent::new(
        r#"{"a": [1.0, -2.50, 1e2, -0.0, 12345678901234567890, 1E21, 0.0000001, 7], "b": "1.0 \" 2.0"}"#,
        false,
    );
    let mut draft = sent.draft();
    draft.body =
        br#"{"a": [1, -2.5, 100, 0, 12345678901234567000, 1e+21, 1e-7, 7], "b": "1.0 \" 2.0"}"#
            .to_vec();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["body_json_numbers"]), "{answer:#}");
    draft.body.retain(|byte| *byte != b' ');
    draft.body =
        String::from_utf8(draft.body).unwrap().replace("1.0\\\"2.0", "1.0 \\\" 2.0").into();
    let answer = sent.explain(&draft.authorization()).json();
    let expected = serde_json::json!(["body_json_numbers", "body_json_compact"]);
    assert_eq!(answer["mistakes"], expected, "{answer:#}");
}

/// More mistakes in how a MAC is written are read off, however many there are.
#[test]
fn the_writing_of_a_mac_comes_on_top() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.key.push(b'\n');
    draft.delimiter = b".".to_vec();
    draft.mac = super::draft::hmac_sha512;
    draft.write = |mac| format!("HMAC-SHA512 Signature=\"{}\"", super::draft::hex(mac));
    let answer = sent.explain(&draft.authorization()).json();
    let names = answer["mistakes"].as_array().unwrap();
    for id in ["key_trailing_newline", "time_delimiter_dot", "mac_sha512", "mac_hex", "mac_prefix"]
    {
        assert!(names.contains(&id.into()), "{answer:#}");
    }
}

#[test]
fn other_names_for_the_same_bytes_are_given() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.body.push(b'\n');
    let answer = sent.explain(&draft.authorization()).json();
    let all = format!("{}{}", answer["mistakes"], answer["alternatives"]);
    assert!(all.contains("body_trailing_newline_added"), "{all}");
    assert!(all.contains("time_delimiter_newline"), "{all}");
}

#[test]
fn a_header_in_seconds_is_found_beside_a_signature_in_milliseconds() {
    let mut sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    sent.timestamp = MOMENT / 1000;
    draft.time = MOMENT.to_string().into_bytes();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["time_milliseconds"]), "{answer:#}");
}

#[test]
fn a_proxys_prefix_can_be_given() {
    let sent = Sent::new(COMPACT, true);
    let mut draft = sent.draft();
    draft.uri = [b"/outer/way", &draft.uri[..]].concat();
    let answer = sent.explain(&draft.authorization()).json();
    assert_eq!(answer["signature"], "unexplained");
    let answer = sent.explain_with(&draft.authorization(), &["--prefix", "/outer/way"]).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["uri_proxy_prefix"]));
    assert_eq!(answer["side"], "between");
}

#[test]
fn what_nothing_makes_is_said_to_be_so() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.key = b"another key".to_vec();
    let run = sent.explain(&draft.authorization());
    let answer = run.json();
    assert_eq!(run.status, 1);
    assert_eq!(answer["reason"], "signature_mismatch");
    assert_eq!(answer["mistakes"], serde_json::json!([]));
    assert_eq!(answer["signature"], "unexplained");
    assert_eq!(answer["complete"], true);
    assert!(answer["tried"].as_u64().unwrap() > 1000);
    assert!(answer["advice"].as_array().unwrap().len() >= 4);
}
