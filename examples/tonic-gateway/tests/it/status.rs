//! What each of the 17 gRPC status codes becomes: in the module that decides it, and on the wire.

use crate::support::{
    Backend, ask, question, signed_client, start_backend, start_gateway, verifier,
};
use example_shared::demo::DOCUMENTED_BODY;
use example_tonic_gateway::status::{to_caller, to_failure};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

const NOBODY: &str = "Not existing user.";
const NO_QUESTION: &str = "This can't be looked up.";
const NOT_ALLOWED: &str = "This may not be looked up.";
const FAILED: &str = "The customer directory failed.";
const TOO_LONG: &str = "The customer directory took too long.";
const UNREACHABLE: &str = "The customer directory can't be reached.";

/// The backend's code; HTTP status, `error.code` and message for Online Contact; the code for a gRPC
/// caller.
const TABLE: [(Code, u16, &str, &str, Code); 17] = [
    (Code::Ok, 500, r#""500000""#, FAILED, Code::Internal),
    (Code::Cancelled, 500, r#""500001""#, FAILED, Code::Cancelled),
    (Code::Unknown, 500, r#""500002""#, FAILED, Code::Unknown),
    (Code::InvalidArgument, 400, r#""400003""#, NO_QUESTION, Code::InvalidArgument),
    (Code::DeadlineExceeded, 500, r#""500004""#, TOO_LONG, Code::DeadlineExceeded),
    (Code::NotFound, 400, "911", NOBODY, Code::NotFound),
    (Code::AlreadyExists, 500, r#""500006""#, FAILED, Code::AlreadyExists),
    (Code::PermissionDenied, 403, r#""403007""#, NOT_ALLOWED, Code::PermissionDenied),
    (Code::ResourceExhausted, 500, r#""500008""#, FAILED, Code::ResourceExhausted),
    (Code::FailedPrecondition, 400, r#""400009""#, NO_QUESTION, Code::FailedPrecondition),
    (Code::Aborted, 500, r#""500010""#, FAILED, Code::Aborted),
    (Code::OutOfRange, 400, r#""400011""#, NO_QUESTION, Code::OutOfRange),
    (Code::Unimplemented, 500, r#""500012""#, FAILED, Code::Unimplemented),
    (Code::Internal, 500, r#""500013""#, FAILED, Code::Internal),
    (Code::Unavailable, 500, r#""500014""#, UNREACHABLE, Code::Unavailable),
    (Code::DataLoss, 500, r#""500015""#, FAILED, Code::DataLoss),
    (Code::Unauthenticated, 500, r#""500016""#, FAILED, Code::Internal),
];

/// What no caller may see.
const SECRET: &str = "customers at 10.0.0.7";

/// A status that tells all it can.
fn talkative(code: Code) -> Status {
    let mut metadata = MetadataMap::new();
    metadata.insert("backend", MetadataValue::from_static(SECRET));
    Status::with_details_and_metadata(code, SECRET, SECRET.into(), metadata)
}

fn envelope(code: &str, message: &str) -> String {
    format!(r#"{{"error":{{"code":{code},"message":"{message}","detail":null}}}}"#)
}

fn expect_for_caller(status: &Status, code: Code, message: &str) {
    assert_eq!((status.code(), status.message()), (code, message));
    assert!(status.details().is_empty(), "{status:?}");
    assert!(!format!("{status:?}").contains(SECRET), "{status:?}");
}

#[test]
fn the_table_has_every_code_once() {
    let numbers = TABLE.map(|(code, ..)| i32::from(code));
    assert!(numbers.into_iter().eq(0..17));
}

#[test]
fn every_code_has_its_failure() {
    for (code, status, error_code, message, _) in TABLE {
        let failure = to_failure(talkative(code));
        assert_eq!(failure.status().as_u16(), status, "{code:?}");
        let json = String::from_utf8(failure.to_json()).unwrap();
        assert_eq!(json, envelope(error_code, message), "{code:?}");
    }
}

#[test]
fn every_code_has_its_status_for_grpc_callers() {
    for (code, _, _, message, for_caller) in TABLE {
        expect_for_caller(&to_caller(talkative(code)), for_caller, message);
    }
}

/// That there is no such customer is no fault, and nothing to log.
#[test]
fn all_but_not_found_has_a_source_for_the_log() {
    for (code, ..) in TABLE {
        let failure = to_failure(talkative(code));
        let source = std::error::Error::source(&failure).map(ToString::to_string);
        if code == Code::NotFound {
            assert_eq!(source, None);
        } else {
            assert!(source.unwrap().contains(SECRET), "{code:?}");
        }
    }
}

#[tokio::test]
async fn every_code_comes_out_of_the_gateway_as_it_should() {
    // A backend can't reject with OK.
    for (code, status, error_code, message, for_caller) in TABLE.into_iter().skip(1) {
        let backend = start_backend(Backend(move |_| async move { Err(talkative(code)) })).await;
        let gateway = start_gateway(verifier(), backend).await;

        let answer = ask(gateway, DOCUMENTED_BODY).await;
        assert_eq!((answer.status, answer.body), (status, envelope(error_code, message)));

        let rejected = signed_client(gateway).lookup(question("1")).await.unwrap_err();
        expect_for_caller(&rejected, for_caller, message);
    }
}
