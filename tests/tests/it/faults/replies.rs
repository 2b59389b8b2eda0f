//! Rejections that do not look as the protocol wants them.

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use online_contact::{Reason, Rejection};
use online_contact_tests::Result;
use online_contact_tests::adapters::Setup;
use tower::ServiceExt as _;

use super::fault::{Answer, Fault, Server, boxed, inner, verified};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "401 in place of 403",
        caught_by: &["vector: no authorization", "vector: body changed by one bit"],
        shows: &["got 401"],
        server: |setup| {
            altered(setup, |response, _| {
                if response.status() == StatusCode::FORBIDDEN {
                    *response.status_mut() = StatusCode::UNAUTHORIZED;
                }
            })
        },
    },
    Fault {
        name: "413 for a body too large",
        caught_by: &[
            "one byte over the limit, declared",
            "one byte over the limit, undeclared (HTTP/2)",
        ],
        shows: &["got 413"],
        server: |setup| {
            altered(setup, |response, reason| {
                if reason == Reason::BodyTooLarge {
                    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
                }
            })
        },
    },
    Fault {
        name: "200 with an error object",
        caught_by: &["vector: no headers at all"],
        shows: &["got 200"],
        server: |setup| altered(setup, |response, _| *response.status_mut() = StatusCode::OK),
    },
    Fault {
        name: "a rejection is plain text",
        caught_by: &["vector: no headers at all", "vector: body changed by one bit"],
        shows: &["got [\"text/plain\"]"],
        server: |setup| altered(setup, |response, _| typed(response, "text/plain")),
    },
    Fault {
        name: "no charset",
        caught_by: &["vector: no headers at all"],
        shows: &["got [\"application/json\"]"],
        server: |setup| altered(setup, |response, _| typed(response, "application/json")),
    },
    Fault {
        name: "the connection is closed after a rejection",
        caught_by: &["keep-alive after a mismatch", "pipelined after a mismatch"],
        shows: &["the connection was closed"],
        server: |setup| {
            altered(setup, |response, _| {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            })
        },
    },
];

/// The faultless server, its rejections changed.
fn altered(setup: &Setup, alter: fn(&mut Response<Answer>, Reason)) -> Result<Server> {
    let service = verified(setup.settings.verifier()?, inner(setup));
    Ok(boxed(service.map_response(move |mut response: Response<Answer>| {
        let reason = response.extensions().get().map(Rejection::reason);
        if let Some(reason) = reason {
            alter(&mut response, reason);
        }
        response
    })))
}

fn typed(response: &mut Response<Answer>, content_type: &'static str) {
    let value = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, value);
}
