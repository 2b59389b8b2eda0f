//! The reports: text, JSON, `JUnit`, the list, and Korean.

use std::fs;

use tempfile::TempDir;

use super::fault::Fault;
use super::server::{OPTIONS, examine, probe, run, start};
use crate::support::{KEY, bare, command, finish};

const FEW: [&str; 8] = [
    "--gap",
    "0",
    "--body-deadline",
    "1",
    "--only",
    "clock,timestamp_missing",
    "route_get",
    "crowd",
];

#[tokio::test]
async fn problems_come_first_and_what_passes_is_folded() {
    let url = start(Fault::AnyMethod).await;
    let said = run(command(&[&["doctor", &url][..], &FEW].concat())).await;
    assert_eq!(said.status, 1);
    let lines: Vec<_> = said.stdout.lines().collect();
    assert_eq!(lines[0], "FAIL    accepted, but the protocol rejects this request");
    assert!(lines[1].trim_start().starts_with("route_get "), "{}", lines[1]);
    assert!(lines[1].contains(": expected a rejection, got 200 in "), "{}", lines[1]);
    let last = lines.last().unwrap();
    assert!(last.starts_with("4 passed, 1 failed, 0 with advice, 0 skipped in "), "{last}");
    assert_eq!(lines.len(), 3, "what passes is folded into the last line: {lines:?}");
    assert_eq!(said.stderr, "", "no bar where stderr is no terminal");
    assert!(!said.all().contains('\u{1b}'));
}

#[tokio::test]
async fn the_report_in_korean() {
    let url = start(Fault::None).await;
    let said = run(command(&[&["doctor", &url, "--lang", "ko"][..], &FEW].concat())).await;
    assert!(said.stdout.contains("통과 5, 실패 0, 참고 0, 건너뜀 0"), "{said:?}");
    let url_with_fault = start(Fault::Unauthorized).await;
    let only = ["--lang", "ko", "--gap", "0", "--only", "signature_other_key"];
    let said = run(command(&[&["doctor", &url_with_fault][..], &only].concat())).await;
    assert!(said.stdout.starts_with("실패    "), "{said:?}");
    assert!(
        said.stdout.contains("signature_other_key        다른 키로 서명: 기대 403, 응답 401"),
        "{said:?}"
    );
    let report = examine(&url, &["--lang", "ko", "--only", "clock"]).await.json();
    assert_eq!(probe(&report, "honest")["title"], "정상 요청");
}

#[tokio::test]
async fn the_report_in_json() {
    let url = start(Fault::Numbers).await;
    let report = examine(&url, &["--only", "clock"]).await.json();
    assert_eq!(report["url"], url);
    assert_eq!(report["summary"]["fail"], 1);
    let honest = probe(&report, "honest");
    assert_eq!(honest["response"]["status"], 200);
    assert_eq!(honest["notes"][0]["breach"], "value_not_string");
    assert_eq!(honest["notes"][0]["level"], "fail");
}

#[tokio::test]
async fn a_report_for_junit() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("doctor.xml");
    let url = start(Fault::AnyMethod).await;
    let only = ["--only", "route_get", "--junit", file.to_str().unwrap()];
    assert_eq!(examine(&url, &only).await.status, 1);
    let xml = fs::read_to_string(&file).unwrap();
    assert!(xml.contains(r#"<testsuite name="http://127.0.0.1:"#), "{xml}");
    assert!(xml.contains(r#"tests="2" skipped="0" errors="0" failures="1""#), "{xml}");
    assert!(
        xml.contains(r#"<testcase name="route_get" classname="online-contact.doctor""#),
        "{xml}"
    );
    assert!(xml.contains(r#"<failure message="accepted, but"#), "{xml}");
}

#[tokio::test]
async fn a_report_that_cannot_be_written() {
    let url = start(Fault::None).await;
    let run = examine(&url, &["--only", "clock", "--junit", "/dev/null/doctor.xml"]).await;
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot write the JUnit report /dev/null/doctor.xml"), "{run:?}");
}

/// Nothing is sent, and there is no prompt for a key.
#[test]
fn the_list_needs_no_url_and_no_key() {
    let said = finish(bare(&["doctor", "--list"]));
    assert_eq!((said.status, &*said.stderr), (0, ""));
    assert!(said.stdout.starts_with("honest "), "{said:?}");
    let json = finish(bare(&["doctor", "--list", "--json"])).json();
    let ids: Vec<_> = json.as_array().unwrap().iter().map(|probe| probe["id"].clone()).collect();
    let mut once = ids.clone();
    once.sort_by_key(ToString::to_string);
    once.dedup();
    assert_eq!((ids.len(), once.len()), (92, 92), "every id stands for one probe");
    const MANUAL: &str = include_str!("../../../../../docs/cli.md");
    for id in &ids {
        assert!(MANUAL.contains(&format!("`{}`", id.as_str().unwrap())), "docs/cli.md: {id}");
    }
    assert_eq!(said.stdout.lines().count(), ids.len() + 1, "a note at the end");
}

/// No report contains the key.
#[tokio::test]
async fn the_key_is_in_no_report() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("doctor.xml");
    let url = start(Fault::PrintsKey).await;
    let more = ["--only", "authorization_missing", "--junit", file.to_str().unwrap()];
    for lang in ["en", "ko"] {
        for form in [&OPTIONS[..], &["--gap", "0"]] {
            let options = [&["doctor", &url, "--lang", lang], form, &more].concat();
            let run = run(command(&options)).await;
            assert!(!run.all().contains(KEY), "{run:?}");
            assert!(run.stdout.contains("[security key]"), "{run:?}");
            let xml = fs::read_to_string(&file).unwrap();
            assert!(!xml.contains(KEY) && xml.contains("[security key]"), "{xml}");
        }
    }
    let report = examine(&url, &["--only", "authorization_missing"]).await.json();
    let notes = probe(&report, "authorization_missing")["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["breach"] == "key_in_answer"), "{notes:?}");
}
