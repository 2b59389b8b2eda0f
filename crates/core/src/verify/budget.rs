use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use crate::metrics;

/// The body budget: a limit for the bytes of all request bodies that have no verdict yet.
///
/// A client can send a body with headers that look right, so what a server holds before the verdict is
/// what an attacker can make it hold. The first [8 KiB](Self::FREE_PER_BODY) of each body are free; every
/// byte beyond is reserved until the verdict, and a body that does not fit is rejected as
/// [`Reason::Overloaded`](crate::Reason::Overloaded). Unverified bodies therefore hold at most
/// `limit + 8 KiB × concurrent requests`, and a full budget never rejects an ordinary lookup. The bytes
/// are released at the verdict, and when the request is dropped.
///
/// Verifiers share one budget of 256 MiB unless the builder gets another.
///
/// ```
/// use online_contact::{BufferBudget, SecurityKey, Verifier};
///
/// let budget = BufferBudget::new(64 * 1024 * 1024);
/// let verifier = Verifier::builder()
///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .buffer_budget(budget.clone())
///     .build()?;
/// assert_eq!(budget.used(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BufferBudget(Arc<Counter>);

#[derive(Debug)]
struct Counter {
    limit: u64,
    used: AtomicU64,
}

impl BufferBudget {
    /// Bytes of each body that count against no budget: as much as a connection's read buffer holds.
    pub const FREE_PER_BODY: u64 = 8 * 1024;

    /// Creates a budget of this many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(Arc::new(Counter { limit: bytes, used: AtomicU64::new(0) }))
    }

    /// Returns the default budget, which all verifiers of the process share: 256 MiB.
    #[must_use]
    pub fn process_wide() -> Self {
        static BUDGET: LazyLock<BufferBudget> =
            LazyLock::new(|| BufferBudget::new(256 * 1024 * 1024));
        BUDGET.clone()
    }

    /// Returns the limit, in bytes.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.0.limit
    }

    /// Returns the bytes reserved at present.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }

    /// Starts to count the bytes of one body.
    pub(crate) fn reserve(&self) -> Reservation<'_> {
        Reservation { budget: self, received: 0 }
    }

    fn take(&self, bytes: u64) -> Result<(), Overloaded> {
        let Counter { limit, used } = &*self.0;
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| sum <= limit);
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .map(|_| metrics::buffered(bytes, *limit))
            .map_err(|_| Overloaded)
    }

    fn release(&self, bytes: u64) {
        self.0.used.fetch_sub(bytes, Ordering::Relaxed);
        metrics::released(bytes);
    }
}

/// No room in the budget.
#[derive(Debug)]
pub(crate) struct Overloaded;

/// The bytes of one body, and its share of the budget. Dropping it releases the share.
pub(crate) struct Reservation<'a> {
    budget: &'a BufferBudget,
    received: u64,
}

impl Reservation<'_> {
    /// Returns the bytes of the body that were counted.
    pub(crate) const fn received(&self) -> u64 {
        self.received
    }

    /// Counts more bytes of the body. Counts none of them if they do not fit.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), Overloaded> {
        let grown = self.received.saturating_add(bytes);
        let more = reserved(grown) - reserved(self.received);
        if more > 0 {
            self.budget.take(more)?;
        }
        self.received = grown;
        Ok(())
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let bytes = reserved(self.received);
        if bytes > 0 {
            self.budget.release(bytes);
        }
    }
}

/// The part of a body that counts against the budget.
const fn reserved(received: u64) -> u64 {
    received.saturating_sub(BufferBudget::FREE_PER_BODY)
}
