//! Requests that come twice, under a guard in memory.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use online_contact::{
    BufferBudget, Claimed, Clock, Conclusion, MemoryReplayGuard, Reason, ReplayClaim, ReplayError,
    ReplayGuard, Timestamp, Verifier,
};
use support::{BODY, Headers, NOW, WINDOW_MS, builder};

#[derive(Debug)]
struct Wall(AtomicI64);

impl Wall {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW.as_millis())))
    }

    fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A guard that the test keeps a hand on.
fn shared(requests: usize) -> Arc<MemoryReplayGuard> {
    Arc::new(MemoryReplayGuard::with_capacity(NonZeroUsize::new(requests).unwrap()))
}

fn guarded(guard: impl ReplayGuard + 'static) -> Verifier {
    builder().replay_guard(guard).build().unwrap()
}

fn reason(verifier: &Verifier, headers: &Headers, body: &[u8]) -> Option<Reason> {
    verifier.verify_bytes(&headers.head(), body).err().map(|rejection| rejection.reason())
}

#[test]
fn the_second_time_is_rejected_and_knows_the_key() {
    let verifier = guarded(MemoryReplayGuard::default());
    let headers = Headers::signed(BODY);
    assert_eq!(reason(&verifier, &headers, BODY), None);
    let replayed = verifier.verify_bytes(&headers.head(), BODY).unwrap_err();
    assert_eq!(replayed.reason(), Reason::Replayed);
    assert_eq!(replayed.key_label(), Some("key-1"));
    assert_eq!(reason(&verifier, &Headers::signed(b"another"), b"another"), None);
}

#[test]
fn a_request_with_a_wrong_signature_is_not_remembered() {
    let guard = shared(64);
    let verifier = guarded(guard.clone());
    for _ in 0..1_000 {
        assert_eq!(
            reason(&verifier, &Headers::signed(b"x"), b"y"),
            Some(Reason::SignatureMismatch)
        );
    }
    assert!(guard.is_empty());
}

#[test]
fn ten_thousand_copies_at_once_and_one_passes() {
    let verifier = guarded(MemoryReplayGuard::default());
    let headers = Headers::signed(BODY);
    let passed = AtomicUsize::new(0);
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..1_250 {
                    match reason(&verifier, &headers, BODY) {
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
fn a_full_guard_rejects_until_it_has_forgotten() {
    let wall = Wall::new();
    let guard = shared(64);
    let verifier = builder().clock(Arc::clone(&wall)).replay_guard(guard.clone()).build().unwrap();
    let mut rejected = 0;
    for index in 0..640_u32 {
        let body = index.to_string().into_bytes();
        match reason(&verifier, &Headers::signed(&body), &body) {
            None => {}
            Some(reason) => {
                assert_eq!(reason, Reason::Overloaded);
                rejected += 1;
            }
        }
    }
    assert_eq!(guard.len(), 640 - rejected);
    assert!(guard.len() <= 64);

    // The window, what a body and a key source may take, and a minute for clocks that differ.
    wall.pass(Duration::from_secs(300 + 10 + 3 + 60));
    let body = b"at the last moment";
    let before = guard.len();
    let _ = reason(&verifier, &Headers::signed_at(wall.now(), body), body);
    assert!(guard.len() >= before, "nothing is forgotten too early");

    wall.pass(Duration::from_millis(1));
    for index in 0..640_u32 {
        let body = index.to_string().into_bytes();
        let _ = reason(&verifier, &Headers::signed_at(wall.now(), &body), &body);
    }
    assert!(guard.len() <= 64 && guard.len() >= before, "the old ones have made room");
}

/// A captured request whose head passes at the last moment, and whose body drips until its entry has
/// gone, must not pass a second time.
#[test]
fn a_slow_body_does_not_outlive_its_entry() {
    let wall = Wall::new();
    let verifier = builder()
        .clock(Arc::clone(&wall))
        .replay_guard(MemoryReplayGuard::default())
        .build()
        .unwrap();
    let headers = Headers::signed(BODY);
    assert_eq!(reason(&verifier, &headers, BODY), None);

    wall.pass(Duration::from_millis(u64::try_from(WINDOW_MS).unwrap()));
    let mut slow = verifier.begin(&headers.head()).unwrap();
    slow.update(BODY).unwrap();
    // Nobody enforces the body's deadline here.
    wall.pass(Duration::from_secs(3_600));
    let other = b"makes the guard forget";
    assert_eq!(reason(&verifier, &Headers::signed_at(wall.now(), other), other), None);
    assert_eq!(slow.finish().unwrap_err().reason(), Reason::TimestampExpired);
}

/// One that is known to a verifier with a short window is still fresh for another one.
#[test]
fn verifiers_with_different_windows_share_a_guard() {
    let wall = Wall::new();
    let guard = shared(64);
    let with = |window| {
        let builder = builder().clock(Arc::clone(&wall)).replay_guard(guard.clone());
        builder.window(Duration::from_secs(window)).build().unwrap()
    };
    let (short, long) = (with(60), with(300));
    let headers = Headers::signed(BODY);
    assert_eq!(reason(&short, &headers, BODY), None);
    wall.pass(Duration::from_secs(60 + 10 + 3 + 60 + 7));
    assert_eq!(reason(&long, &headers, BODY), Some(Reason::Replayed));
}

#[derive(Debug)]
struct Broken;

impl ReplayGuard for Broken {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        Claimed::Now(Err(ReplayError::Unavailable("no route to 10.0.0.7".into())))
    }
}

#[test]
fn a_guard_that_fails_lets_nothing_pass_unless_told_so() {
    let headers = Headers::signed(BODY);
    let rejected = guarded(Broken).verify(&headers.head(), BODY).unwrap_err();
    assert_eq!(rejected.reason(), Reason::ReplayGuardUnavailable);
    assert!(!rejected.to_string().contains("10.0.0.7"));

    let open =
        builder().replay_guard(Broken).dangerously_pass_without_replay_guard(true).build().unwrap();
    assert_eq!(reason(&open, &headers, BODY), None);
    assert_eq!(reason(&open, &Headers::signed(b"x"), b"y"), Some(Reason::SignatureMismatch));
}

#[derive(Debug)]
struct Slow;

impl ReplayGuard for Slow {
    fn claim(&self, claim: ReplayClaim) -> Claimed {
        assert_eq!(claim.now(), NOW);
        assert!(claim.until().as_millis() >= NOW.as_millis() + WINDOW_MS);
        Claimed::Later(Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        }))
    }
}

#[tokio::test]
async fn a_guard_that_answers_later_is_waited_for_or_rejected() {
    let verifier = guarded(Slow);
    let headers = Headers::signed(BODY);
    assert_eq!(reason(&verifier, &headers, BODY), Some(Reason::ReplayGuardUnavailable));

    let mut verification = verifier.begin(&headers.head()).unwrap();
    verification.update(BODY).unwrap();
    let Conclusion::Later { verdict, .. } = verification.conclude() else { panic!("not later") };
    assert_eq!(verdict.await.unwrap().key_label(), "key-1");
}

/// The body is still in memory, so it still counts.
#[tokio::test]
async fn the_bytes_count_until_the_guard_has_answered() {
    let budget = BufferBudget::new(1024 * 1024);
    let verifier = builder().replay_guard(Slow).buffer_budget(budget.clone()).build().unwrap();
    let headers = Headers::signed(BODY);
    let concluded = || {
        let mut verification = verifier.begin(&headers.head()).unwrap();
        verification.update(BODY).unwrap();
        verification.conclude()
    };
    let Conclusion::Later { verdict, unanswered, .. } = concluded() else { panic!("not later") };
    assert_eq!(budget.used(), BODY.len() as u64);
    verdict.await.unwrap();
    assert_eq!(budget.used(), 0);
    unanswered.verdict().unwrap_err();

    drop(concluded());
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_guard_that_does_not_answer_is_one_that_fails() {
    for open in [false, true] {
        let builder = builder().replay_guard(Slow).dangerously_pass_without_replay_guard(open);
        let verifier = builder.build().unwrap();
        let headers = Headers::signed(BODY);
        let mut verification = verifier.begin(&headers.head()).unwrap();
        verification.update(BODY).unwrap();
        let Conclusion::Later { unanswered, .. } = verification.conclude() else { panic!() };
        let reason = unanswered.verdict().err().map(|rejection| rejection.reason());
        assert_eq!(reason, (!open).then_some(Reason::ReplayGuardUnavailable));
        // Where nobody could have waited, that is a mistake in the program, and lets nothing pass.
        let unasked = verifier.verify_bytes(&headers.head(), BODY).unwrap_err();
        assert_eq!(unasked.reason(), Reason::ReplayGuardUnavailable);
    }
}
