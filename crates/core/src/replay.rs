//! Whether a request came before.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::timestamp::Timestamp;

mod memory;

pub use memory::MemoryReplayGuard;

/// Remembers which requests have passed, so that a captured one can't pass again.
///
/// It is asked only once the signature has matched, so a stranger can't fill it.
/// [`MemoryReplayGuard`] serves one process; `online-contact-redis` serves several machines.
///
/// A guard that can answer at once does so with [`Claimed::Now`], without a heap allocation:
///
/// ```
/// use online_contact::{Claimed, ReplayClaim, ReplayGuard, SecurityKey, Verifier};
///
/// /// Lets everything pass, and tells.
/// #[derive(Debug)]
/// struct Telling;
///
/// impl ReplayGuard for Telling {
///     fn claim(&self, claim: ReplayClaim) -> Claimed {
///         println!("{:02x?} until {}", claim.id(), claim.expires_at());
///         Claimed::Now(Ok(()))
///     }
/// }
///
/// let verifier = Verifier::builder()
///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .replay_guard(Telling)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ReplayGuard: fmt::Debug + Send + Sync {
    /// Claims a request for the caller: passes the first claim of an id, and no other before the
    /// claim's end.
    fn claim(&self, claim: ReplayClaim) -> Claimed;
}

/// A guard that is kept elsewhere too: to watch how full it is, say, or for several verifiers.
impl<T: ReplayGuard + ?Sized> ReplayGuard for Arc<T> {
    fn claim(&self, claim: ReplayClaim) -> Claimed {
        (**self).claim(claim)
    }
}

/// A request that has passed all other checks.
///
/// ```
/// use std::time::Duration;
/// use online_contact::{Claimed, MemoryReplayGuard, ReplayClaim, ReplayError, ReplayGuard, Timestamp};
///
/// // For the tests of a `ReplayGuard`.
/// let now = Timestamp::from_millis(1_732_400_000_000);
/// let claim = ReplayClaim::new([7; 32], now, now.saturating_add(Duration::from_secs(360)));
///
/// let guard = MemoryReplayGuard::default();
/// assert!(matches!(guard.claim(claim), Claimed::Now(Ok(()))));
/// assert!(matches!(guard.claim(claim), Claimed::Now(Err(ReplayError::Replayed))));
/// ```
#[derive(Clone, Copy)]
pub struct ReplayClaim {
    id: [u8; 32],
    claimed_at: Timestamp,
    expires_at: Timestamp,
}

impl ReplayClaim {
    /// So far may the clocks of machines that share a guard lie apart: [`until`](Self::expires_at) has it
    /// added.
    pub const CLOCK_SKEW: Duration = Duration::from_secs(60);

    /// A claim of this id at this moment, to be remembered through that one.
    #[must_use]
    pub const fn new(id: [u8; 32], claimed_at: Timestamp, expires_at: Timestamp) -> Self {
        Self { id, claimed_at, expires_at }
    }

    /// What tells one request from another: the 32 bytes of its signature.
    ///
    /// As long as the claim lives it is a pass for whoever has the body, so it belongs into no log.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// The present moment, by the verifier's clock.
    #[must_use]
    pub const fn claimed_at(&self) -> Timestamp {
        self.claimed_at
    }

    /// Through this moment the request must be remembered.
    ///
    /// It is the last one at which the request could ask for a verdict (its timestamp, the window, and
    /// what a body and a key source may take), and [`CLOCK_SKEW`](Self::CLOCK_SKEW).
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

/// A guard's answer, now or later.
pub enum Claimed {
    /// The answer is known.
    Now(Result<(), ReplayError>),
    /// The answer has to be waited for, up to
    /// [`VerifierBuilder::replay_guard_timeout`](crate::VerifierBuilder::replay_guard_timeout).
    Later(Pin<Box<dyn Future<Output = Result<(), ReplayError>> + Send>>),
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(answer) => f.debug_tuple("Now").field(answer).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// Why a claim did not pass.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplayError {
    /// The request was claimed before: rejected as [`Reason::Replayed`](crate::Reason::Replayed).
    Replayed,
    /// There is no room to remember the request: rejected as
    /// [`Reason::Overloaded`](crate::Reason::Overloaded).
    Full,
    /// The guard can't tell: rejected as
    /// [`Reason::ReplayGuardUnavailable`](crate::Reason::ReplayGuardUnavailable), unless the builder
    /// was told otherwise. The error goes to the log.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Replayed => "the request was received before",
            Self::Full => "the replay guard is full",
            Self::Unavailable(_) => "the replay guard gave no answer",
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
