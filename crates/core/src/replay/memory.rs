use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use super::{Claimed, ReplayClaim, ReplayError, ReplayGuard};
use crate::timestamp::Timestamp;

/// Requests of one shard wait for each other; those of different shards do not.
const SHARDS: usize = 64;

/// Remembers requests in the memory of one process.
///
/// It holds up to the number of requests it is made for, about 150 bytes each, and forgets each one
/// when it would be rejected for its age anyway; no thread is needed for that. A server that is asked
/// `r` times a second holds about `373 × r`: the window of 5 minutes, 13 seconds for a body and a key
/// source, a minute for clocks that differ; `673 × r` if all are dated 5 minutes ahead. When it is full it fails closed: requests are rejected as
/// [`Reason::Overloaded`](crate::Reason::Overloaded) until old ones are forgotten.
///
/// A restart forgets everything, and other processes do not know of it: see `online-contact-redis`.
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
    /// Of each shard.
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    ids: HashSet<[u8; 32]>,
    by_end: BinaryHeap<Reverse<(Timestamp, [u8; 32])>>,
}

impl MemoryReplayGuard {
    /// A guard for so many requests at once; rounded up to a multiple of 64. Signatures spread evenly,
    /// so it is full for some requests shortly before it is full for all.
    #[must_use]
    pub fn with_capacity(requests: NonZeroUsize) -> Self {
        let shards = std::iter::repeat_with(Mutex::default).take(SHARDS).collect();
        Self { shards, capacity: requests.get().div_ceil(SHARDS) }
    }

    /// How many requests are remembered, those included that could be forgotten by now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).ids.len()).sum()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// For 262,144 requests.
impl Default for MemoryReplayGuard {
    fn default() -> Self {
        Self::with_capacity(NonZeroUsize::MIN.saturating_add(262_143))
    }
}

impl ReplayGuard for MemoryReplayGuard {
    fn claim(&self, claim: ReplayClaim) -> Claimed {
        let [first, ..] = *claim.id();
        let Some(shard) = self.shards.get(usize::from(first) % SHARDS) else {
            return Claimed::Now(Err(ReplayError::Full));
        };
        Claimed::Now(lock(shard).claim(&claim, self.capacity))
    }
}

impl Shard {
    fn claim(&mut self, claim: &ReplayClaim, capacity: usize) -> Result<(), ReplayError> {
        self.forget_before(claim.claimed_at);
        if self.ids.contains(&claim.id) {
            return Err(ReplayError::Replayed);
        }
        if self.ids.len() >= capacity {
            return Err(ReplayError::Full);
        }
        self.ids.insert(claim.id);
        self.by_end.push(Reverse((claim.expires_at, claim.id)));
        Ok(())
    }

    fn forget_before(&mut self, now: Timestamp) {
        while let Some(Reverse((until, id))) = self.by_end.peek() {
            if *until >= now {
                break;
            }
            self.ids.remove(id);
            self.by_end.pop();
        }
    }
}

/// A shard is whole between any two statements, so a panic of another thread spoils nothing.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for MemoryReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayGuard")
            .field("capacity", &(self.capacity * SHARDS))
            .field("len", &self.len())
            .finish()
    }
}
