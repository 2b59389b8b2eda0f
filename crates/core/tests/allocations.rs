//! Nothing is allocated on the heap between `begin` and the verdict, with up to four keys.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::hint::black_box;

use allocation_counter::measure;
use online_contact::{KeyRing, Reason, Rejection, RequestHead, Verified, Verifier};
use support::{BODY, Headers, KEY, NOW, SCHEMES, builder, key, signer};

/// A verifier with so many keys; the requests of these tests match the last one.
fn ring_of(size: usize) -> Verifier {
    (1..size)
        .fold(Verifier::builder(), |builder, n| builder.key(key(&format!("other-{n}"))))
        .key(key(KEY))
        .clock(NOW)
        .build()
        .unwrap()
}

fn verdict(
    verifier: &Verifier,
    head: &RequestHead<'_>,
    body: &[u8],
    chunk: usize,
) -> Result<Verified, Rejection> {
    let mut verification = verifier.begin(head)?;
    for chunk in body.chunks(chunk) {
        verification.update(chunk)?;
    }
    verification.finish()
}

/// How many allocations a verdict takes, the verdict's own end included.
fn allocations(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8], chunk: usize) -> u64 {
    measure(|| drop(black_box(verdict(verifier, head, body, chunk)))).count_total
}

#[test]
fn the_counter_counts() {
    let counted = measure(|| {
        let vec = Vec::<u8>::with_capacity(1);
        drop(black_box(vec));
        drop(black_box(Box::new(1_u8)));
    });
    assert_eq!(counted.count_total, 2);
    let on_the_stack = measure(|| {
        black_box([0_u8; 64]);
    });
    assert_eq!(on_the_stack.count_total, 0);
}

/// A vector that grows leaves a copy of the keys behind, and nobody wipes it.
#[test]
fn no_vector_of_keys_grows() {
    let allocations = |size: usize| {
        let keys: Vec<_> = (0..size).map(|n| (format!("label-{n}"), key("secret"))).collect();
        measure(|| drop(black_box(KeyRing::new(keys)))).count_total
    };
    let each = allocations(2) - allocations(1);
    for size in 2..40 {
        assert_eq!(allocations(size), allocations(size - 1) + each, "{size}");
    }
}

#[cfg(feature = "key-file")]
#[test]
fn the_text_of_a_key_file_does_not_grow() {
    use std::io::Write as _;

    let allocations = |comment: usize| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{}\nsecret", "#".repeat(comment)).unwrap();
        let file = online_contact::KeyFile::new(file.path());
        measure(|| drop(black_box(file.read().unwrap()))).count_total
    };
    for comment in [4_000, 5_000, 65_000] {
        assert_eq!(allocations(comment), allocations(1), "{comment}");
    }
}

#[test]
fn an_accepted_request_allocates_nothing() {
    let body = vec![b'x'; 4096];
    for size in [1, 2, 3, 4] {
        let verifier = ring_of(size);
        for body in [&b""[..], BODY, &body] {
            let headers = Headers::signed(body);
            let head = headers.head();
            for chunk in [1, 7, 64, 1024, usize::MAX] {
                assert!(verdict(&verifier, &head, body, chunk).is_ok());
                let count = allocations(&verifier, &head, body, chunk);
                assert_eq!(count, 0, "{size} keys, chunks of {chunk}");
            }
        }
    }
}

#[test]
fn neither_scheme_allocates() {
    for scheme in SCHEMES {
        let verifier = builder().scheme(scheme).build().unwrap();
        let signed = signer().scheme(scheme).sign(support::URI, BODY, NOW);
        let headers = Headers::from(signed);
        assert!(verdict(&verifier, &headers.head(), BODY, 8).is_ok());
        assert_eq!(allocations(&verifier, &headers.head(), BODY, 8), 0);
    }
}

#[test]
fn a_rejected_request_allocates_nothing() {
    let headers = Headers::signed(BODY);
    let unsigned = RequestHead::new(support::URI);
    let malformed = unsigned.clone().timestamp(&headers.timestamp).authorization(b"Bearer token");
    let heads = [
        (headers.head(), Reason::SignatureMismatch),
        (headers.head().content_length(1 << 40), Reason::BodyTooLarge),
        (headers.head().timestamp(b"1"), Reason::HeaderDuplicated),
        (unsigned.clone(), Reason::TimestampMissing),
        (unsigned.timestamp(b"1"), Reason::TimestampExpired),
        (malformed, Reason::AuthorizationMalformed),
    ];
    for size in [1, 2, 4] {
        let verifier = ring_of(size);
        for (head, reason) in &heads {
            let rejected = verdict(&verifier, head, b"another body", 3).unwrap_err();
            assert_eq!(rejected.reason(), *reason);
            let count = allocations(&verifier, head, b"another body", 3);
            assert_eq!(count, 0, "{reason} with {size} keys");
        }
    }
}

#[test]
fn a_body_over_the_limit_allocates_nothing() {
    let verifier = builder().body_limit(8).build().unwrap();
    let headers = Headers::signed(BODY);
    let rejected = verdict(&verifier, &headers.head(), BODY, 5).unwrap_err();
    assert_eq!(rejected.reason(), Reason::BodyTooLarge);
    assert_eq!(allocations(&verifier, &headers.head(), BODY, 5), 0);
}

#[test]
fn a_fifth_key_costs_an_allocation_and_works() {
    let headers = Headers::signed(BODY);
    let verifier = ring_of(5);
    let verified = verdict(&verifier, &headers.head(), BODY, 5).unwrap();
    assert_eq!(verified.key_label(), "key-5");
    assert!(allocations(&verifier, &headers.head(), BODY, 5) > 0);
}
