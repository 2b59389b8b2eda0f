//! `Verifier::poll_start`: the verdict on a body of which as much is taken as is there.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::convert::Infallible;
use std::io;
use std::task::{Context, Poll, Waker};

use online_contact::{
    BufferBudget, Claimed, Conclusion, KeyFuture, KeyRequest, KeySource, Reason, Rejection,
    ReplayClaim, ReplayGuard, RequestHead, Started, Verification, Verifier,
};
use proptest::prelude::*;
use support::{BODY, Headers, NOW, URI, builder, verifier};

/// What polling the body gives, in turn.
type Polled<'a> = Poll<Option<io::Result<&'a [u8]>>>;

struct Read<'a> {
    started: Result<Started, Rejection>,
    kept: Vec<u8>,
    left: std::vec::IntoIter<Polled<'a>>,
}

fn read<'a>(verifier: &Verifier, head: &RequestHead<'_>, polls: Vec<Polled<'a>>) -> Read<'a> {
    let (mut kept, mut left) = (Vec::new(), polls.into_iter());
    let started = verifier.poll_start(
        head,
        &mut Context::from_waker(Waker::noop()),
        |_| left.next().unwrap_or(Poll::Ready(None)),
        |piece| kept.extend_from_slice(piece),
    );
    Read { started, kept, left }
}

fn piece(bytes: &[u8]) -> Polled<'_> {
    Poll::Ready(Some(Ok(bytes)))
}

fn rejection(started: Result<Started, Rejection>) -> Option<Reason> {
    match started {
        Err(rejection) => Some(rejection.reason()),
        Ok(Started::Concluded(Conclusion::Now(Err(rejection)))) => Some(rejection.reason()),
        Ok(_) => None,
    }
}

/// The verdict, however often the body is waited for.
fn verdict(verifier: &Verifier, head: &RequestHead<'_>, polls: Vec<Polled<'_>>) -> Option<Reason> {
    let Read { started, mut left, .. } = read(verifier, head, polls);
    let Ok(Started::Reading(mut verification)) = started else { return rejection(started) };
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        let next = |_: &mut Context<'_>| left.next().unwrap_or(Poll::Ready(None));
        match verification.poll_body(&mut cx, next, |_| {}) {
            Poll::Pending => {}
            Poll::Ready(Err(rejection)) => return Some(rejection.reason()),
            Poll::Ready(Ok(())) => break,
        }
    }
    verification.finish().err().map(|rejection| rejection.reason())
}

#[test]
fn a_body_that_is_there_gets_its_verdict() {
    let headers = Headers::signed(BODY);
    let (first, second) = BODY.split_at(7);
    let Read { started, kept, .. } =
        read(&verifier(), &headers.head(), vec![piece(first), piece(b""), piece(second)]);
    let Ok(Started::Concluded(Conclusion::Now(Ok(verified)))) = started else { panic!() };
    assert_eq!((verified.key_label(), &kept[..]), ("key-1", BODY));

    let changed = read(&verifier(), &headers.head(), vec![piece(b"{}")]).started;
    assert_eq!(rejection(changed), Some(Reason::SignatureMismatch));
}

#[test]
fn a_body_that_is_not_there_yet_is_read_on() {
    let budget = BufferBudget::new(1024 * 1024);
    let verifier = builder().buffer_budget(budget.clone()).build().unwrap();
    let headers = Headers::signed(BODY);
    let (first, second) = BODY.split_at(20);
    let polls = vec![piece(first), Poll::Pending, piece(second)];
    let Read { started, kept, mut left } = read(&verifier, &headers.head(), polls);
    let Ok(Started::Reading(mut verification)) = started else { panic!() };
    assert_eq!((kept.len(), budget.used()), (20, 20));

    let mut cx = Context::from_waker(Waker::noop());
    let next = |_: &mut Context<'_>| left.next().unwrap_or(Poll::Ready(None));
    assert!(verification.poll_body(&mut cx, next, |_| {}).is_ready());
    assert_eq!(budget.used(), BODY.len() as u64);
    assert_eq!(verification.finish().unwrap().timestamp(), NOW);
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_head_that_is_rejected_leaves_the_body_alone() {
    let untouched = |verifier: &Verifier, head: &RequestHead<'_>, reason| {
        let read = read(verifier, head, vec![piece(BODY)]);
        assert_eq!(rejection(read.started), Some(reason));
        assert_eq!(read.left.len(), 1);
    };
    let headers = Headers::signed(BODY);
    untouched(&verifier(), &RequestHead::new(URI), Reason::TimestampMissing);
    let long = headers.head().content_length(1024 * 1024 + 1);
    untouched(&verifier(), &long, Reason::BodyTooLarge);
}

#[test]
fn the_body_is_rejected_for_what_is_wrong_with_it() {
    let headers = Headers::signed(BODY);
    let head = headers.head();
    let short = builder().body_limit(9).build().unwrap();
    let full = builder().body_limit(9).buffer_budget(BufferBudget::new(9)).build().unwrap();
    let Ok(Started::Reading(_other)) =
        read(&full, &head, vec![piece(b"12345"), Poll::Pending]).started
    else {
        panic!("it fits")
    };
    let broken = || Poll::Ready(Some(Err(io::Error::other("reset"))));
    for (verifier, polls, expected) in [
        (&short, vec![piece(b"123456789"), piece(b"0")], Reason::BodyTooLarge),
        (&full, vec![piece(b"1234"), piece(b"5")], Reason::Overloaded),
        (&full, vec![piece(b"12345"), Poll::Pending], Reason::Overloaded),
        (&verifier(), vec![piece(b"{"), broken()], Reason::BodyUnreadable),
        (&verifier(), vec![Poll::Pending, broken()], Reason::BodyUnreadable),
    ] {
        assert_eq!(verdict(verifier, &head, polls), Some(expected));
    }
}

/// Whatever the caller makes of the error, it is no end of the body.
#[test]
fn a_body_that_broke_off_does_not_pass_afterwards() {
    let headers = Headers::signed(BODY);
    let polls = vec![Poll::Pending, piece(BODY), Poll::Ready(Some(Err(io::Error::other("reset"))))];
    let Read { started, mut left, .. } = read(&verifier(), &headers.head(), polls);
    let Ok(Started::Reading(mut verification)) = started else { panic!() };
    let mut cx = Context::from_waker(Waker::noop());
    let next = |_: &mut Context<'_>| left.next().unwrap_or(Poll::Ready(None));
    assert!(matches!(verification.poll_body(&mut cx, next, |_| {}), Poll::Ready(Err(_))));
    assert_eq!(verification.finish().unwrap_err().reason(), Reason::BodyUnreadable);
}

/// Never answers.
#[derive(Debug)]
struct Stuck;

impl ReplayGuard for Stuck {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        Claimed::Later(Box::pin(std::future::pending()))
    }
}

/// The adapter keeps the body meanwhile.
#[test]
fn the_bytes_count_while_a_guard_is_asked() {
    let budget = BufferBudget::new(1024 * 1024);
    let verifier = builder().replay_guard(Stuck).buffer_budget(budget.clone()).build().unwrap();
    let headers = Headers::signed(BODY);
    let started = read(&verifier, &headers.head(), vec![piece(BODY)]).started;
    let Ok(Started::Concluded(Conclusion::Later { verdict, .. })) = started else { panic!() };
    assert_eq!(budget.used(), BODY.len() as u64);
    drop(verdict);
    assert_eq!(budget.used(), 0);
    // What is the caller's does not count.
    verifier.verify_bytes(&headers.head(), BODY).unwrap_err();
    assert_eq!(budget.used(), 0);
}

#[test]
fn pieces_that_never_stop_let_others_have_their_turn() {
    let headers = Headers::signed(b"");
    let mut polled = 0;
    let started = verifier().poll_start(
        &headers.head(),
        &mut Context::from_waker(Waker::noop()),
        |_| {
            polled += 1;
            Poll::Ready(Some(Ok::<_, Infallible>("")))
        },
        |_| {},
    );
    assert!(matches!(started, Ok(Started::Reading(_))));
    assert_eq!(polled, Verification::PIECES_PER_TURN);
}

#[derive(Debug)]
struct Nobody;

impl KeySource for Nobody {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        Box::pin(async { Ok(None) })
    }
}

#[tokio::test]
async fn a_key_source_is_asked_before_the_body_is_looked_at() {
    let verifier = Verifier::builder().key_source(Nobody).clock(NOW).build().unwrap();
    let headers = Headers::signed(BODY);
    let Read { started, left, .. } = read(&verifier, &headers.head(), vec![piece(BODY)]);
    let Ok(Started::Asking { verification, unanswered, .. }) = started else { panic!() };
    assert_eq!(left.len(), 1);
    assert_eq!(unanswered.reason(), Reason::KeySourceUnavailable);
    let mut verification = verification.await.unwrap();
    verification.update(BODY).unwrap();
    assert_eq!(verification.finish().unwrap_err().reason(), Reason::SignatureMismatch);
}

proptest! {
    /// However a body is cut, and wherever it is waited for, the verdict is that on the whole.
    #[test]
    fn cuts_and_pauses_do_not_change_the_verdict(
        body in prop::collection::vec(any::<u8>(), 0..400),
        cuts in prop::collection::vec((0..400_usize, any::<bool>()), 0..9),
        signed in any::<bool>(),
        keys in 1..6_u32,
    ) {
        let headers = if signed { Headers::signed(&body) } else { Headers::signed(b"another") };
        let builder = (1..keys).fold(builder(), |builder, n| builder.key(support::key(&n.to_string())));
        let verifier = builder.body_limit(300).build().unwrap();
        let mut rest = &body[..];
        let mut polls = Vec::new();
        for (cut, pause) in cuts {
            let (start, end) = rest.split_at(cut.min(rest.len()));
            polls.push(piece(start));
            polls.extend(pause.then_some(Poll::Pending));
            rest = end;
        }
        polls.push(piece(rest));
        let whole = verifier.verify_bytes(&headers.head(), &body).err().map(|rejected| rejected.reason());
        prop_assert_eq!(verdict(&verifier, &headers.head(), polls), whole);
    }
}
