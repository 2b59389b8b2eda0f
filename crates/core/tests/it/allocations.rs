//! A verification that does not wait allocates nothing, with up to two keys.

use std::convert::Infallible;
use std::hint::black_box;

use crate::support::{BODY, Headers, KEY, NOW, Never, SCHEMES, builder, key, poll_to_end, signer};
use allocation_counter::measure;
use futures_util::stream;
use online_contact::{
    ClaimFuture, KeyFuture, KeyRequest, KeyRing, KeySource, Reason, Rejection, ReplayClaim,
    ReplayGuard, RequestHead, Verified, Verifier,
};

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
    let mut body = stream::iter(body.chunks(chunk).map(Ok::<_, Infallible>));
    poll_to_end(verifier.verify(head, &mut body, &Never), 1).unwrap()
}

/// Counts the allocations of a verdict, up to its drop.
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

/// A growing vector leaves copies of the keys that are never wiped.
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
    for size in [1, 2] {
        let verifier = ring_of(size);
        for body in [&b""[..], BODY, &body] {
            let headers = Headers::signed(body);
            let head = headers.head();
            for chunk in [40, 64, 1024, usize::MAX] {
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
        let signed = signer().scheme(scheme).sign(crate::support::URI, BODY, NOW);
        let headers = Headers::from(signed);
        assert!(verdict(&verifier, &headers.head(), BODY, 8).is_ok());
        assert_eq!(allocations(&verifier, &headers.head(), BODY, 8), 0);
    }
}

#[test]
fn a_rejected_request_allocates_nothing() {
    let headers = Headers::signed(BODY);
    let unsigned = RequestHead::new(crate::support::URI);
    let malformed = unsigned.clone().timestamp(&headers.timestamp).authorization(b"Bearer token");
    let heads = [
        (headers.head(), Reason::SignatureMismatch),
        (headers.head().content_length(1 << 40), Reason::BodyTooLarge),
        (headers.head().timestamp(b"1"), Reason::HeaderDuplicated),
        (unsigned.clone(), Reason::TimestampMissing),
        (unsigned.timestamp(b"1"), Reason::TimestampExpired),
        (malformed, Reason::AuthorizationMalformed),
    ];
    for size in [1, 2] {
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
fn a_third_key_costs_an_allocation_and_works() {
    let headers = Headers::signed(BODY);
    let verifier = ring_of(3);
    let verified = verdict(&verifier, &headers.head(), BODY, 5).unwrap();
    assert_eq!(verified.key_label(), "key-3");
    assert_eq!(allocations(&verifier, &headers.head(), BODY, 5), 1);
}

/// A source and a guard in memory are ready at once. The tenant's name is all that is allocated.
#[test]
fn futures_that_are_ready_allocate_nothing() {
    #[derive(Debug)]
    struct InMemory(KeyRing);

    impl KeySource for InMemory {
        fn tenant(&self, _request: &KeyRequest<'_>) -> String {
            String::new()
        }

        fn keys(&self, _tenant: String) -> KeyFuture {
            KeyFuture::ready(Ok(Some(self.0.clone())))
        }
    }

    impl ReplayGuard for InMemory {
        fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
            ClaimFuture::ready(Ok(()))
        }
    }

    let ring = KeyRing::new([("a", key(KEY))]).unwrap();
    let headers = Headers::signed(BODY);
    let guarded = builder().replay_guard(InMemory(ring.clone())).build().unwrap();
    // The first load of a key ring in a thread allocates.
    assert!(verdict(&guarded, &headers.head(), BODY, 5).is_ok());
    assert_eq!(allocations(&guarded, &headers.head(), BODY, 5), 0);
    let source = Verifier::builder().key_source(InMemory(ring)).clock(NOW).build().unwrap();
    // The `Arc` of the tenant's name.
    assert_eq!(allocations(&source, &headers.head(), BODY, 5), 1);
}
