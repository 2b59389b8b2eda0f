//! Key sources, replay guards, timers and clocks that behave as a test needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use online_contact::{
    BufferBudget, ClaimFuture, Clock, KeyFuture, KeyRequest, KeySource, ReplayClaim, ReplayError,
    ReplayGuard, RequestHead, Timer, Timestamp, Verifier,
};

use crate::script::{Script, Step, chunk};
use crate::{NOW, PATH, signer};

/// A key source or a replay guard that never responds.
#[derive(Clone, Copy, Debug)]
pub struct Stuck;

impl KeySource for Stuck {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        KeyFuture::new(std::future::pending())
    }
}

impl ReplayGuard for Stuck {
    fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
        ClaimFuture::new(std::future::pending())
    }
}

/// A key source or a replay guard that responds with an error.
#[derive(Clone, Copy, Debug)]
pub struct Unavailable;

impl KeySource for Unavailable {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        KeyFuture::ready(Err("no route to 10.0.0.7".into()))
    }
}

impl ReplayGuard for Unavailable {
    fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
        ClaimFuture::ready(Err(ReplayError::Unavailable("no route to 10.0.0.7".into())))
    }
}

/// A timer that never fires.
#[derive(Clone, Copy, Debug)]
pub struct Never;

impl Timer for Never {
    fn sleep(&self, _duration: Duration) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// A timer that fires at the first wait.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;

impl Timer for AtOnce {
    fn sleep(&self, _duration: Duration) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// A clock that a test moves. It begins at [`NOW`].
#[derive(Debug)]
pub struct SharedClock(AtomicI64);

impl SharedClock {
    /// Creates a clock.
    #[must_use]
    #[allow(clippy::new_ret_no_self, reason = "a clock that is not shared cannot be moved")]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW.as_millis())))
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(millis(time), Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves the clock back.
    pub fn set_back(&self, time: Duration) {
        self.0.fetch_sub(millis(time), Ordering::SeqCst);
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).expect("less than 292 million years")
}

/// Holds this number of bytes of the verifier's body budget for ever, by a request whose body stalls. `now` is
/// the time of the verifier.
pub fn hold_budget(verifier: &Verifier, bytes: u64, now: Timestamp) {
    let length = usize::try_from(bytes + BufferBudget::FREE_PER_BODY).expect("a small budget");
    let verifier = verifier.clone();
    let mut stalled = Box::pin(async move {
        let [(_, timestamp), (_, authorization)] = signer().sign(PATH, b"", now).headers();
        let head = RequestHead::new(PATH)
            .timestamp(timestamp.as_bytes())
            .authorization(authorization.as_bytes());
        let mut body = Script::new([chunk(vec![b'x'; length]), Step::Stall]);
        verifier.verify(&head, &mut body, &Never).await.map(drop)
    });
    let polled = stalled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the stalled body has a verdict: {polled:?}");
    std::mem::forget(stalled);
}
