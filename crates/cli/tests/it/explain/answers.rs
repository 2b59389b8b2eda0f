//! Verdicts, words, and what must never be said.

use super::draft::{MOMENT, Sent};
use super::texts::COMPACT;
use crate::support::{KEY, Run, bare, command, run_with_stdin};

fn explain(sent: &Sent, authorization: &str, args: &[&str]) -> Run {
    let args = [&["explain", "--request", "-"], args].concat();
    run_with_stdin(command(&args), &sent.capture(authorization))
}

fn at(offset: i64) -> String {
    (i64::try_from(MOMENT).unwrap() + offset).to_string()
}

#[test]
fn an_honest_request_is_accepted() {
    let sent = Sent::new(COMPACT, false);
    let run = sent.explain(&sent.draft().authorization());
    let answer = run.json();
    assert_eq!(run.status, 0);
    assert_eq!(answer["verdict"], "accepted");
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["signature"], "matches");
    assert_eq!(answer["mistakes"], serde_json::json!([]));
    assert_eq!(answer["key"], "OC_SECURITY_KEY");
    assert_eq!(answer["timestamp_age_ms"], 0);
}

#[test]
fn an_old_capture_is_judged_at_its_own_time_too() {
    let sent = Sent::new(COMPACT, false);
    let authorization = sent.draft().authorization();
    for (now, reason) in [(at(300_001), "timestamp_expired"), (at(-300_001), "timestamp_in_future")]
    {
        let run = explain(&sent, &authorization, &["--json", "--now", &now]);
        let answer = run.json();
        assert_eq!(run.status, 1);
        assert_eq!(answer["reason"], reason);
        assert_eq!(answer["status"], 400);
        assert_eq!(answer["envelope"]["error"]["detail"], reason);
        assert_eq!(answer["at_its_own_time"]["verdict"], "accepted");
        assert_eq!(answer["signature"], "matches");
    }
    for (now, window) in [(at(300_000), "300"), (at(-300_000), "300"), (at(3_600_000), "3600")] {
        let run = explain(&sent, &authorization, &["--now", &now, "--window", window]);
        assert_eq!(run.status, 0, "{run:?}");
    }
    // Now is far away from it.
    let answer = explain(&sent, &authorization, &["--json"]).json();
    assert_eq!(answer["reason"], "timestamp_expired");
    assert_eq!(answer["at_its_own_time"]["verdict"], "accepted");
}

#[test]
fn an_old_capture_with_a_mistake_gets_both_said() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.key.push(b'\n');
    let answer = explain(&sent, &draft.authorization(), &["--json"]).json();
    assert_eq!(answer["reason"], "timestamp_expired");
    assert_eq!(answer["at_its_own_time"]["reason"], "signature_mismatch");
    assert_eq!(answer["mistakes"], serde_json::json!(["key_trailing_newline"]));
}

#[test]
fn a_clock_of_another_time_zone_is_named() {
    let sent = Sent::new(COMPACT, false);
    let now = at(-9 * 3_600_000 + 1_500);
    let answer = explain(&sent, &sent.draft().authorization(), &["--json", "--now", &now]).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["clock_time_zone"]));
}

#[test]
fn a_body_beyond_the_limit_is_rejected_as_the_server_would() {
    let sent = Sent::new(COMPACT, false);
    let authorization = sent.draft().authorization();
    let answer = sent.explain_with(&authorization, &["--body-limit", "10"]).json();
    assert_eq!(answer["reason"], "body_too_large");
    assert_eq!(answer["signature"], "matches");

    // More than any server would hold.
    let highest = u64::MAX.to_string();
    let answer = sent.explain_with(&authorization, &["--body-limit", &highest]).json();
    assert_eq!(answer["verdict"], "accepted");
}

#[test]
fn the_keys_of_a_ring_are_distinguished() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("new: 0cc175b9c0f1b6a831c399e2\nold: {KEY}\n")).unwrap();
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    let path = file.path().to_str().unwrap();
    let now = MOMENT.to_string();
    let args = ["--json", "--now", &now, "--key-file", path, "--time-limit", "300"];
    let run = explain(&sent, &draft.authorization(), &args);
    assert_eq!(run.status, 0);
    assert_eq!(run.json()["key"], "old");
    assert_eq!(run.json()["mistakes"], serde_json::json!(["key_older"]));
    for (change, id) in [
        ((|draft| draft.key.push(b'\n')) as fn(&mut super::draft::Draft), "key_trailing_newline"),
        (|draft| draft.body.clear(), "body_empty"),
        (|draft| draft.time.clear(), "time_missing"),
        (|draft| draft.delimiter.push(b'.'), "time_delimiter_dot"),
        (|draft| draft.mac = super::draft::key_then_message, "mac_plain_sha256"),
    ] {
        draft = sent.draft();
        change(&mut draft);
        let answer = explain(&sent, &draft.authorization(), &args).json();
        let names = answer["mistakes"].as_array().unwrap();
        assert!(names.contains(&"key_older".into()) && names.contains(&id.into()), "{answer:#}");
    }
}

#[test]
fn a_key_that_was_given_with_blanks_is_noted() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.key = format!("  {KEY}\t").into_bytes();
    let now = MOMENT.to_string();
    let mut command = bare(&["explain", "--request", "-", "--json", "--now", &now]);
    command.env("OC_SECURITY_KEY", format!("  {KEY}\t"));
    let answer = run_with_stdin(command, &sent.capture(&draft.authorization())).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["key_white_space"]));
    assert_eq!(answer["notes"].as_array().unwrap().len(), 1);
}

#[test]
fn lower_case_is_tried_for_a_key_in_upper_case() {
    let sent = Sent::new(COMPACT, false);
    let now = MOMENT.to_string();
    let mut command = bare(&["explain", "--request", "-", "--json", "--now", &now]);
    command.env("OC_SECURITY_KEY", KEY.to_uppercase());
    let answer = run_with_stdin(command, &sent.capture(&sent.draft().authorization())).json();
    assert_eq!(answer["mistakes"], serde_json::json!(["key_lower_case"]));
}

#[test]
fn both_languages_say_it() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.key.push(b'\n');
    let now = MOMENT.to_string();
    let authorization = draft.authorization();
    let english = explain(&sent, &authorization, &["--now", &now, "--lang", "en"]);
    for words in [
        "rejected: signature_mismatch (403)",
        "요청한 서버에 조회 권한이 없습니다. (\"There is no permission on the requested server.\")",
        "key_trailing_newline: the key with a newline after it [the settings]",
        "What to do",
    ] {
        assert!(english.stdout.contains(words), "{words}: {}", english.stdout);
    }
    let korean = explain(&sent, &authorization, &["--now", &now, "--lang", "ko"]);
    for words in ["거부: signature_mismatch (403)", "키 뒤에 줄바꿈이 붙음 [설정]", "할 일"]
    {
        assert!(korean.stdout.contains(words), "{words}: {}", korean.stdout);
    }
    assert!(!korean.stdout.contains("What to do") && !english.stdout.contains("할 일"));
    assert!(!english.stdout.contains('\u{1b}'), "no color without a terminal");
    let bad = run_with_stdin(command(&["explain", "--request", "-", "--lang", "ko"]), b"x");
    assert!(bad.stderr.contains("요청을 찾을 수 없습니다"), "{bad:?}");
}

/// The output has headers of unknown clients, which must not control the terminal.
#[test]
fn received_text_does_not_control_the_terminal() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.write = |mac| format!("\u{1b}[2J {}", super::draft::base64(mac));
    let now = MOMENT.to_string();
    let run = explain(&sent, &draft.authorization(), &["--now", &now]);
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
}

/// Neither the key, nor any form of it, nor the right signature of a wrong request.
#[test]
fn secrets_stay_out_of_every_answer() {
    let sent = Sent::new(COMPACT, false);
    let right = sent.draft().authorization();
    for case in super::cases::all() {
        if case.sent.is_some() || case.uri_scheme == Some(true) {
            continue;
        }
        let mut draft = sent.draft();
        (case.apply)(&mut draft);
        let authorization = draft.authorization();
        let now = MOMENT.to_string();
        for args in [&["--now", &now][..], &["--now", &now, "--json"]] {
            let all = explain(&sent, &authorization, args).all();
            assert!(!all.to_lowercase().contains(KEY), "{}: {all}", case.id);
            assert!(!all.contains(&right), "{}: {all}", case.id);
            assert!(!all.contains("YmY3NzY5ZTUzMjE0NDhkZTg4ODM4Y2Ri"), "{}: {all}", case.id);
        }
    }
}

/// Some send the key before the MAC, or in its place.
#[test]
fn a_key_in_the_request_is_named_and_not_shown() {
    let sent = Sent::new(COMPACT, false);
    let mac = sent.draft().authorization();
    for (authorization, signature) in [
        (format!("{KEY}:{mac}"), "explained"),
        (format!("HMAC {KEY}:{mac}"), "explained"),
        (format!("{KEY}:{}", super::draft::base64(&[7; 32])), "unexplained"),
        (KEY.to_owned(), "none"),
    ] {
        for more in [&["--json"][..], &[], &["--lang", "ko"]] {
            let run = explain(&sent, &authorization, &[&["--now", &at(0)], more].concat());
            assert_eq!(run.status, 1, "{run:?}");
            assert!(!run.all().contains(KEY), "{run:?}");
            assert!(run.stdout.contains("key_in_authorization"), "{run:?}");
        }
        let answer = explain(&sent, &authorization, &["--now", &at(0), "--json"]).json();
        assert_eq!(answer["mistakes"], serde_json::json!(["key_in_authorization"]));
        assert_eq!(answer["signature"], signature);
    }
}

/// A server cuts off white space of Unicode around a key, and so does `explain`.
#[test]
fn a_key_is_cut_as_the_server_cuts_it() {
    let key = format!("{KEY}\u{a0}");
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    let now = at(0);
    let args = ["explain", "--request", "-", "--json", "--now", &now, "--time-limit", "60"];
    let explain = |authorization: &str| {
        let mut command = bare(&args);
        command.env("OC_SECURITY_KEY", &key);
        run_with_stdin(command, &sent.capture(authorization)).json()
    };
    assert_eq!(explain(&draft.authorization())["verdict"], "accepted");
    draft.key = key.clone().into_bytes();
    let mistakes = &explain(&draft.authorization())["mistakes"];
    let names = ["key_white_space", "key_invisible_character"];
    assert!(names.iter().any(|name| mistakes[0] == **name), "{mistakes}");
}

/// The details that distinguish the forms of a mistake, too.
#[test]
fn details_are_in_both_languages() {
    let sent = Sent::new(COMPACT, false);
    let mut draft = sent.draft();
    draft.time = b"1732400000.123".to_vec();
    let now = at(0);
    for (lang, detail) in [("en", "seconds"), ("ko", "초")] {
        let args = ["--now", &now, "--json", "--lang", lang];
        let answer = explain(&sent, &draft.authorization(), &args).json();
        assert_eq!(answer["details"][0]["detail"], detail);
    }
    let capture = b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2\nabc\n0\n";
    let korean = run_with_stdin(command(&["explain", "--request", "-", "--lang", "ko"]), capture);
    assert!(korean.stderr.contains("청크 뒤의 줄바꿈이(가) 있어야 합니다"), "{korean:?}");
}
