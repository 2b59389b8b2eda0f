//! A verifier that is not set up as the protocol wants it.

use std::time::Duration;

use online_contact::{
    BufferBudget, ClaimFuture, Failure, KeyFuture, KeyRequest, KeySource, Rejection, ReplayClaim,
    ReplayGuard, Scheme, Status,
};
use online_contact_tests::Result;
use online_contact_tests::adapters::Setup;

use super::fault::{Fault, Server, boxed, inner, verified, with};

/// A deadline of the body that is longer than any case lasts.
pub(super) const LONG: Duration = Duration::from_secs(100);

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "no window",
        caught_by: &["vector: one millisecond too old", "vector: one millisecond too new"],
        shows: &["got 200"],
        server: |setup| with(setup, |builder| builder.dangerously_wide_window(Duration::MAX)),
    },
    Fault {
        name: "the ends of the window are outside",
        caught_by: &[
            "vector: oldest moment inside the window",
            "vector: newest moment inside the window",
        ],
        shows: &["got 400"],
        server: |setup| with(setup, |builder| builder.window(Duration::from_millis(299_999))),
    },
    Fault {
        name: "no limit",
        caught_by: &["one byte over the limit, declared", "one byte over the limit, undeclared"],
        shows: &["got 200"],
        server: |setup| {
            with(setup, |builder| {
                builder.body_limit(u64::MAX).buffer_budget(BufferBudget::new(u64::MAX))
            })
        },
    },
    Fault {
        name: "the limit is a byte too high",
        caught_by: &["one byte over the limit, declared", "one byte over the limit, undeclared"],
        shows: &["got 200"],
        server: |setup| with_limit(setup, |limit| limit + 1),
    },
    Fault {
        name: "the limit is a byte too low",
        caught_by: &["as long as the limit, declared", "as long as the limit, undeclared"],
        shows: &["got 400"],
        server: |setup| with_limit(setup, |limit| limit - 1),
    },
    Fault {
        name: "no deadline",
        caught_by: &["a byte a second, 30 in all", "nothing of the body for 30 s"],
        shows: &["got 200", "waited"],
        server: |setup| with(setup, |builder| builder.body_timeout(LONG)),
    },
    Fault {
        name: "nothing is read after a rejection",
        caught_by: &["5 MiB, written before the answer is read"],
        shows: &["sending failed", "reading failed"],
        server: |setup| with(setup, |builder| builder.drain_limit(0)),
    },
    Fault {
        name: "the URI is not signed",
        caught_by: &["vector: URI scheme", "vector: URI scheme, body and time alone"],
        shows: &["got 200", "got 403"],
        server: |setup| with(setup, |builder| builder.scheme(Scheme::BodyTime)),
    },
    Fault {
        name: "no reason in detail",
        caught_by: &["vector: no headers at all", "vector: body changed by one bit"],
        shows: &["\"detail\":null"],
        server: |setup| with(setup, |builder| builder.render_rejections(without_detail)),
    },
    Fault {
        name: "no body budget",
        caught_by: &["a body over the budget", "a body over the budget (HTTP/2)"],
        shows: &["got 200"],
        server: |setup| with(setup, |builder| builder.buffer_budget(BufferBudget::new(u64::MAX))),
    },
    Fault {
        name: "no replay guard",
        caught_by: &["a request sent twice", "a request sent again to another path"],
        shows: &["got 200"],
        server: |setup| with(setup, |builder| builder.replay_guard(Careless)),
    },
    Fault {
        name: "requests pass while the replay guard is unavailable",
        caught_by: &["a replay guard that is unavailable"],
        shows: &["got 200"],
        server: |setup| with(setup, |builder| builder.dangerously_pass_without_replay_guard(true)),
    },
    Fault {
        name: "an unavailable key source knows no tenant",
        caught_by: &["a key source that is unavailable"],
        shows: &["got 403"],
        server: |setup| with(setup, |builder| builder.key_source(Careless)),
    },
];

/// A replay guard that accepts every claim, and a key source that knows no tenant.
#[derive(Debug)]
struct Careless;

impl ReplayGuard for Careless {
    fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
        ClaimFuture::ready(Ok(()))
    }
}

impl KeySource for Careless {
    fn tenant(&self, _request: &KeyRequest<'_>) -> String {
        String::new()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        KeyFuture::ready(Ok(None))
    }
}

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
