//! The decision about scripted bodies: rows 8 to 15, deadlines, and cancellation.

use std::pin::pin;
use std::task::{Context, Waker};

use online_contact::{
    BufferBudget, ClaimFuture, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard,
    Reason, ReplayClaim, ReplayGuard, RequestHead, Verified, Verifier,
};
use proptest::prelude::*;

use crate::support::logs;
use crate::support::{
    AtOnce, BODY, Headers, KEY, NOW, Never, Script, Step, Stuck, URI, builder, chunk, key,
    poll_to_end, reason, verdict, verifier,
};

#[test]
fn a_body_in_one_or_several_chunks_passes() {
    let headers = Headers::signed(BODY);
    let (start, end) = BODY.split_at(7);
    for steps in [
        vec![chunk(BODY)],
        vec![chunk(start), chunk(b""), chunk(end)],
        vec![Step::Pause, chunk(start), Step::Pause, Step::Pause, chunk(end), Step::Pause],
    ] {
        let verified = verdict(&verifier(), &headers.head(), steps).unwrap();
        assert_eq!((verified.key_label(), verified.timestamp()), ("key-1", NOW));
    }
}

#[test]
fn rows_01_to_09_are_checked_before_the_body_is_polled() {
    let headers = Headers::signed(BODY);
    let untouched = |head: &RequestHead<'_>, expected| {
        let mut body = Script::new([chunk(BODY)]);
        let verdict = poll_to_end(verifier().verify(head, &mut body, &Never), 1).unwrap();
        assert_eq!((reason(verdict), body.left()), (Some(expected), 1));
    };
    untouched(&RequestHead::new(URI), Reason::TimestampMissing);
    let unauthorized = RequestHead::new(URI).timestamp(&headers.timestamp);
    untouched(&unauthorized, Reason::AuthorizationMissing);
    untouched(&headers.head().content_length(1024 * 1024 + 1), Reason::BodyTooLarge);
}

#[test]
fn row_08_key_source_that_does_not_respond_in_time() {
    let verifier = Verifier::builder().key_source(Stuck).clock(NOW).build().unwrap();
    let headers = Headers::signed(BODY);
    let head = headers.head();
    let mut body = Script::new([chunk(BODY)]);
    let rejection =
        poll_to_end(verifier.verify(&head, &mut body, &AtOnce), 1).unwrap().unwrap_err();
    assert_eq!((rejection.reason(), body.left()), (Reason::KeySourceUnavailable, 1));
    let error = std::error::Error::source(&rejection).unwrap().to_string();
    assert_eq!(error, "the key source did not respond within 3s");
    assert!(poll_to_end(verifier.verify(&head, &mut body, &Never), 9).is_none(), "it waits");
    assert_eq!(reason(verifier.verify_bytes(&head, BODY)), Some(Reason::KeySourceUnavailable));
}

#[test]
fn row_09_body_grows_over_the_limit() {
    let verifier = builder().body_limit(9).build().unwrap();
    let headers = Headers::signed(BODY);
    let steps = [chunk(b"123456789"), Step::Pause, chunk(b"0"), Step::Error];
    assert_eq!(reason(verdict(&verifier, &headers.head(), steps)), Some(Reason::BodyTooLarge));
}

/// A limit outside the verifier, such as tower-http's, fails the body.
#[cfg(feature = "http")]
#[test]
fn row_09_body_is_cut_off_by_an_outer_limit() {
    use futures_util::TryStreamExt as _;
    use http_body_util::{BodyStream, Full, Limited};

    let headers = Headers::signed(BODY);
    let body = Limited::new(Full::new(bytes::Bytes::from_static(BODY)), 5);
    let mut body = BodyStream::new(body).map_ok(|frame| frame.into_data().unwrap());
    let verifier = verifier();
    let head = headers.head();
    let verdict = poll_to_end(verifier.verify(&head, &mut body, &Never), 1).unwrap();
    assert_eq!(reason(verdict), Some(Reason::BodyTooLarge));
}

#[test]
fn row_11_body_that_stalls() {
    let headers = Headers::signed(BODY);
    let verifier = verifier();
    let head = headers.head();
    for steps in [vec![Step::Stall], vec![chunk(BODY), Step::Stall]] {
        let mut body = Script::new(steps.clone());
        let verdict = poll_to_end(verifier.verify(&head, &mut body, &AtOnce), 1).unwrap();
        assert_eq!(reason(verdict), Some(Reason::BodyTimeout));
        let mut body = Script::new(steps);
        assert!(poll_to_end(verifier.verify(&head, &mut body, &Never), 9).is_none(), "it waits");
    }
}

#[test]
fn row_12_body_fails() {
    let headers = Headers::signed(BODY);
    for steps in [
        vec![Step::Error],
        vec![chunk(b"{"), Step::Error],
        // However much of the body has arrived, an error is not its end.
        vec![Step::Pause, chunk(BODY), Step::Error],
    ] {
        let rejection = verdict(&verifier(), &headers.head(), steps).unwrap_err();
        assert_eq!(rejection.reason(), Reason::BodyUnreadable);
        let error = std::error::Error::source(&rejection).unwrap().to_string();
        assert_eq!(error, "connection reset");
    }
}

#[test]
fn row_12_body_ends_before_its_declared_length() {
    let headers = Headers::signed(BODY);
    let declared = |bytes: usize| headers.head().content_length(bytes as u64);
    let rejection = verdict(&verifier(), &declared(BODY.len() + 1), [chunk(BODY)]).unwrap_err();
    assert_eq!(rejection.reason(), Reason::BodyUnreadable);
    let error = std::error::Error::source(&rejection).unwrap().to_string();
    assert_eq!(error, "the body ended after 32 of 33 declared bytes");
    let in_memory = verifier().verify_bytes(&declared(BODY.len() + 1), BODY);
    assert_eq!(reason(in_memory), Some(Reason::BodyUnreadable));

    assert!(verdict(&verifier(), &declared(BODY.len()), [chunk(BODY)]).is_ok());
}

#[test]
fn row_13_signature_of_another_body() {
    let headers = Headers::signed(BODY);
    let rejection = verdict(&verifier(), &headers.head(), [chunk(b"{}")]).unwrap_err();
    assert_eq!(rejection.reason(), Reason::SignatureMismatch);
    assert_eq!((rejection.timestamp_age_ms(), rejection.key_label()), (Some(0), None));
}

#[test]
fn row_15_replay_guard_that_does_not_respond_in_time() {
    let headers = Headers::signed(BODY);
    for passes in [false, true] {
        let builder = builder().replay_guard(Stuck).dangerously_pass_without_replay_guard(passes);
        let verifier = builder.build().unwrap();
        let head = headers.head();
        let mut body = Script::new([chunk(BODY)]);
        let verdict = poll_to_end(verifier.verify(&head, &mut body, &AtOnce), 1).unwrap();
        assert_eq!(reason(verdict), (!passes).then_some(Reason::ReplayGuardUnavailable));
        // A caller that cannot wait is not a guard that is down: nothing passes.
        let in_memory = verifier.verify_bytes(&head, BODY);
        assert_eq!(reason(in_memory), Some(Reason::ReplayGuardUnavailable));
    }
}

#[test]
fn chunks_without_end_let_other_tasks_run() {
    let headers = Headers::signed(b"");
    let mut body = Script::new(std::iter::repeat_with(|| chunk(b"")).take(1_000));
    let verifier = verifier();
    let head = headers.head();
    assert!(poll_to_end(verifier.verify(&head, &mut body, &Never), 1).is_none());
    assert_eq!(body.left(), 1_000 - 128);
}

/// Two layers with one verifier, by mistake: the request must not be a replay of itself.
#[test]
fn row_14_a_request_that_is_verified_twice_passes_with_a_warning() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let headers = Headers::signed(BODY);
    let proof = verifier.verify_bytes(&headers.head(), BODY).unwrap();
    let again = headers.head().proof(Some(&proof));
    let (verified, lines) = logs::of(|| verifier.verify_bytes(&again, BODY));
    assert!(verified.is_ok());
    let event = "request verified twice by one verifier; remove one of the two layers";
    assert_eq!(lines[0].field("message"), Some(event));

    // The proof of another verifier proves nothing here, and a proof does not replace the signature.
    let other = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let foreign: Verified = other.verify_bytes(&headers.head(), BODY).unwrap();
    let replayed = verifier.verify_bytes(&headers.head().proof(Some(&foreign)), BODY);
    assert_eq!(reason(replayed), Some(Reason::Replayed));
    assert_eq!(reason(verifier.verify_bytes(&again, b"{}")), Some(Reason::SignatureMismatch));

    // Nor does the proof of another request of the same millisecond, in extensions that were copied.
    let other = Headers::signed(b"{}");
    let copied = other.head().proof(Some(&proof));
    assert!(verifier.verify_bytes(&copied, b"{}").is_ok());
    assert_eq!(reason(verifier.verify_bytes(&copied, b"{}")), Some(Reason::Replayed));
}

#[derive(Debug)]
struct Slow(KeyRing);

impl KeySource for Slow {
    fn tenant(&self, _request: &KeyRequest<'_>) -> String {
        "acme".to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        let ring = self.0.clone();
        KeyFuture::new(async move {
            tokio::task::yield_now().await;
            Ok(Some(ring))
        })
    }
}

impl ReplayGuard for Slow {
    fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
        ClaimFuture::new(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    }
}

/// Polled any number of times and dropped, it holds nothing of the budget.
#[test]
fn a_verification_that_is_dropped_at_any_await_releases_the_budget() {
    let budget = BufferBudget::new(1024 * 1024);
    let ring = KeyRing::new([("acme", key(KEY))]).unwrap();
    let verifier = Verifier::builder()
        .key_source(Slow(ring.clone()))
        .replay_guard(Slow(ring))
        .clock(NOW)
        .buffer_budget(budget.clone())
        .build()
        .unwrap();
    let long = vec![b'x'; 20_000];
    let headers = Headers::signed(&[&long[..], &long].concat());
    let head = headers.head();
    let mut most = 0;
    let mut verdicts = 0;
    for polls in 0..8 {
        let steps = [Step::Pause, chunk(&*long), Step::Pause, chunk(&*long), Step::Pause];
        let mut body = Script::new(steps);
        {
            let mut verify = pin!(verifier.verify(&head, &mut body, &Never));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if let std::task::Poll::Ready(verdict) = verify.as_mut().poll(&mut cx) {
                    assert!(verdict.is_ok());
                    verdicts += 1;
                    break;
                }
                most = most.max(budget.used());
            }
        }
        assert_eq!(budget.used(), 0, "after {polls} polls");
    }
    assert_eq!(most, 40_000 - BufferBudget::FREE_PER_BODY);
    assert!(verdicts > 0);
}

proptest! {
    /// Cuts and pauses do not change the verdict.
    #[test]
    fn the_verdict_on_a_stream_is_that_on_the_whole_body(
        body in prop::collection::vec(any::<u8>(), 0..400),
        cuts in prop::collection::vec((0..400_usize, any::<bool>()), 0..9),
        signed in any::<bool>(),
        keys in 1..6_u32,
    ) {
        let headers = if signed { Headers::signed(&body) } else { Headers::signed(b"another") };
        let builder = (1..keys).fold(builder(), |builder, n| builder.key(key(&n.to_string())));
        let verifier = builder.body_limit(300).build().unwrap();
        let mut rest = &body[..];
        let mut steps = Vec::new();
        for (cut, pause) in cuts {
            let (start, end) = rest.split_at(cut.min(rest.len()));
            steps.push(chunk(start));
            steps.extend(pause.then_some(Step::Pause));
            rest = end;
        }
        steps.push(chunk(rest));
        let whole = verifier.verify_bytes(&headers.head(), &body);
        prop_assert_eq!(reason(verdict(&verifier, &headers.head(), steps)), reason(whole));
    }
}
