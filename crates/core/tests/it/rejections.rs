//! Every rejection, held against the table of the protocol's page.

use std::error::Error;

use online_contact::{Reason, Rejection, Status};

use crate::support::{BODY, Headers, Step, verdict, verifier};

/// A row of the table "Order of the checks": all its cells but the prose.
#[derive(Debug, PartialEq)]
struct Row {
    number: String,
    detail: String,
    status: String,
    code: String,
    grpc: String,
}

impl Row {
    fn parse(line: &str) -> Self {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _check, detail, status, code, grpc] = cells[..] else {
            panic!("expected 6 cells: {line}");
        };
        Self {
            number: number.to_owned(),
            // A link to the page on causes.
            detail: detail.split('`').nth(1).unwrap().to_owned(),
            status: status.to_owned(),
            code: code.trim_matches(['`', '"']).to_owned(),
            grpc: grpc.to_owned(),
        }
    }

    fn of(place: usize, reason: Reason) -> Self {
        Self {
            number: (place + 1).to_string(),
            detail: reason.to_string(),
            status: reason.status().to_string(),
            code: reason.code().to_owned(),
            grpc: reason.grpc_code().name().to_owned(),
        }
    }
}

fn rows_of_the_page() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
    let page = std::fs::read_to_string(path).expect("docs/protocol.md is there");
    page.lines()
        .skip_while(|line| *line != "## Checks and rejection reasons")
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2) // the head and the rule under it
        .map(Row::parse)
        .collect()
}

#[test]
fn every_reason_is_the_row_of_the_protocol() {
    let written = rows_of_the_page();
    let built: Vec<_> =
        (0..).zip(Reason::ALL).map(|(place, &reason)| Row::of(place, reason)).collect();
    assert_eq!(built, written);
    assert_eq!(written.len(), 15);
}

#[test]
fn the_grpc_numbers_are_those_of_the_specification() {
    for &reason in Reason::ALL {
        let code = reason.grpc_code();
        let number = match code.name() {
            "INVALID_ARGUMENT" => 3,
            "DEADLINE_EXCEEDED" => 4,
            "RESOURCE_EXHAUSTED" => 8,
            "UNAVAILABLE" => 14,
            "UNAUTHENTICATED" => 16,
            other => panic!("{reason}: {other} is not in the table"),
        };
        assert_eq!(code.value(), number, "{reason}");
    }
}

#[test]
fn every_envelope_is_code_message_and_detail() {
    for &reason in Reason::ALL {
        let rejection = Rejection::from(reason);
        let failure = rejection.to_failure();
        let expected = format!(
            r#"{{"error":{{"code":"{}","message":"{}","detail":"{reason}"}}}}"#,
            rejection.code(),
            rejection.message(),
        );
        assert_eq!(String::from_utf8(failure.to_json()).unwrap(), expected);
        assert_eq!(failure.status(), rejection.status());
        assert_eq!(failure.grpc_code(), rejection.grpc_code());
    }
}

#[test]
fn the_message_says_something_of_its_own() {
    let mut messages: Vec<_> = Reason::ALL.iter().map(|reason| reason.message()).collect();
    messages.sort_unstable();
    messages.dedup();
    assert_eq!(messages.len(), Reason::ALL.len());
    assert!(messages.iter().all(|message| message.ends_with('.')));
}

#[test]
fn no_rejection_is_a_success_and_the_code_begins_with_the_status() {
    for &reason in Reason::ALL {
        let rejection = Rejection::from(reason);
        assert_ne!(rejection.status(), Status::Success, "{reason}");
        let status = rejection.status().to_string();
        assert!(rejection.code().starts_with(&status), "{reason}");
    }
}

#[test]
fn a_rejection_travels_like_any_error() {
    fn travels<E: Error + Send + Sync + Clone + 'static>() {}
    travels::<Rejection>();

    let boxed: Box<dyn Error + Send + Sync> = Rejection::from(Reason::Replayed).into();
    assert_eq!(boxed.to_string(), "This request was received before.");
    assert!(boxed.source().is_none());
}

#[test]
fn the_source_of_a_broken_body_stays_with_the_rejection_and_out_of_the_envelope() {
    let headers = Headers::signed(BODY);
    let rejection = verdict(&verifier(), &headers.head(), [Step::Error]).unwrap_err();

    assert_eq!(rejection.reason(), Reason::BodyUnreadable);
    let source = rejection.source().expect("a source").to_string();
    assert_eq!(source, "connection reset");
    assert!(!rejection.to_string().contains("reset"));
    let envelope = rejection.to_failure().to_json();
    assert!(!String::from_utf8(envelope).unwrap().contains("reset"));
}
