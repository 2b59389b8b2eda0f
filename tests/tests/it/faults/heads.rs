//! Headers that are tidied up before the verifier sees them.

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Request, request::Parts};
use hyper::body::Incoming;
use online_contact_tests::Result;
use online_contact_tests::adapters::Setup;
use tower::ServiceExt as _;

use super::fault::{Fault, Server, boxed, inner, verified};

const TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "the first of two headers wins",
        caught_by: &[
            "vector: two timestamps",
            "vector: two authorizations",
            "a good and a wrong X-TC-Timestamp \"1732300000000\"",
            "a good and a wrong Authorization \"\"",
        ],
        shows: &["got 200"],
        server: |setup| {
            altered(setup, |head| keep_one(&mut head.headers, |values| values.first().cloned()))
        },
    },
    Fault {
        name: "the last of two headers wins",
        caught_by: &[
            "vector: two timestamps",
            "a wrong X-TC-Timestamp \"1732300000000\" and a good one",
            "a wrong Authorization \"Bearer x\" and a good one (HTTP/2)",
        ],
        shows: &["got 200"],
        server: |setup| {
            altered(setup, |head| keep_one(&mut head.headers, |values| values.last().cloned()))
        },
    },
    Fault {
        name: "base64 without padding is taken",
        caught_by: &["vector: authorization malformed: without padding"],
        shows: &["got 200"],
        server: |setup| {
            altered(setup, |head| {
                rewrite(&mut head.headers, &AUTHORIZATION, |value| match value.len() {
                    43 => [value, b"="].concat(),
                    _ => value.to_vec(),
                });
            })
        },
    },
    Fault {
        name: "the URL-safe alphabet is taken",
        caught_by: &["vector: authorization malformed: URL-safe alphabet"],
        shows: &["got 200"],
        server: |setup| {
            altered(setup, |head| {
                rewrite(&mut head.headers, &AUTHORIZATION, |value| {
                    let standard = |byte: &u8| match byte {
                        b'-' => b'+',
                        b'_' => b'/',
                        other => *other,
                    };
                    value.iter().map(standard).collect()
                });
            })
        },
    },
    Fault {
        name: "a Bearer prefix is taken off",
        caught_by: &["vector: authorization malformed: Bearer prefix"],
        shows: &["got 200"],
        server: |setup| {
            altered(setup, |head| {
                rewrite(&mut head.headers, &AUTHORIZATION, |value| {
                    value.strip_prefix(b"Bearer ").unwrap_or(value).to_vec()
                });
            })
        },
    },
    Fault {
        name: "bytes above 0x7f are dropped",
        caught_by: &[
            "bytes above 0x7f in the timestamp",
            "bytes above 0x7f after the signature",
            "bytes above 0x7f after the signature (HTTP/2)",
        ],
        shows: &["timestamp_expired", "got 200"],
        server: |setup| {
            altered(setup, |head| {
                for name in [&TIMESTAMP, &AUTHORIZATION] {
                    rewrite(&mut head.headers, name, |value| {
                        value.iter().copied().filter(u8::is_ascii).collect()
                    });
                }
            })
        },
    },
    Fault {
        name: "an empty header counts as none",
        caught_by: &[
            "vector: timestamp not numeric: empty",
            "vector: authorization malformed: empty",
        ],
        shows: &["timestamp_missing", "authorization_missing"],
        server: |setup| {
            altered(setup, |head| {
                for name in [&TIMESTAMP, &AUTHORIZATION] {
                    if head.headers.get(name).is_some_and(HeaderValue::is_empty) {
                        head.headers.remove(name);
                    }
                }
            })
        },
    },
    Fault {
        name: "the path is decoded before it is signed",
        caught_by: &["vector: URI scheme, percent-encoding is signed as sent"],
        shows: &["signature_mismatch"],
        server: |setup| {
            altered(setup, |head| {
                let decoded = head.uri.path().replace("%2F", "/");
                if let Ok(uri) = decoded.parse() {
                    head.uri = uri;
                }
            })
        },
    },
];

/// The faultless server, told of another head than the one that came.
pub(super) fn altered(setup: &Setup, alter: fn(&mut Parts)) -> Result<Server> {
    let service = verified(setup.settings.verifier()?, inner(setup));
    Ok(boxed(service.map_request(move |request: Request<Incoming>| {
        let (mut head, body) = request.into_parts();
        alter(&mut head);
        Request::from_parts(head, body)
    })))
}

fn keep_one(headers: &mut HeaderMap, pick: fn(&[HeaderValue]) -> Option<HeaderValue>) {
    for name in [TIMESTAMP, AUTHORIZATION] {
        let values: Vec<_> = headers.get_all(&name).iter().cloned().collect();
        if let Some(value) = pick(&values) {
            headers.insert(name, value);
        }
    }
}

fn rewrite(headers: &mut HeaderMap, name: &HeaderName, change: impl Fn(&[u8]) -> Vec<u8>) {
    if headers.get_all(name).iter().count() != 1 {
        return;
    }
    if let Some(value) = headers.get_mut(name)
        && let Ok(changed) = HeaderValue::from_bytes(&change(value.as_bytes()))
    {
        *value = changed;
    }
}
