//! Whether the time of a rejection tells what was wrong.
//!
//! ```text
//! cargo run --release -p online-contact-benches --bin timing
//! ```
//!
//! It measures and reports; what it finds depends on the machine and its load, so nothing is asserted.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use online_contact::{
    KeyFuture, KeyRequest, KeyRing, KeySource, Rejection, RequestHead, SecurityKey, Signer,
    Timestamp, Verified, Verifier,
};
use online_contact_benches::dudect::{Report, THRESHOLD, measure};

const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);
const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;
/// Digits of base64 whose lowest bit lies in the first byte of the MAC, and in the last.
const FIRST: usize = 0;
const LAST: usize = 41;
const EACH: Duration = Duration::from_secs(4);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!("Each line measures two kinds of request, mixed by chance, for {EACH:?}.");
    println!(
        "|t| > {THRESHOLD}: their times differ, and who can measure them learns which it was."
    );
    println!(
        "Below that nothing was found in so many samples; it is no proof that there is nothing.\n"
    );
    println!("{:>10} {:>12} {:>12} {:>10}", "t", "mean 1, ns", "mean 2, ns", "samples");

    let wrong = [wrong_at(FIRST)?, wrong_at(LAST)?];
    print("first byte wrong / last byte wrong", matching(&wrong)?);
    print("first key matches / last key matches", matching(&[signed(1)?, signed(4)?])?);
    print(
        "known tenant / unknown tenant, both wrong",
        tenants(&[wrong_at(FIRST)?, wrong_at(FIRST)?])?,
    );
    print(
        "control, should be small: the same / the same",
        matching(&[wrong_at(FIRST)?, wrong_at(FIRST)?])?,
    );
    print("control, should be large: as the first, compared with an early exit", leaky(&wrong)?);
    Ok(())
}

fn print(what: &str, report: Report) {
    let [a, b] = report.samples;
    let samples = a.count() + b.count();
    println!("{:>10.2} {:>12.2} {:>12.2} {samples:>10} {what}", report.t(), a.mean(), b.mean());
}

/// A verification with the verifier's own keys.
fn matching(authorizations: &[String; 2]) -> Outcome<Report> {
    let verifier = Verifier::builder().clock(NOW).key_ring(ring()?).build()?;
    let mut header = Header::default();
    Ok(measure(
        EACH,
        |class| header.of(authorizations, class).to_owned(),
        |authorization| verdict(&verifier, "/customer", &authorization),
    ))
}

/// A verification with a key source: the path names the tenant.
fn tenants(authorizations: &[String; 2]) -> Outcome<Report> {
    let source = Acme(KeyRing::new([("acme", key(1)?)])?);
    let verifier = Verifier::builder().clock(NOW).key_source(source).build()?;
    let mut header = Header::default();
    Ok(measure(
        EACH,
        |class| {
            let uri = if class == 0 { "/acme" } else { "/none" };
            (uri, header.of(authorizations, class).to_owned())
        },
        |(uri, authorization)| verdict(&verifier, uri, &authorization),
    ))
}

fn verdict(verifier: &Verifier, uri: &str, authorization: &str) -> Result<Verified, Rejection> {
    let head =
        RequestHead::new(uri).timestamp(b"1732400000000").authorization(authorization.as_bytes());
    verifier.verify_bytes(&head, BODY)
}

/// What a comparison would look like that stops at the first difference.
fn leaky(authorizations: &[String; 2]) -> Outcome<Report> {
    let verifier = Verifier::builder().clock(NOW).key_ring(ring()?).build()?;
    let right = signed(1)?;
    let mut header = Header::default();
    Ok(measure(
        EACH,
        |class| {
            let authorization = header.of(authorizations, class);
            authorization.to_owned()
        },
        |authorization| {
            let verdict = verdict(&verifier, "/customer", &authorization);
            let mut pairs = authorization.bytes().zip(right.bytes());
            (verdict, pairs.all(|(a, b)| black_box(a) == black_box(b)))
        },
    ))
}

/// Holds the header of either class at one place, so that its place in memory tells nothing.
#[derive(Default)]
struct Header(String);

impl Header {
    fn of(&mut self, values: &[String; 2], class: usize) -> &str {
        // Both are read, so that both are equally near.
        let [a, b] = black_box(values);
        self.0.clear();
        self.0.extend(a.chars().zip(b.chars()).map(|(a, b)| if class == 0 { a } else { b }));
        &self.0
    }
}

fn key(number: usize) -> Outcome<SecurityKey> {
    Ok(SecurityKey::new(format!("bf7769e5321448de88838cd{number}"))?)
}

fn ring() -> Outcome<KeyRing> {
    let keys: Outcome<Vec<_>> =
        (1..=4).map(|number| Ok((number.to_string(), key(number)?))).collect();
    Ok(KeyRing::new(keys?)?)
}

/// The right `Authorization`, under one of the keys.
fn signed(number: usize) -> Outcome<String> {
    Ok(Signer::new(&key(number)?).sign("/customer", BODY, NOW).signature().to_base64())
}

/// The right one, under the first key, but for the lowest bit of this digit.
fn wrong_at(digit: usize) -> Outcome<String> {
    let letters = signed(1)?;
    let letters = letters.chars().enumerate();
    Ok(letters
        .map(|(place, letter)| if place == digit { neighbour(letter) } else { letter })
        .collect())
}

/// The digit of base64 that differs in the lowest bit.
fn neighbour(digit: char) -> char {
    const PAIRS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let place = PAIRS.find(digit).unwrap_or_default();
    PAIRS.chars().nth(place ^ 1).unwrap_or(digit)
}

#[derive(Debug)]
struct Acme(KeyRing);

impl KeySource for Acme {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        let found = (tenant == "/acme").then(|| self.0.clone());
        KeyFuture::ready(Ok(found))
    }
}
