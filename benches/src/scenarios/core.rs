//! Headers to verdict, without a server around it.

use std::hint::black_box;

use online_contact::{RequestHead, Verifier};

use crate::peers::bare;
#[cfg(feature = "comparison")]
use crate::peers::webhooks;
use crate::sample::{PATH, Sample, verifier};
use crate::scenario::Scenario;

/// The core, with `others` keys before the right one.
#[must_use]
pub fn ours(bytes: usize, others: usize) -> Scenario {
    let verifier = verifier(others);
    let sample = Sample::sized(bytes);
    Scenario::new(
        format!("core, {bytes} B, {} keys", others + 1),
        || (),
        move |inputs| {
            for () in inputs {
                verify(&verifier, black_box(&sample));
            }
        },
    )
}

/// The core told of the request by the `http` crate's headers, as its adapters tell it.
///
/// # Panics
///
/// If the sample does not pass.
#[must_use]
pub fn of_header_map(bytes: usize) -> Scenario {
    let verifier = verifier(0);
    let sample = Sample::sized(bytes);
    let headers = sample.header_map();
    Scenario::new(
        format!("core, {bytes} B, from a HeaderMap"),
        || (),
        move |inputs| {
            for () in inputs {
                let head = RequestHead::from_http(PATH, black_box(&headers));
                let verified = verifier.verify_bytes(&head, black_box(&sample.body));
                black_box(verified.expect("the sample is signed"));
            }
        },
    )
}

/// One verification.
///
/// # Panics
///
/// If the sample does not pass: then nothing is worth measuring.
pub fn verify(verifier: &Verifier, sample: &Sample) {
    let verified = verifier.verify_bytes(&sample.head(), &sample.body);
    black_box(verified.expect("the sample is signed"));
}

/// The MAC alone.
#[must_use]
pub fn bare_mac(bytes: usize) -> Scenario {
    let keyed = bare::keyed();
    let sample = Sample::sized(bytes);
    Scenario::new(
        format!("bare MAC, {bytes} B"),
        || (),
        move |inputs| {
            for () in inputs {
                let sample = black_box(&sample);
                black_box(bare::mac(&keyed, &sample.body, &sample.timestamp));
            }
        },
    )
}

/// The hash of the body alone.
#[must_use]
pub fn bare_sha256(bytes: usize) -> Scenario {
    let sample = Sample::sized(bytes);
    Scenario::new(
        format!("SHA-256, {bytes} B"),
        || (),
        move |inputs| {
            for () in inputs {
                black_box(bare::sha256(black_box(&sample.body)));
            }
        },
    )
}

#[cfg(feature = "comparison")]
/// `standardwebhooks` on a body of the same length.
///
/// # Panics
///
/// If its own signature does not pass.
#[must_use]
pub fn standard_webhooks(bytes: usize) -> Scenario {
    let sample = Sample::sized(bytes);
    let (webhook, headers) = webhooks::signed(&sample.body);
    Scenario::new(
        format!("standardwebhooks, {bytes} B"),
        || (),
        move |inputs| {
            for () in inputs {
                let verdict = webhook.verify(black_box(&sample.body), &headers);
                verdict.expect("signed by itself");
            }
        },
    )
}
