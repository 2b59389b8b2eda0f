//! The `Debug` output of everything that contains a key or a signature.

use std::fmt::Debug;

use online_contact::{
    ClaimFuture, KeyRing, MemoryReplayGuard, ReplayClaim, ReplayGuard, RequestHead, SecurityKey,
    Verifier,
};
use online_contact_actix::Verify as ActixVerify;
use online_contact_tests::{KEY, NOW, Request, Settings};
use online_contact_tower::{SignLayer, Verify, VerifyLayer};

use crate::needles::{Needle, found, of_key, of_signature};

const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

#[track_caller]
fn hides(secrets: &[Needle], shown: &dyn Debug) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        assert_eq!(found(secrets, text.as_bytes()), [""; 0], "{text}");
    }
}

/// The key, and the signature of [`BODY`].
fn secrets() -> Vec<Needle> {
    let request = Request::signed(BODY);
    let mut secrets = of_key(KEY);
    secrets.extend(of_signature(&Settings::default(), &request));
    assert!(secrets.len() >= 14);
    secrets
}

fn verifier() -> Verifier {
    Settings::default()
        .builder()
        .unwrap()
        .replay_guard(MemoryReplayGuard::default())
        .build()
        .unwrap()
}

#[test]
fn the_search_finds_what_debug_shows() {
    let secrets = secrets();
    assert_eq!(found(&secrets, format!("{KEY:?}").as_bytes()), ["key"]);
    let bytes = format!("{:?}", KEY.as_bytes());
    assert_eq!(found(&secrets, bytes.as_bytes()), ["key as a list of bytes"]);
    let signed = Settings::default().signer().unwrap().sign("/customer", BODY, NOW);
    let bytes = format!("{:?}", signed.signature().as_bytes());
    assert_eq!(found(&secrets, bytes.as_bytes()), ["signature as a list of bytes"]);
}

#[test]
fn settings_hide_the_key() {
    let secrets = secrets();
    let settings = Settings::default();
    let key = SecurityKey::new(KEY).unwrap();
    hides(&secrets, &key);
    hides(&secrets, &KeyRing::new([("label", key.clone())]).unwrap());
    hides(&secrets, &settings.builder().unwrap());
    hides(&secrets, &Verifier::builder().key_ring(KeyRing::new([("label", key)]).unwrap()));
    hides(&secrets, &verifier());
    let signer = settings.signer().unwrap();
    hides(&secrets, &signer);
    hides(&secrets, &signer.begin("/customer"));
    let signed = signer.sign("/customer", BODY, NOW);
    hides(&secrets, &signed);
    hides(&secrets, &signed.signature());
}

#[test]
fn layers_hide_the_key() {
    let secrets = secrets();
    hides(&secrets, &VerifyLayer::new(verifier()));
    hides(&secrets, &Verify::new((), verifier()));
    hides(&secrets, &SignLayer::new(Settings::default().signer().unwrap()));
    hides(&secrets, &ActixVerify::new(verifier()));
}

/// From its first header to the verdict and the replay.
#[test]
fn a_request_on_its_way_hides_both() {
    let secrets = secrets();
    let verifier = verifier();
    let request = Request::signed(BODY);
    let head = request
        .headers
        .iter()
        .fold(RequestHead::new("/customer"), |head, (name, value)| head.header(name, value));

    hides(&secrets, &head);
    hides(&secrets, &verifier.verify_bytes(&head, BODY).unwrap());
    hides(&secrets, &verifier);

    let replayed = verifier.verify_bytes(&head, BODY).unwrap_err();
    assert_eq!(replayed.reason().as_str(), "replayed");
    hides(&secrets, &replayed);
    hides(&secrets, &verifier.reject(&replayed));
    let mismatch = verifier.verify_bytes(&head, b"another").unwrap_err();
    hides(&secrets, &mismatch);
    hides(&secrets, &verifier.reject(&mismatch));
}

/// A guard is given the signature, and might well show what it was given.
#[test]
fn a_claim_hides_the_signature() {
    #[derive(Debug)]
    struct Showing;

    impl ReplayGuard for Showing {
        fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
            hides(&secrets(), &claim);
            ClaimFuture::ready(Ok(()))
        }
    }

    let verifier = Settings::default().builder().unwrap().replay_guard(Showing).build().unwrap();
    let request = Request::signed(BODY);
    let head = request
        .headers
        .iter()
        .fold(RequestHead::new("/customer"), |head, (name, value)| head.header(name, value));
    let verified = verifier.verify_bytes(&head, BODY).unwrap();
    hides(&secrets(), &verified);
}
