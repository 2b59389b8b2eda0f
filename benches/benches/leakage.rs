//! Timing leaks, with dudect: whether the time of a verification depends on a secret.
//!
//! `cargo bench -p online-contact-benches --bench leakage`. Each line compares two classes of requests; a
//! `max t` above 5 indicates a difference. The results depend on the machine and its load, so nothing is
//! asserted.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use dudect_bencher::rand::RngExt as _;
use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main};
use online_contact::{
    KeyFuture, KeyRequest, KeyRing, KeySource, RequestHead, SecurityKey, Signer, Timestamp,
    Verifier,
};

const SAMPLES: usize = 200_000;
const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);
const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// A request path and an `Authorization`.
type Request = (&'static str, String);

/// Compares two requests in random order. Both classes read the same memory.
fn compare(runner: &mut CtRunner, rng: &mut BenchRng, verifier: &Verifier, requests: [Request; 2]) {
    let classes: Vec<bool> = (0..SAMPLES).map(|_| rng.random()).collect();
    let [(left_path, left), (right_path, right)] = black_box(requests);
    let mut authorization = String::with_capacity(left.len());
    for is_left in classes {
        authorization.clear();
        let digits = left.chars().zip(right.chars());
        authorization.extend(digits.map(|(left, right)| if is_left { left } else { right }));
        let path = if is_left { left_path } else { right_path };
        let class = if is_left { Class::Left } else { Class::Right };
        let head = RequestHead::new(path)
            .timestamp(b"1732400000000")
            .authorization(authorization.as_bytes());
        runner.run_one(class, || verifier.verify_bytes(black_box(&head), BODY).is_ok());
    }
}

fn ring_of_four() -> Verifier {
    let keys = (1..=4).map(|number| (number.to_string(), key(number)));
    let ring = KeyRing::new(keys).expect("four keys");
    Verifier::builder().clock(NOW).key_ring(ring).build().expect("valid settings")
}

/// A difference reveals how much of a guessed signature is right.
fn first_byte_wrong_or_last_byte_wrong(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, &ring_of_four(), [("/", wrong_at(0)), ("/", wrong_at(41))]);
}

/// A difference reveals which key of the ring is in use.
fn first_key_or_last_key(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, &ring_of_four(), [("/", signed(1)), ("/", signed(4))]);
}

/// A difference reveals which tenants exist.
fn known_tenant_or_unknown_tenant(runner: &mut CtRunner, rng: &mut BenchRng) {
    let source = Tenants(KeyRing::new([("acme", key(1))]).expect("one key"));
    let verifier = Verifier::builder().clock(NOW).key_source(source).build();
    let verifier = verifier.expect("valid settings");
    compare(runner, rng, &verifier, [("/acme", wrong_at(0)), ("/none", wrong_at(0))]);
}

/// A control that should find nothing.
fn control_the_same_request_twice(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, &ring_of_four(), [("/", wrong_at(0)), ("/", wrong_at(0))]);
}

/// A control that should find a difference: a comparison that stops at the first wrong byte.
fn control_an_early_exit(runner: &mut CtRunner, rng: &mut BenchRng) {
    let right = signed(1);
    let guesses = [wrong_at(0), wrong_at(41)];
    for _ in 0..SAMPLES {
        let is_left: bool = rng.random();
        let guess = black_box(if is_left { &guesses[0] } else { &guesses[1] });
        let class = if is_left { Class::Left } else { Class::Right };
        runner.run_one(class, || {
            let mut pairs = guess.bytes().zip(right.bytes());
            pairs.all(|(a, b)| black_box(a) == black_box(b))
        });
    }
}

fn key(number: usize) -> SecurityKey {
    SecurityKey::new(format!("bf7769e5321448de88838cd{number}")).expect("a valid key")
}

fn signed(number: usize) -> String {
    Signer::new(&key(number)).sign("/", BODY, NOW).signature().to_base64()
}

/// A signature with one wrong bit, in this base64 digit.
fn wrong_at(digit: usize) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let flipped = |letter| {
        let value = DIGITS.find(letter).unwrap_or_default();
        DIGITS.chars().nth(value ^ if digit == 41 { 1 } else { 32 }).unwrap_or(letter)
    };
    let signature = signed(1);
    let letters = signature.chars().enumerate();
    letters.map(|(place, letter)| if place == digit { flipped(letter) } else { letter }).collect()
}

#[derive(Debug)]
struct Tenants(KeyRing);

impl KeySource for Tenants {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        KeyFuture::ready(Ok((tenant == "/acme").then(|| self.0.clone())))
    }
}

ctbench_main!(
    first_byte_wrong_or_last_byte_wrong,
    first_key_or_last_key,
    known_tenant_or_unknown_tenant,
    control_the_same_request_twice,
    control_an_early_exit
);
