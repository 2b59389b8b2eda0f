//! Bad input: what was wrong and what was expected, exit status 2.

use crate::support::{finish, run};

fn rejected(args: &[&str], words: &str) {
    let run = run(args);
    assert_eq!(run.status, 2, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(run.stderr.contains(words), "{words}: {run:?}");
}

#[test]
fn what_is_typed_wrong_is_named() {
    rejected(&["sign", "--field", "callNum"], "expected NAME=VALUE, such as callNum=1");
    rejected(&["sign", "--field", "=1"], "expected NAME=VALUE");
    rejected(&["sign", "--scheme", "body"], "possible values: body_time, uri_body_time");
    for moment in ["01732400000000", "-1", "+1", "1.5", "now", "9223372036854775808", ""] {
        let argument = format!("--timestamp={moment}");
        rejected(&["sign", &argument], "expected milliseconds since 1970");
    }
    rejected(&["sign", "--field", "a=b", "--body", "x"], "cannot be used with");
    rejected(&["sign", "--format", "xml"], "possible values: headers, curl, json");
    rejected(&["sign", "--scheme", "uri_body_time", "--field", "a=b"], "--uri <PATH|URL>");
}

#[test]
fn what_does_not_fit_is_named() {
    rejected(&["sign", "--field", "a=1", "--field", "a=2"], "the field a is given twice");
    rejected(
        &["sign", "--body", "/no/such/file"],
        "can't read the body /no/such/file: No such file",
    );
    rejected(&["sign", "--body", "/"], "can't read the body /");
    rejected(&["sign", "--uri", "customer"], "neither a path nor a URL");
    rejected(&["sign", "--uri", "ftp://host/customer"], "neither a path nor a URL");
    for uri in ["/고객", "/a b", "/a#b"] {
        rejected(&["sign", "--uri", uri], "not valid on a request line");
    }
}

#[test]
fn it_is_named_in_korean_too() {
    let run = run(&["sign", "--lang", "ko", "--body", "/no/such/file"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("본문 /no/such/file을(를) 읽을 수 없습니다"), "{run:?}");
}

#[test]
fn a_name_that_steers_a_terminal_is_made_visible() {
    let run = run(&["sign", "--body", "/no/\u{1b}[31msuch"]);
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    assert!(run.stderr.contains("\\u{1b}[31m"), "{run:?}");
}

#[test]
fn a_full_disk_is_reported() {
    let mut command = crate::support::command(&["sign", "--field", "a=b"]);
    command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let run = finish_keeping_stdout(command);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stderr.contains("cannot write to stdout"), "{run:?}");
}

fn finish_keeping_stdout(mut command: std::process::Command) -> crate::support::Run {
    let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_problem_is_json_where_json_is_wanted() {
    let mut command = crate::support::command(&["sign", "--json", "--body", "/no/such/file"]);
    command.env("LANG", "ko_KR.UTF-8");
    let run = finish(command);
    assert_eq!((run.status, &*run.stdout), (2, ""));
    let problem: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert!(problem["problem"].as_str().unwrap().starts_with("본문 /no/such/file"), "{run:?}");
}
