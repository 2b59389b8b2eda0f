//! What a backend's status means to Online Contact, and to a gRPC caller. This is the only place that
//! knows.
//!
//! | gRPC | number | status | `error.code` | the agent sees |
//! |---|---|---|---|---|
//! | `NOT_FOUND` | 5 | 400 | 911 | there is no result |
//! | `INVALID_ARGUMENT` | 3 | 400 | "400003" | there is no result |
//! | `FAILED_PRECONDITION` | 9 | 400 | "400009" | there is no result |
//! | `OUT_OF_RANGE` | 11 | 400 | "400011" | there is no result |
//! | `PERMISSION_DENIED` | 7 | 403 | "403007" | no permission on the requested server |
//! | `DEADLINE_EXCEEDED` | 4 | 500 | "500004" | an error occurred |
//! | `UNAVAILABLE` | 14 | 500 | "500014" | an error occurred |
//! | `UNAUTHENTICATED` | 16 | 500 | "500016" | an error occurred |
//! | any other | *n* | 500 | "500" and *n* in three digits | an error occurred |
//!
//! - The code is the HTTP status and the gRPC number: no other code of this project has six digits.
//!   `NOT_FOUND` has the code of the vendor's own example.
//! - 404 is for none of them, not even `UNIMPLEMENTED`: Online Contact's question had a route. It is
//!   the gateway that asked its backend for what that has not.
//! - `UNAUTHENTICATED` is no 403: Online Contact has proved who it is. It is the gateway that its
//!   backend does not know, and no agent can do anything about that.
//! - `OK` is no failure. A failure that says it is one contradicts itself, and reads as 500.
//! - What the backend says in its message, details and metadata is for the log only.

use online_contact::{Failure, Status as HttpStatus};
use tonic::{Code, Status};

/// What Online Contact is answered. The status goes to the log when the failure is sent, unless all
/// that happened is that there is no such customer.
#[must_use]
pub fn to_failure(status: Status) -> Failure {
    let code = |http| error_code(http, status.code());
    let no_result = |message| Failure::no_result(code(HttpStatus::BadRequest), message);
    let forbidden = |message| Failure::forbidden(code(HttpStatus::Forbidden), message);
    let broken = |message| Failure::server_error(code(HttpStatus::ServerError), message);

    match status.code() {
        Code::NotFound => return Failure::no_result(911, "Not existing user."),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            no_result("This can't be looked up.")
        }
        Code::PermissionDenied => forbidden("This may not be looked up."),
        Code::DeadlineExceeded => broken("The customer directory took too long."),
        Code::Unavailable => broken("The customer directory can't be reached."),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::AlreadyExists
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss
        | Code::Unauthenticated => broken("The customer directory failed."),
    }
    .with_source(status)
}

/// What a gRPC caller is answered: the backend's code with the message that Online Contact would get.
/// The status goes to the log, as it does there.
///
/// `UNAUTHENTICATED` and an `OK` that is none become `INTERNAL`: the caller's own signature has
/// passed, and nothing is well.
#[must_use]
pub fn to_caller(status: Status) -> Status {
    let code = match status.code() {
        Code::Ok | Code::Unauthenticated => Code::Internal,
        code => code,
    };
    let failure = to_failure(status);
    failure.log();
    Status::new(code, failure.message())
}

fn error_code(http: HttpStatus, grpc: Code) -> String {
    format!("{http}{:03}", i32::from(grpc))
}
