//! The settings of a verifier, once they are known to be in order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::budget::BufferBudget;
use crate::build_error::BuildError;
use crate::builder::WINDOW;
use crate::failure::Failure;
use crate::key::{Entry, KeyRing, SecurityKey};
use crate::rejection::Rejection;
use crate::replay::{ReplayClaim, ReplayGuard};
use crate::signing::{Scheme, Signature};
use crate::source::KeySource;
use crate::timestamp::{Clock, Timestamp, whole_millis};

pub(crate) struct Settings {
    pub(crate) keys: Keys,
    pub(crate) key_source_timeout: Duration,
    pub(crate) replay_guard: Option<Arc<dyn ReplayGuard>>,
    pub(crate) replay_guard_timeout: Duration,
    pub(crate) passes_without_replay_guard: bool,
    pub(crate) budget: BufferBudget,
    pub(crate) scheme: Scheme,
    pub(crate) window_ms: i64,
    pub(crate) body_limit: u64,
    pub(crate) body_timeout: Duration,
    pub(crate) drain_limit: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) render: Option<Render>,
    pub(crate) conceal_reasons: bool,
}

/// Where the keys come from.
pub(crate) enum Keys {
    /// One ring for all requests, replaced without a lock.
    Ring(ArcSwap<Vec<Entry>>),
    /// A ring for each tenant.
    Source(Arc<dyn KeySource>),
}

pub(crate) type Render = Arc<dyn Fn(&Rejection) -> Failure + Send + Sync>;

impl Settings {
    /// The claim of a request whose signature has matched: `None` if it took so long that it is too old
    /// by now, and a guard need not remember it any more.
    pub(crate) fn replay_claim(&self, signed_at: Timestamp, id: Signature) -> Option<ReplayClaim> {
        let now = self.clock.now();
        let last_use = |window_ms| {
            signed_at
                .saturating_add_millis(window_ms)
                .saturating_add(self.body_timeout)
                .saturating_add(self.key_source_timeout)
        };
        // Another verifier may have the same guard and a longer window.
        let until = last_use(self.window_ms.max(whole_millis(WINDOW)));
        (now <= last_use(self.window_ms))
            .then(|| ReplayClaim::new(id.0, now, until.saturating_add(ReplayClaim::CLOCK_SKEW)))
    }
}

impl Keys {
    /// The one of the three that was given.
    pub(crate) fn new(
        single: Vec<(String, SecurityKey)>,
        ring: Option<KeyRing>,
        source: Option<Arc<dyn KeySource>>,
    ) -> Result<Self, BuildError> {
        match (single.is_empty(), ring, source) {
            (true, None, Some(source)) => Ok(Self::Source(source)),
            (true, Some(ring), None) => Ok(Self::Ring(ArcSwap::new(ring.0))),
            (_, None, None) => {
                let ring = KeyRing::new(single).map_err(BuildError::Keys)?;
                Ok(Self::Ring(ArcSwap::new(ring.0)))
            }
            _ => Err(BuildError::SeveralKindsOfKeys),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ring(ring) => KeyRing(ring.load_full()).fmt(f),
            Self::Source(source) => source.fmt(f),
        }
    }
}
