use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use crate::replay::{ClaimFuture, ReplayClaim, ReplayError, ReplayGuard};
use crate::verify::timestamp::Timestamp;

/// Requests of one shard wait for each other; those of different shards do not.
const SHARDS: usize = 64;

/// A replay guard in the memory of one process.
///
/// It remembers each request until it would be rejected for its age, and needs no thread for that. A
/// server with `r` requests per second remembers about `480 × r` (5 minutes for the window, 2 for the
/// longest verification, 1 for clock skew), about 150 bytes each; at most `780 × r` if all timestamps lie 5
/// minutes ahead. A full guard fails closed: requests are rejected as
/// [`Reason::Overloaded`](crate::Reason::Overloaded) until old entries expire.
///
/// A restart forgets everything, and other processes do not share it: see `online-contact-redis`. Build it
/// once per process and not in the closure of actix-web's `HttpServer::new`, which runs once per worker:
/// each worker would have a guard of its own and let a copy of a request through.
///
/// A clock that is set back does not open the guard: a request whose entry may have been forgotten is
/// rejected as [`Reason::Replayed`](crate::Reason::Replayed).
///
/// ```
/// use online_contact::{MemoryReplayGuard, SecurityKey, Verifier};
///
/// let verifier = Verifier::builder()
///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .replay_guard(MemoryReplayGuard::default())
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MemoryReplayGuard {
    shards: Box<[Mutex<Shard>]>,
    /// The capacity of each shard.
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    ids: HashSet<[u8; 32]>,
    by_expiry: BinaryHeap<Reverse<(Timestamp, [u8; 32])>>,
    /// The last expiry time of the entries that were forgotten.
    forgotten_through: Option<Timestamp>,
}

impl MemoryReplayGuard {
    /// Creates a guard for this many requests, rounded up to a multiple of 64.
    ///
    /// Signatures spread evenly over 64 shards, so the guard is full for some requests shortly before it is
    /// full for all.
    #[must_use]
    pub fn with_capacity(requests: NonZeroUsize) -> Self {
        let shards = std::iter::repeat_with(Mutex::default).take(SHARDS).collect();
        Self { shards, capacity: requests.get().div_ceil(SHARDS) }
    }

    /// Returns the number of remembered requests, expired ones included that were not removed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).ids.len()).sum()
    }

    /// Returns whether no request is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Creates a guard for 262,144 requests.
impl Default for MemoryReplayGuard {
    fn default() -> Self {
        Self::with_capacity(NonZeroUsize::MIN.saturating_add(262_143))
    }
}

impl ReplayGuard for MemoryReplayGuard {
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
        let [first, ..] = *claim.id();
        ClaimFuture::ready(match self.shards.get(usize::from(first) % SHARDS) {
            Some(shard) => lock(shard).claim(&claim, self.capacity),
            None => Err(ReplayError::Full),
        })
    }
}

impl Shard {
    fn claim(&mut self, claim: &ReplayClaim, capacity: usize) -> Result<(), ReplayError> {
        self.forget_before(claim.claimed_at());
        if self.ids.contains(claim.id()) {
            return Err(ReplayError::Replayed);
        }
        // The clock was set back: an entry of this request, if there was one, is forgotten by now.
        if self.forgotten_through.is_some_and(|through| claim.expires_at() <= through) {
            return Err(ReplayError::Replayed);
        }
        if self.ids.len() >= capacity {
            return Err(ReplayError::Full);
        }
        self.ids.insert(*claim.id());
        self.by_expiry.push(Reverse((claim.expires_at(), *claim.id())));
        Ok(())
    }

    fn forget_before(&mut self, now: Timestamp) {
        while let Some(Reverse((expires_at, id))) = self.by_expiry.peek() {
            if *expires_at >= now {
                break;
            }
            self.ids.remove(id);
            self.forgotten_through = self.forgotten_through.max(Some(*expires_at));
            self.by_expiry.pop();
        }
    }
}

/// A shard is consistent between any two statements, so a panic of another thread spoils nothing.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for MemoryReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayGuard")
            .field("capacity", &self.capacity.saturating_mul(SHARDS))
            .field("len", &self.len())
            .finish()
    }
}
