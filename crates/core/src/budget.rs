//! How many bytes of unverified bodies may be held at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A limit for the bytes of all bodies that are being buffered and have no verdict yet.
///
/// Anybody can send a body with headers that look right, so what is held before the verdict is what a
/// stranger can make a server hold. Every piece of a body is reserved as it arrives and refused, with
/// [`Reason::Overloaded`](crate::Reason::Overloaded), when it does not fit. All of it is given back at
/// the verdict and whenever a verification is dropped: when the client goes away, or on a panic.
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

    pub(crate) const fn reservation(self) -> Reservation {
        Reservation { budget: self, bytes: 0 }
    }
}

/// The bytes of one body; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: BufferBudget,
    bytes: u64,
}

impl Reservation {
    /// Reserves so many bytes more; `false`, and nothing reserved, if they do not fit.
    pub(crate) fn grow(&mut self, bytes: u64) -> bool {
        let Counter { limit, used } = &*self.budget.0;
        // Nothing else hangs on these counts, so no order of other accesses does.
        let fits = |now: u64| now.checked_add(bytes).filter(|sum| sum <= limit);
        let grown = used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if grown {
            self.bytes += bytes;
        }
        grown
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.budget.0.used.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}
