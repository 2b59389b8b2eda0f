//! The body budget.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use online_contact::{BufferBudget, Reason, Verifier};

use crate::support::{
    BODY, Headers, Never, Script, Step, builder, chunk, poll_to_end, reason, verdict,
};

const FREE: usize = 8 * 1024;

fn verifier(budget: &BufferBudget) -> Verifier {
    let longest = budget.limit().min(1024 * 1024);
    builder().body_limit(longest + FREE as u64).buffer_budget(budget.clone()).build().unwrap()
}

/// Runs `f` while bodies of these lengths are stalled, and returns how many of them were accepted.
fn with_stalled<T>(verifier: &Verifier, lengths: &[usize], f: impl FnOnce(Vec<bool>) -> T) -> T {
    let headers = Headers::signed(BODY);
    let head = headers.head();
    let mut bodies: Vec<_> =
        lengths.iter().map(|&bytes| Script::new([chunk(vec![b'x'; bytes]), Step::Stall])).collect();
    let mut stalled: Vec<_> =
        bodies.iter_mut().map(|body| Box::pin(verifier.verify(&head, body, &Never))).collect();
    let mut cx = Context::from_waker(Waker::noop());
    let pending = stalled.iter_mut().map(|verify| verify.as_mut().poll(&mut cx).is_pending());
    let pending = pending.collect();
    f(pending)
}

#[test]
fn bytes_beyond_the_first_8_kib_are_reserved_until_the_verdict() {
    let budget = BufferBudget::new(1_000);
    let verifier = verifier(&budget);
    with_stalled(&verifier, &[FREE, FREE + 60, 100], |accepted| {
        assert_eq!((accepted, budget.used()), (vec![true; 3], 60));
    });
    assert_eq!(budget.used(), 0);

    let long = vec![b'x'; FREE + 60];
    let headers = Headers::signed(&long);
    assert!(verdict(&verifier, &headers.head(), [chunk(&*long)]).is_ok());
    assert_eq!(budget.used(), 0);
}

#[test]
fn row_10_body_does_not_fit_into_the_budget() {
    let budget = BufferBudget::new(100);
    let verifier = verifier(&budget);
    let headers = Headers::signed(BODY);
    with_stalled(&verifier, &[FREE + 60, FREE + 40], |accepted| {
        assert_eq!((accepted, budget.used()), (vec![true; 2], 100));
        let one_more = [chunk(vec![b'x'; FREE]), Step::Pause, chunk(b"x")];
        let overloaded = verdict(&verifier, &headers.head(), one_more);
        assert_eq!(reason(overloaded), Some(Reason::Overloaded));
        assert_eq!(budget.used(), 100);
    });
    assert_eq!(budget.used(), 0);
}

/// Stalled clients can only stop large bodies.
#[test]
fn row_10_full_budget_never_rejects_an_ordinary_lookup() {
    let budget = BufferBudget::new(1);
    let verifier = verifier(&budget);
    with_stalled(&verifier, &[FREE + 1], |accepted| {
        assert_eq!((accepted, budget.used()), (vec![true], 1));
        for length in [0, 41, FREE] {
            let body = vec![b'x'; length];
            let headers = Headers::signed(&body);
            assert!(verdict(&verifier, &headers.head(), [chunk(&*body)]).is_ok(), "{length}");
            assert!(verifier.verify_bytes(&headers.head(), &body).is_ok(), "{length}");
        }
    });
}

/// The bound: what unverified bodies hold is at most `limit + 8 KiB × requests`.
#[test]
fn unverified_bodies_hold_no_more_than_the_bound() {
    let budget = BufferBudget::new(30_000);
    let verifier = verifier(&budget);
    let lengths = [20_000, FREE, 9_000, 30_000, 1, 20_000, FREE + 1, 40_000, 15_000];
    with_stalled(&verifier, &lengths, |accepted| {
        let held: usize =
            lengths.iter().zip(&accepted).filter(|(_, accepted)| **accepted).map(|(l, _)| l).sum();
        let requests = accepted.iter().filter(|accepted| **accepted).count();
        assert!(accepted.contains(&false), "the budget is exhausted: {accepted:?}");
        assert!(held <= 30_000 + FREE * requests, "{held} bytes of {requests} requests");
        assert!(budget.used() <= budget.limit());
    });
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_body_over_the_limit_reserves_nothing_for_the_last_chunk() {
    let budget = BufferBudget::new(u64::MAX);
    let verifier = builder().body_limit(10_000).buffer_budget(budget.clone()).build().unwrap();
    let headers = Headers::signed(BODY);
    let steps = [chunk(vec![b'x'; 10_000]), chunk(b"x"), Step::Stall];
    assert_eq!(reason(verdict(&verifier, &headers.head(), steps)), Some(Reason::BodyTooLarge));
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_panic_releases_the_bytes() {
    struct Panics(bool);

    impl futures_util::Stream for Panics {
        type Item = std::io::Result<Vec<u8>>;

        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Self::Item>> {
            assert!(!self.0, "in the middle of a body");
            self.0 = true;
            Poll::Ready(Some(Ok(vec![b'x'; FREE + 1])))
        }
    }

    let budget = BufferBudget::new(1_000);
    let verifier = verifier(&budget);
    let headers = Headers::signed(BODY);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let head = headers.head();
        let mut body = Panics(false);
        poll_to_end(verifier.verify(&head, &mut body, &Never), 1).map(drop)
    }));
    assert!(panicked.is_err());
    assert_eq!(budget.used(), 0);
}

#[test]
fn the_budget_returns_to_zero_after_concurrent_requests() {
    let budget = BufferBudget::new(20_000);
    let verifier = verifier(&budget);
    std::thread::scope(|scope| {
        for thread in 0..8_usize {
            let (verifier, budget) = (&verifier, &budget);
            scope.spawn(move || {
                let headers = Headers::signed(BODY);
                let head = headers.head();
                for round in 0..500 {
                    let pieces = (thread + round) % 7;
                    let steps = (0..pieces)
                        .flat_map(|piece| [chunk(vec![b'x'; piece * 2_000]), Step::Pause]);
                    let mut body = Script::new(steps);
                    let mut verify = pin!(verifier.verify(&head, &mut body, &Never));
                    let mut cx = Context::from_waker(Waker::noop());
                    // Every other one is dropped before its end.
                    let polls = if round % 2 == 0 { pieces } else { usize::MAX };
                    for _ in 0..polls {
                        if verify.as_mut().poll(&mut cx).is_ready() {
                            break;
                        }
                        assert!(budget.used() <= budget.limit());
                    }
                }
            });
        }
    });
    assert_eq!(budget.used(), 0);
}

#[test]
fn verifiers_share_the_budget_of_the_process() {
    assert_eq!(BufferBudget::process_wide().limit(), 256 * 1024 * 1024);
    with_stalled(&builder().build().unwrap(), &[FREE + 100], |_| {
        assert!(BufferBudget::process_wide().used() >= 100);
    });
}
