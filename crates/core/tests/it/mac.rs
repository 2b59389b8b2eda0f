//! The signature is HMAC-SHA256, for every length of key and message and every cut of the message.

use hmac::{Hmac, KeyInit as _, Mac as _};
use online_contact::{SecurityKey, Signer, Timestamp};
use sha2::Sha256;

const AT: Timestamp = Timestamp::from_millis(7);

fn signer(key: &[u8]) -> Signer {
    Signer::new(&SecurityKey::from_bytes(key).unwrap())
}

/// By the crate that everybody uses: body, then the one digit of the time.
fn expected(key: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body);
    mac.update(b"7");
    mac.finalize().into_bytes().into()
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| u8::try_from(place * 31 % 251).unwrap()).collect()
}

#[test]
fn every_length_of_a_body() {
    let signer = signer(b"bf7769e5321448de88838cdb");
    for length in 0..=260 {
        let body = bytes(length);
        let signed = signer.sign("/", &body, AT);
        let expected = expected(b"bf7769e5321448de88838cdb", &body);
        assert_eq!(*signed.signature().as_bytes(), expected, "{length} bytes");
    }
}

#[test]
fn every_length_of_a_key() {
    for length in 1..=200 {
        let key = bytes(length);
        let signed = signer(&key).sign("/", b"body", AT);
        assert_eq!(*signed.signature().as_bytes(), expected(&key, b"body"), "{length} bytes");
    }
}

#[test]
fn every_cut_in_two_and_every_even_cut() {
    let signer = signer(b"key");
    let body = bytes(200);
    let expected = expected(b"key", &body);
    for cut in 0..=body.len() {
        let mut signing = signer.begin("/");
        let (start, end) = body.split_at(cut);
        signing.update(start);
        signing.update(end);
        assert_eq!(*signing.finish(AT).signature().as_bytes(), expected, "cut at {cut}");
    }
    for length in 1..=body.len() {
        let mut signing = signer.begin("/");
        for piece in body.chunks(length) {
            signing.update(piece);
            signing.update(b"");
        }
        assert_eq!(*signing.finish(AT).signature().as_bytes(), expected, "pieces of {length}");
    }
}
