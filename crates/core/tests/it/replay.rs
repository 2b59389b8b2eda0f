//! Requests that come twice, under a guard in memory.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use online_contact::{
    ClaimFuture, Clock, MemoryReplayGuard, Reason, ReplayClaim, ReplayGuard, Verifier,
};

use crate::support::{
    AtOnce, BODY, Headers, Never, Script, SharedClock, Step, Unavailable, WINDOW_MS, builder,
    chunk, poll_to_end, reason,
};

/// A guard that the test can look into.
fn shared(requests: usize) -> Arc<MemoryReplayGuard> {
    Arc::new(MemoryReplayGuard::with_capacity(NonZeroUsize::new(requests).unwrap()))
}

fn guarded(guard: impl ReplayGuard + 'static) -> Verifier {
    builder().replay_guard(guard).build().unwrap()
}

fn verdict_of(verifier: &Verifier, headers: &Headers, body: &[u8]) -> Option<Reason> {
    verifier.verify_bytes(&headers.head(), body).err().map(|rejection| rejection.reason())
}

#[test]
fn row_14_the_second_time_is_rejected_and_knows_the_key() {
    let verifier = guarded(MemoryReplayGuard::default());
    let headers = Headers::signed(BODY);
    assert_eq!(verdict_of(&verifier, &headers, BODY), None);
    let replayed = verifier.verify_bytes(&headers.head(), BODY).unwrap_err();
    assert_eq!(replayed.reason(), Reason::Replayed);
    assert_eq!(replayed.key_label(), Some("key-1"));
    assert_eq!(verdict_of(&verifier, &Headers::signed(b"another"), b"another"), None);
}

#[test]
fn row_14_a_request_with_a_wrong_signature_is_not_remembered() {
    let guard = shared(64);
    let verifier = guarded(guard.clone());
    for _ in 0..1_000 {
        assert_eq!(
            verdict_of(&verifier, &Headers::signed(b"x"), b"y"),
            Some(Reason::SignatureMismatch)
        );
    }
    assert!(guard.is_empty());
}

#[test]
fn row_14_ten_thousand_copies_at_once_and_one_passes() {
    let verifier = guarded(MemoryReplayGuard::default());
    let headers = Headers::signed(BODY);
    let passed = AtomicUsize::new(0);
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..1_250 {
                    match verdict_of(&verifier, &headers, BODY) {
                        None => passed.fetch_add(1, Ordering::SeqCst),
                        Some(reason) => {
                            assert_eq!(reason, Reason::Replayed);
                            0
                        }
                    };
                }
            });
        }
    });
    assert_eq!(passed.into_inner(), 1);
}

#[test]
fn row_14_a_full_guard_rejects_until_it_has_forgotten() {
    let clock = SharedClock::new();
    let guard = shared(64);
    let verifier = builder().clock(Arc::clone(&clock)).replay_guard(guard.clone()).build().unwrap();
    let mut rejected = 0;
    for index in 0..640_u32 {
        let body = index.to_string().into_bytes();
        match verdict_of(&verifier, &Headers::signed(&body), &body) {
            None => {}
            Some(reason) => {
                assert_eq!(reason, Reason::Overloaded);
                rejected += 1;
            }
        }
    }
    assert_eq!(guard.len(), 640 - rejected);
    assert!(guard.len() <= 64);

    // The window, the longest verification, and the clock skew.
    clock.advance(Duration::from_secs(300 + 120 + 60));
    let body = b"at the last moment";
    let before = guard.len();
    let _ = verdict_of(&verifier, &Headers::signed_at(clock.now(), body), body);
    assert!(guard.len() >= before, "nothing is forgotten too early");

    clock.advance(Duration::from_millis(1));
    for index in 0..640_u32 {
        let body = index.to_string().into_bytes();
        let _ = verdict_of(&verifier, &Headers::signed_at(clock.now(), &body), &body);
    }
    assert!(guard.len() <= 64 && guard.len() >= before, "the old ones have made room");
}

/// A captured request whose head passes at the last moment, and whose body drips until its entry has
/// gone, must not pass a second time.
#[test]
fn row_14_a_slow_body_does_not_outlive_its_entry() {
    let clock = SharedClock::new();
    let verifier = builder()
        .clock(Arc::clone(&clock))
        .replay_guard(MemoryReplayGuard::default())
        .build()
        .unwrap();
    let headers = Headers::signed(BODY);
    assert_eq!(verdict_of(&verifier, &headers, BODY), None);

    clock.advance(Duration::from_millis(u64::try_from(WINDOW_MS).unwrap()));
    let head = headers.head();
    let mut body = Script::new([chunk(BODY), Step::Pause]);
    let mut slow = Box::pin(verifier.verify(&head, &mut body, &Never));
    assert!(poll_to_end(&mut slow, 1).is_none());
    clock.advance(Duration::from_secs(3_600));
    let other = b"makes the guard forget";
    assert_eq!(verdict_of(&verifier, &Headers::signed_at(clock.now(), other), other), None);
    assert_eq!(reason(poll_to_end(&mut slow, 1).unwrap()), Some(Reason::TimestampExpired));
}

/// A request that one verifier claimed is still known when another one, whose body may take longer, comes
/// to its verdict.
#[test]
fn row_14_verifiers_with_different_timeouts_share_a_guard() {
    let clock = SharedClock::new();
    let guard = shared(64);
    let with = |seconds| {
        let builder = builder().clock(Arc::clone(&clock)).replay_guard(guard.clone());
        builder.body_timeout(Duration::from_secs(seconds)).build().unwrap()
    };
    let (short, long) = (with(1), with(117));
    let headers = Headers::signed(BODY);
    assert_eq!(verdict_of(&short, &headers, BODY), None);

    clock.advance(Duration::from_secs(300));
    let head = headers.head();
    let mut body = Script::new([chunk(BODY), Step::Pause]);
    let mut slow = Box::pin(long.verify(&head, &mut body, &Never));
    assert!(poll_to_end(&mut slow, 1).is_none());
    clock.advance(Duration::from_secs(119));
    // Others make the guard forget what has expired.
    for index in 0..640_u32 {
        let body = index.to_string().into_bytes();
        let _ = verdict_of(&short, &Headers::signed_at(clock.now(), &body), &body);
    }
    assert_eq!(reason(poll_to_end(&mut slow, 1).unwrap()), Some(Reason::Replayed));
}

/// A clock that is set back does not open the guard for what it has forgotten.
#[test]
fn row_14_a_clock_that_is_set_back_does_not_let_a_replay_pass() {
    let clock = SharedClock::new();
    let guard = shared(64_000);
    let verifier = builder().clock(Arc::clone(&clock)).replay_guard(guard).build().unwrap();
    let headers = Headers::signed(BODY);
    assert_eq!(verdict_of(&verifier, &headers, BODY), None);
    clock.advance(Duration::from_secs(481));
    for index in 0..1_000_u32 {
        let body = index.to_string().into_bytes();
        let headers = Headers::signed_at(clock.now(), &body);
        assert_eq!(verdict_of(&verifier, &headers, &body), None);
    }
    clock.set_back(Duration::from_secs(481));
    assert_eq!(verdict_of(&verifier, &headers, BODY), Some(Reason::Replayed));
}

#[test]
fn a_guard_of_any_capacity_has_a_debug_form() {
    let shown = format!("{:?}", MemoryReplayGuard::with_capacity(NonZeroUsize::MAX));
    assert!(shown.starts_with("MemoryReplayGuard"), "{shown}");
}

/// One that is known to a verifier with a short window is still fresh for another one.
#[test]
fn row_14_verifiers_with_different_windows_share_a_guard() {
    let clock = SharedClock::new();
    let guard = shared(64);
    let with = |window| {
        let builder = builder().clock(Arc::clone(&clock)).replay_guard(guard.clone());
        builder.window(Duration::from_secs(window)).build().unwrap()
    };
    let (short, long) = (with(60), with(300));
    let headers = Headers::signed(BODY);
    assert_eq!(verdict_of(&short, &headers, BODY), None);
    clock.advance(Duration::from_secs(240));
    assert_eq!(verdict_of(&long, &headers, BODY), Some(Reason::Replayed));
}

#[test]
fn row_15_a_failed_guard_rejects_unless_configured_to_pass() {
    let headers = Headers::signed(BODY);
    let rejected = guarded(Unavailable).verify_bytes(&headers.head(), BODY).unwrap_err();
    assert_eq!(rejected.reason(), Reason::ReplayGuardUnavailable);
    assert!(!rejected.to_string().contains("10.0.0.7"));

    let open = builder()
        .replay_guard(Unavailable)
        .dangerously_pass_without_replay_guard(true)
        .build()
        .unwrap();
    assert_eq!(verdict_of(&open, &headers, BODY), None);
    assert_eq!(verdict_of(&open, &Headers::signed(b"x"), b"y"), Some(Reason::SignatureMismatch));
}

/// Stores the first claim, and does not respond to it.
#[derive(Debug, Default)]
struct Late(MemoryReplayGuard);

impl ReplayGuard for Late {
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
        match self.0.claim(claim).now_or_never() {
            Some(Ok(())) => ClaimFuture::new(std::future::pending()),
            claimed => ClaimFuture::ready(claimed.unwrap()),
        }
    }
}

/// Whether the claim arrived is unknown then, so the same bytes do not pass later.
#[test]
fn row_15_a_claim_whose_response_is_late_is_kept() {
    let verifier = guarded(Late::default());
    let headers = Headers::signed(BODY);
    for expected in [Reason::ReplayGuardUnavailable, Reason::Replayed, Reason::Replayed] {
        let head = headers.head();
        let mut body = Script::new([chunk(BODY)]);
        let verdict = poll_to_end(verifier.verify(&head, &mut body, &AtOnce), 9).unwrap();
        assert_eq!(reason(verdict), Some(expected));
    }
}
