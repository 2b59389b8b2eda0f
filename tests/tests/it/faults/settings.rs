//! A verifier that is not set up as the protocol wants it.

use std::time::Duration;

use online_contact::{BufferBudget, Failure, Rejection, Scheme, Status};
use online_contact_tests::Result;
use online_contact_tests::adapters::Setup;

use super::fault::{Fault, Server, boxed, inner, verified, with};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "no window",
        caught_by: &["vector: one millisecond too old", "vector: one millisecond too new"],
        server: |setup| with(setup, |builder| builder.dangerously_wide_window(Duration::MAX)),
    },
    Fault {
        name: "the ends of the window are outside",
        caught_by: &[
            "vector: oldest moment inside the window",
            "vector: newest moment inside the window",
        ],
        server: |setup| with(setup, |builder| builder.window(Duration::from_millis(299_999))),
    },
    Fault {
        name: "no limit",
        caught_by: &["one byte over the limit, declared", "one byte over the limit, undeclared"],
        server: |setup| {
            with(setup, |builder| {
                builder.body_limit(u64::MAX).buffer_budget(BufferBudget::new(u64::MAX))
            })
        },
    },
    Fault {
        name: "the limit is a byte too high",
        caught_by: &["one byte over the limit, declared", "one byte over the limit, undeclared"],
        server: |setup| with_limit(setup, |limit| limit + 1),
    },
    Fault {
        name: "the limit is a byte too low",
        caught_by: &["as long as the limit, declared", "as long as the limit, undeclared"],
        server: |setup| with_limit(setup, |limit| limit - 1),
    },
    Fault {
        name: "no deadline",
        caught_by: &["a byte a second, 30 in all", "nothing of the body for 30 s"],
        server: |setup| with(setup, |builder| builder.body_timeout(Duration::from_secs(3600))),
    },
    Fault {
        name: "nothing is read after a rejection",
        caught_by: &["5 MiB, written before the answer is read"],
        server: |setup| with(setup, |builder| builder.drain_limit(0)),
    },
    Fault {
        name: "the URI is not signed",
        caught_by: &["vector: URI scheme", "vector: URI scheme, body and time alone"],
        server: |setup| with(setup, |builder| builder.scheme(Scheme::BodyTime)),
    },
    Fault {
        name: "no reason in detail",
        caught_by: &["vector: no headers at all", "vector: body changed by one bit"],
        server: |setup| with(setup, |builder| builder.render_rejections(without_detail)),
    },
];

fn with_limit(setup: &Setup, alter: fn(u64) -> u64) -> Result<Server> {
    let mut settings = setup.settings.clone();
    settings.body_limit = settings.body_limit.map(alter);
    Ok(boxed(verified(settings.verifier()?, inner(setup))))
}

fn without_detail(rejection: &Rejection) -> Failure {
    let (code, message) = (rejection.code(), rejection.message());
    match rejection.status() {
        Status::Forbidden => Failure::forbidden(code, message),
        Status::ServerError => Failure::server_error(code, message),
        _ => Failure::no_result(code, message),
    }
}
