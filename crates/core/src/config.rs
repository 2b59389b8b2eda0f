//! The validated settings of a verifier.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::envelope::failure::Failure;
use crate::keys::source::{KeyFuture, KeySource};
use crate::keys::{Entry, KeyRing};
use crate::rejection::Rejection;
use crate::replay::{ReplayClaim, ReplayGuard};
use crate::verify::budget::BufferBudget;
use crate::verify::head::RequestHead;
use crate::verify::signature::{Scheme, Signature};
use crate::verify::timestamp::{Clock, Timestamp, whole_millis};

/// The distance of a timestamp from the current time that passes by default: the vendor's five minutes.
pub(crate) const WINDOW: Duration = Duration::from_secs(300);

/// The longest time from the header checks to the verdict, for every verifier: no verifier has a
/// `body_timeout` and a `key_source_timeout` that are longer together.
///
/// It is one constant, because verifiers with different timeouts may share a replay guard: an entry must
/// outlive the last verdict of each of them.
pub(crate) const LONGEST_VERIFICATION: Duration = Duration::from_secs(120);

/// The longest tenant name that a key source is queried for, in bytes. DNS names have 253 at most.
const LONGEST_TENANT: usize = 256;

pub(crate) struct Config {
    /// Identifies this verifier within the process.
    pub(crate) id: u64,
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

/// The origin of the keys.
pub(crate) enum Keys {
    /// One key ring for all requests, replaced without a lock.
    Ring(ArcSwap<Vec<Entry>>),
    /// A key ring for each tenant.
    Source(Arc<dyn KeySource>),
}

pub(crate) type Render = Arc<dyn Fn(&Rejection) -> Failure + Send + Sync>;

impl Keys {
    /// Returns the tenant of a request, if there are tenants, and its keys.
    pub(crate) fn find(&self, head: &RequestHead<'_>) -> (Option<String>, KeyFuture) {
        match self {
            Self::Ring(ring) => (None, KeyFuture::ready(Ok(Some(KeyRing(ring.load_full()))))),
            Self::Source(source) => {
                let tenant = source.tenant(&head.key_request());
                let keys = if tenant.len() > LONGEST_TENANT {
                    KeyFuture::ready(Ok(None))
                } else {
                    source.keys(tenant.clone())
                };
                (Some(tenant), keys)
            }
        }
    }
}

impl Config {
    /// Returns the claim of a request whose signature matched, or `None` if so much time has passed that
    /// replay guards may have forgotten an earlier claim of it.
    pub(crate) fn replay_claim(&self, signed_at: Timestamp, id: Signature) -> Option<ReplayClaim> {
        let now = self.clock.now();
        let window_ms = self.window_ms.max(whole_millis(WINDOW));
        let last_verdict =
            signed_at.saturating_add_millis(window_ms).saturating_add(LONGEST_VERIFICATION);
        let expires_at = last_verdict.saturating_add(ReplayClaim::CLOCK_SKEW);
        (now <= last_verdict).then(|| ReplayClaim::new(id.0, now, expires_at))
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
