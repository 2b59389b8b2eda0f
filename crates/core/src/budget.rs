//! How many bytes of unverified bodies may be held at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::metrics;
use crate::verifier::Verifier;

/// A limit for the bytes of all bodies that are being buffered and have no verdict yet.
///
/// Anybody can send a body with headers that look right, so what is held before the verdict is what a
/// stranger can make a server hold. A body that is waited for is reserved piece by piece; one that is
/// there with its head has to fit at that moment, and is reserved only while a replay guard is asked. What
/// does not fit is rejected, with [`Reason::Overloaded`](crate::Reason::Overloaded). All of it is given back
/// at the verdict and whenever a verification is dropped: when the client goes away, or on a panic.
///
/// Verifiers share one budget of 256 MiB unless the builder is given another.
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
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(Arc::new(Counter { limit: bytes, used: AtomicU64::new(0) }))
    }

    /// The budget of all verifiers of this process that are not given another: 256 MiB.
    #[must_use]
    pub fn process_wide() -> Self {
        static BUDGET: std::sync::LazyLock<BufferBudget> =
            std::sync::LazyLock::new(|| BufferBudget::new(256 * 1024 * 1024));
        BUDGET.clone()
    }

    /// How many bytes there are at most.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.0.limit
    }

    /// How many bytes are held now.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }

    /// Whether so many bytes would fit at present.
    pub(crate) fn has_room(&self, bytes: u64) -> bool {
        self.used().checked_add(bytes).is_some_and(|sum| sum <= self.limit())
    }

    /// Takes so many bytes; `false`, and nothing taken, if they do not fit.
    fn take(&self, bytes: u64) -> bool {
        let Counter { limit, used } = &*self.0;
        // Nothing else hangs on these counts, so no order of other accesses does.
        let fits = |now: u64| now.checked_add(bytes).filter(|sum| sum <= limit);
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.0.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The bytes of one body in the budget of its verifier; given back when dropped.
pub(crate) struct Reservation {
    // Not the budget: a request counts itself in one shared place less.
    verifier: Verifier,
    bytes: u64,
}

impl Reservation {
    pub(crate) const fn new(verifier: Verifier) -> Self {
        Self { verifier, bytes: 0 }
    }

    pub(crate) const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// How many bytes it has taken.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reserves so many bytes more; `false`, and nothing reserved, if they do not fit.
    pub(crate) fn grow(&mut self, bytes: u64) -> bool {
        let grown = self.verifier.0.budget.take(bytes);
        if grown {
            self.bytes += bytes;
            metrics::buffered(bytes, self.verifier.0.budget.limit());
        }
        grown
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.verifier.0.budget.give_back(self.bytes);
            metrics::given_back(self.bytes);
        }
    }
}
