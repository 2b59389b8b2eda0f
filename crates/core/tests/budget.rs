//! The bytes of bodies that have no verdict yet.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use online_contact::{BufferBudget, Reason, Verification, Verifier};
use support::{BODY, Headers, builder};

fn verifier(budget: &BufferBudget) -> Verifier {
    let longest = budget.limit().min(1024 * 1024);
    builder().body_limit(longest).buffer_budget(budget.clone()).build().unwrap()
}

fn begun(verifier: &Verifier) -> Verification {
    verifier.begin(&Headers::signed(BODY).head()).unwrap()
}

#[test]
fn bytes_are_reserved_as_they_arrive_and_given_back_at_the_verdict() {
    let budget = BufferBudget::new(1_000);
    let verifier = verifier(&budget);
    let mut passing = begun(&verifier);
    let mut failing = begun(&verifier);
    passing.update(BODY).unwrap();
    failing.update(b"something else").unwrap();
    assert_eq!(budget.used(), BODY.len() as u64 + 14);
    passing.finish().unwrap();
    assert_eq!(budget.used(), 14);
    failing.finish().unwrap_err();
    assert_eq!(budget.used(), 0);
}

#[test]
fn what_does_not_fit_is_rejected_at_once_and_for_good() {
    let budget = BufferBudget::new(100);
    let verifier = verifier(&budget);
    let mut first = begun(&verifier);
    first.update(&[b'x'; 60]).unwrap();
    let mut second = begun(&verifier);
    second.update(&[b'x'; 40]).unwrap();
    assert_eq!(second.update(b"x").unwrap_err().reason(), Reason::Overloaded);
    assert_eq!(budget.used(), 100);

    drop(first);
    assert_eq!(budget.used(), 40);
    // Its hash has a hole by now.
    assert_eq!(second.update(b"x").unwrap_err().reason(), Reason::Overloaded);
    assert_eq!(second.finish().unwrap_err().reason(), Reason::Overloaded);
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_body_over_the_limit_reserves_nothing_for_the_piece_too_many() {
    let budget = BufferBudget::new(u64::MAX);
    let verifier = builder().body_limit(10).buffer_budget(budget.clone()).build().unwrap();
    let mut verification = begun(&verifier);
    verification.update(b"0123456789").unwrap();
    assert_eq!(verification.update(b"x").unwrap_err().reason(), Reason::BodyTooLarge);
    assert_eq!(budget.used(), 10);
    // Nor is a shorter one taken in its place.
    assert_eq!(verification.update(b"").unwrap_err().reason(), Reason::BodyTooLarge);
    assert_eq!(verification.finish().unwrap_err().reason(), Reason::BodyTooLarge);
}

#[test]
fn a_panic_gives_everything_back() {
    let budget = BufferBudget::new(1_000);
    let verifier = verifier(&budget);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut verification = begun(&verifier);
        verification.update(BODY).unwrap();
        panic!("in the middle of a body");
    }));
    assert!(panicked.is_err());
    assert_eq!(budget.used(), 0);
}

#[test]
fn it_returns_to_zero_after_chaos() {
    let budget = BufferBudget::new(2_000);
    let verifier = verifier(&budget);
    std::thread::scope(|scope| {
        for thread in 0..8_usize {
            let (verifier, budget) = (&verifier, &budget);
            scope.spawn(move || {
                for round in 0..2_000 {
                    let mut verification = begun(verifier);
                    for piece in 0..(thread + round) % 7 {
                        let _ = verification.update(&[b'x'; 100][..piece * 10]);
                        assert!(budget.used() <= budget.limit());
                    }
                    if round % 2 == 0 {
                        drop(verification);
                    } else {
                        let _ = verification.finish();
                    }
                }
            });
        }
    });
    assert_eq!(budget.used(), 0);
}

#[test]
fn verifiers_share_one_budget_unless_told_otherwise() {
    let process = BufferBudget::process_wide();
    assert_eq!(process.limit(), 256 * 1024 * 1024);
    let mut verification = begun(&builder().build().unwrap());
    verification.update(BODY).unwrap();
    assert!(BufferBudget::process_wide().used() >= BODY.len() as u64);
}
