//! Headers to verdict, without a server.

use std::hint::black_box;

use online_contact::{RequestHead, Verifier};

use crate::peers::{bare, standard_webhooks};
use crate::sample::{PATH, Sample, verifier};
use crate::scenario::Scenario;

/// The core, with `others` keys in front of the right one.
#[must_use]
pub fn ours(bytes: usize, others: usize) -> Scenario {
    let (verifier, sample) = (verifier(others), Sample::of(bytes));
    repeated(format!("core, {bytes} B, {} keys", others + 1), move || {
        verify(&verifier, black_box(&sample));
    })
}

/// The core with a `HeaderMap`, as its adapters call it.
///
/// # Panics
///
/// If the sample does not pass.
#[must_use]
pub fn of_header_map(bytes: usize) -> Scenario {
    let (verifier, sample) = (verifier(0), Sample::of(bytes));
    let headers = sample.header_map();
    repeated(format!("core, {bytes} B, from a HeaderMap"), move || {
        let head = RequestHead::from_http(PATH, black_box(&headers));
        let verified = verifier.verify_bytes(&head, black_box(&sample.body));
        black_box(verified.expect("the sample is signed"));
    })
}

/// Verifies a sample.
///
/// # Panics
///
/// If the sample does not pass.
pub fn verify(verifier: &Verifier, sample: &Sample) {
    let verified = verifier.verify_bytes(&sample.head(), &sample.body);
    black_box(verified.expect("the sample is signed"));
}

/// The MAC alone.
#[must_use]
pub fn bare_mac(bytes: usize) -> Scenario {
    let (keyed, sample) = (bare::keyed(), Sample::of(bytes));
    let timestamp = sample.header("x-tc-timestamp").to_owned();
    repeated(format!("bare MAC, {bytes} B"), move || {
        black_box(bare::mac(&keyed, black_box(&sample.body), &timestamp));
    })
}

/// The hash of the body alone.
#[must_use]
pub fn bare_sha256(bytes: usize) -> Scenario {
    let sample = Sample::of(bytes);
    repeated(format!("SHA-256, {bytes} B"), move || {
        black_box(bare::sha256(black_box(&sample.body)));
    })
}

/// `standardwebhooks` on a body of the same length.
///
/// # Panics
///
/// If its own signature does not pass.
#[must_use]
pub fn standard_webhooks(bytes: usize) -> Scenario {
    let sample = Sample::of(bytes);
    let (webhook, headers) = standard_webhooks::signed(&sample.body);
    repeated(format!("standardwebhooks, {bytes} B"), move || {
        let verdict = webhook.verify(black_box(&sample.body), &headers);
        verdict.expect("signed by itself");
    })
}

/// A scenario without inputs.
fn repeated(name: String, mut run: impl FnMut() + 'static) -> Scenario {
    Scenario::new(name, || (), move |inputs: Vec<()>| inputs.into_iter().for_each(|()| run()))
}
