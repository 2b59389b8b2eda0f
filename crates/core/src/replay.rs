//! The replay guard: rows 14 and 15 of the protocol.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::later::Later;
use crate::verify::timestamp::Timestamp;

pub(crate) mod memory;

/// A replay guard, which remembers the requests that have passed, so that a captured one cannot pass again.
///
/// It is called only after the signature has matched, so an attacker cannot fill it.
/// [`MemoryReplayGuard`](crate::MemoryReplayGuard) serves one process; `online-contact-redis` serves several
/// machines.
///
/// ```
/// use online_contact::{ClaimFuture, ReplayClaim, ReplayGuard, SecurityKey, Verifier};
///
/// /// Lets every request pass, and prints the claims.
/// #[derive(Debug)]
/// struct Printing;
///
/// impl ReplayGuard for Printing {
///     fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
///         println!("a claim that expires at {}", claim.expires_at());
///         ClaimFuture::ready(Ok(()))
///     }
/// }
///
/// let verifier = Verifier::builder()
///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .replay_guard(Printing)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ReplayGuard: fmt::Debug + Send + Sync {
    /// Claims a request. The first claim of an id passes, and no other before that claim expires.
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture;
}

/// A shared guard: for several verifiers, or to watch how full it is.
impl<T: ReplayGuard + ?Sized> ReplayGuard for Arc<T> {
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
        (**self).claim(claim)
    }
}

/// A future of [`ReplayGuard::claim`].
#[must_use = "futures do nothing unless polled"]
pub struct ClaimFuture(Later<Result<(), ReplayError>>);

impl ClaimFuture {
    /// Creates a future that is ready, without an allocation.
    pub const fn ready(claimed: Result<(), ReplayError>) -> Self {
        Self(Later::Ready(Some(claimed)))
    }

    /// Boxes a future.
    ///
    /// ```
    /// use online_contact::{ClaimFuture, ReplayError};
    ///
    /// fn claim() -> ClaimFuture {
    ///     ClaimFuture::new(async { Err(ReplayError::Unavailable("no database".into())) })
    /// }
    /// ```
    pub fn new(future: impl Future<Output = Result<(), ReplayError>> + Send + 'static) -> Self {
        Self(Later::future(future))
    }
}

impl Future for ClaimFuture {
    type Output = Result<(), ReplayError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl fmt::Debug for ClaimFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimFuture").finish_non_exhaustive()
    }
}

/// A claim on a request that has passed all other checks.
///
/// ```
/// use std::time::Duration;
/// use online_contact::{MemoryReplayGuard, ReplayClaim, ReplayError, ReplayGuard, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // For the tests of a `ReplayGuard`.
/// let now = Timestamp::from_millis(1_732_400_000_000);
/// let claim = ReplayClaim::new([7; 32], now, now.saturating_add(Duration::from_secs(480)));
///
/// let guard = MemoryReplayGuard::default();
/// assert!(guard.claim(claim).await.is_ok());
/// assert!(matches!(guard.claim(claim).await, Err(ReplayError::Replayed)));
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct ReplayClaim {
    id: [u8; 32],
    claimed_at: Timestamp,
    expires_at: Timestamp,
}

impl ReplayClaim {
    /// The largest difference between the clocks of machines that share a guard.
    /// [`expires_at`](Self::expires_at) includes it.
    pub const CLOCK_SKEW: Duration = Duration::from_secs(60);

    /// Creates a claim.
    #[must_use]
    pub const fn new(id: [u8; 32], claimed_at: Timestamp, expires_at: Timestamp) -> Self {
        Self { id, claimed_at, expires_at }
    }

    /// Returns the id of the request: the 32 bytes of its signature.
    ///
    /// Until the timestamp expires, the signature lets anyone who has the body pass. Do not log it.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// Returns the current time, by the verifier's clock.
    #[must_use]
    pub const fn claimed_at(&self) -> Timestamp {
        self.claimed_at
    }

    /// Returns the time through which the request must be remembered: the timestamp, the window, 120 s for
    /// the longest verification, and [`CLOCK_SKEW`](Self::CLOCK_SKEW). It does not depend on the timeouts of
    /// one verifier, so that several verifiers can share a guard.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for ReplayClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayClaim").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// An error of [`ReplayGuard::claim`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplayError {
    /// The request was claimed before: [`Reason::Replayed`](crate::Reason::Replayed).
    Replayed,
    /// The guard has no room for the request: [`Reason::Overloaded`](crate::Reason::Overloaded).
    Full,
    /// The guard cannot decide: [`Reason::ReplayGuardUnavailable`](crate::Reason::ReplayGuardUnavailable).
    /// The error goes to the log.
    Unavailable(Box<dyn Error + Send + Sync>),
}

/// Creates [`ReplayError::Unavailable`], so that `?` works in a guard.
impl From<Box<dyn Error + Send + Sync>> for ReplayError {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::Unavailable(error)
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Replayed => "the request was received before",
            Self::Full => "the replay guard is full",
            Self::Unavailable(_) => "the replay guard is unavailable",
        })
    }
}

impl Error for ReplayError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(source) => Some(&**source),
            _ => None,
        }
    }
}
