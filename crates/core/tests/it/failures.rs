//! Failures that an application returns.

use std::error::Error;
use std::io;

use crate::support::logs;
use online_contact::{Code, EnvelopePolicy, Failure, Status};

fn json(failure: &Failure) -> String {
    String::from_utf8(failure.to_json()).unwrap()
}

#[test]
fn each_is_called_by_what_the_agent_sees() {
    for (failure, status) in [
        (Failure::no_result(1, "m"), Status::BadRequest),
        (Failure::forbidden(1, "m"), Status::Forbidden),
        (Failure::no_route(1, "m"), Status::NotFound),
        (Failure::server_error(1, "m"), Status::ServerError),
    ] {
        assert_eq!(failure.status(), status);
        assert_eq!(json(&failure), r#"{"error":{"code":1,"message":"m","detail":null}}"#);
    }
}

#[test]
fn a_code_is_a_string_or_a_number_and_stays_what_it_is() {
    for (code, sent) in [
        (Code::from(911), "911"),
        (Code::from(i64::MIN), "-9223372036854775808"),
        (Code::from("911"), r#""911""#),
        (Code::from("E-\"9\"".to_owned()), r#""E-\"9\"""#),
    ] {
        let failure = Failure::no_result(code.clone(), "없음").with_detail("고객");
        assert_eq!(failure.code(), &code);
        let sent = format!(r#"{{"error":{{"code":{sent},"message":"없음","detail":"고객"}}}}"#);
        assert_eq!(json(&failure), sent);
    }
}

#[test]
fn a_source_is_only_logged() {
    let failure = Failure::server_error("50010", "The customer database is unavailable.")
        .with_source(io::Error::other("password of 10.0.0.7 rejected"));
    for shown in [json(&failure), failure.to_string()] {
        assert!(!shown.contains("10.0.0.7"), "{shown}");
    }
    let source = Error::source(&failure).unwrap();
    assert_eq!(source.to_string(), "password of 10.0.0.7 rejected");
    let ((), lines) = logs::of(|| failure.log());
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].field("error"), Some("password of 10.0.0.7 rejected"));
    let ((), lines) = logs::of(|| Failure::no_result(1, "m").log());
    assert!(lines.is_empty());
}

#[test]
fn errors_whose_meaning_is_certain_become_server_errors() {
    fn from_io() -> Result<(), Failure> {
        Err(io::Error::other("the disk is gone"))?
    }

    fn from_anything() -> Result<(), Failure> {
        Err::<(), Box<dyn Error + Send + Sync>>("not foreseen".into())?;
        Ok(())
    }

    for (failed, source) in [(from_io(), "the disk is gone"), (from_anything(), "not foreseen")] {
        let failure = failed.unwrap_err();
        assert_eq!(failure.status(), Status::ServerError);
        assert_eq!(Error::source(&failure).unwrap().to_string(), source);
        assert!(!json(&failure).contains(source));
    }
}

/// An error of an application: one step of a longer story.
#[derive(Debug)]
struct Step(&'static str, Option<Box<Step>>);

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Step {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|step| step as _)
    }
}

fn steps(texts: &[&'static str]) -> Step {
    let innermost_first = texts.iter().rev();
    let step = innermost_first.fold(None, |under, text| Some(Box::new(Step(text, under))));
    *step.expect("a text")
}

/// The cause is mostly the innermost.
#[test]
fn the_log_has_all_that_is_underneath() {
    let told = |texts: &[&'static str]| {
        let failure = Failure::server_error("50010", "m").with_source(steps(texts));
        let ((), lines) = logs::of(|| failure.log());
        lines[0].field("error").expect("a source").to_owned()
    };
    assert_eq!(told(&["no customer", "pool", "rejected"]), "no customer: pool: rejected");
    // Some errors say by themselves what is underneath.
    assert_eq!(told(&["no customer: pool", "pool", "rejected"]), "no customer: pool: rejected");

    let broken = steps(&["timed out", "3 s are over"]);
    let (_, lines) = logs::of(|| EnvelopePolicy::service_failed(&broken));
    assert_eq!(lines[0].field("error"), Some("timed out: 3 s are over"));
}

#[test]
fn grpc_reveals_no_more_than_the_status() {
    for (failure, code) in [
        (Failure::no_result(1, "m"), "INVALID_ARGUMENT"),
        (Failure::forbidden(1, "m"), "UNAUTHENTICATED"),
        (Failure::no_route(1, "m"), "UNIMPLEMENTED"),
        (Failure::server_error(1, "m"), "INTERNAL"),
    ] {
        assert_eq!(failure.grpc_code().name(), code);
    }
}

/// A line break in an error of the application does not begin a line of the log.
#[test]
fn errors_are_logged_escaped() {
    let text = "no row for 1\n2026-11-26 INFO keys\u{1b}[2J\u{2028}\u{202e}고객 \"x\"";
    let failure = Failure::server_error("50010", "m").with_source(text);
    let ((), lines) = logs::of(|| failure.log());
    let logged = r#"no row for 1\n2026-11-26 INFO keys\u{1b}[2J\u{2028}\u{202e}고객 "x""#;
    assert_eq!(lines[0].field("error"), Some(logged));

    let panics = || EnvelopePolicy::catch_panic(|| panic!("first\nsecond"));
    let (_, lines) = logs::of(panics);
    assert_eq!(lines[0].field("error"), Some(r"panicked: first\nsecond"));
}
