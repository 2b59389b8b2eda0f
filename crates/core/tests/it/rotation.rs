//! Keys that are replaced while requests are being verified.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::support::{BODY, Headers, NOW, Never, Script, Step, URI, chunk, key, poll_to_end};
use online_contact::{KeyRing, Reason, Signer, Verifier};

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::new(keys.iter().map(|text| (format!("label-{text}"), key(text)))).unwrap()
}

fn signed_with(text: &str) -> Headers {
    Headers::from(Signer::new(&key(text)).sign(URI, BODY, NOW))
}

fn verifier(keys: &[&str]) -> Verifier {
    Verifier::builder().key_ring(ring(keys)).clock(NOW).build().unwrap()
}

#[test]
fn the_new_ring_counts_from_the_next_request_on() {
    let verifier = verifier(&["old"]);
    let clone = verifier.clone();
    verifier.replace_keys(ring(&["new"])).unwrap();

    for verifier in [&verifier, &clone] {
        let passed = verifier.verify_bytes(&signed_with("new").head(), BODY).unwrap();
        assert_eq!(passed.key_label(), "label-new");
        let rejected = verifier.verify_bytes(&signed_with("old").head(), BODY).unwrap_err();
        assert_eq!(rejected.reason(), Reason::SignatureMismatch);
    }
}

#[test]
fn a_request_that_has_begun_is_judged_by_the_keys_it_began_with() {
    let verifier = verifier(&["old"]);
    let headers = signed_with("old");
    let head = headers.head();
    let mut body = Script::new([chunk(&BODY[..7]), Step::Pause, chunk(&BODY[7..])]);
    let mut verify = Box::pin(verifier.verify(&head, &mut body, &Never));
    assert!(poll_to_end(&mut verify, 1).is_none());
    verifier.replace_keys(ring(&["new"])).unwrap();
    let verified = poll_to_end(&mut verify, 1).unwrap().unwrap();
    assert_eq!(verified.key_label(), "label-old");
}

/// Sets the flag when it is dropped.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Online Contact signs with the new key from one moment on; the rings overlap, so nothing is lost.
#[test]
fn a_thousand_replacements_under_load_lose_nothing() {
    let name = |generation: u64| format!("generation-{generation}");
    let verifier = verifier(&[&name(0)]);
    // Requests are signed with the key of this generation, which every active key ring has.
    let signing = AtomicU64::new(0);
    let done = AtomicBool::new(false);
    let passed = AtomicU64::new(0);

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // A thread that panics ends the test, which would wait for its requests otherwise.
                let _stop = StopOnDrop(&done);
                while !done.load(Ordering::SeqCst) {
                    let generation = signing.load(Ordering::SeqCst);
                    let headers = signed_with(&name(generation));
                    match verifier.verify_bytes(&headers.head(), BODY) {
                        Ok(verified) => {
                            assert_eq!(verified.key_label(), format!("label-{}", name(generation)));
                            passed.fetch_add(1, Ordering::SeqCst);
                        }
                        // The key may have been retired while this thread had no turn: by the ring of two
                        // generations on, which is active before that one signs.
                        Err(rejection) => assert!(
                            generation < signing.load(Ordering::SeqCst),
                            "{rejection} at generation {generation}"
                        ),
                    }
                }
            });
        }
        for generation in 1..=1_000_u64 {
            let before = passed.load(Ordering::SeqCst);
            let (new, old) = (name(generation), name(generation - 1));
            verifier.replace_keys(ring(&[&new, &old])).unwrap();
            signing.store(generation, Ordering::SeqCst);
            while passed.load(Ordering::SeqCst) < before + 2 && !done.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    assert!(passed.load(Ordering::SeqCst) >= 2_000);
}
