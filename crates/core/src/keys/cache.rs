use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use moka::future::Cache;

use crate::keys::KeyRing;
use crate::keys::source::{KeyFuture, KeyRequest, KeySource};
use crate::log::ErrorChain;
use crate::verify::timestamp::{Clock, SystemClock, Timestamp, whole_millis};

/// The room that is set aside for a tenant, in bytes.
const ROOM_PER_TENANT: u64 = 512;

/// The time after which requests no longer join a look-up, in case the source lost it.
const LONGEST_JOIN_MS: i64 = 3_000;

/// A cache around a slow [`KeySource`].
///
/// - Requests that wait for the keys of one tenant share one look-up. It ends with the last request that
///   waits, and occupies no connection of the source after that. After 3 s without a result, the next request
///   starts another one.
/// - The first request that finds keys older than `max_age` fetches new ones and waits for them. Meanwhile the
///   old keys serve all others, and they serve if the source fails, until they are twice as old. Keep the old
///   and the new key in the ring together for longer than that when a key is replaced at the source. Give the
///   source a timeout below [`key_source_timeout`](crate::VerifierBuilder::key_source_timeout), so that it
///   fails before the request that waits is rejected.
/// - Unknown tenants are cached too, so that an attacker cannot wear out the source with one name. Errors are
///   not cached.
/// - Entries are weighed by their bytes. Tenants with many requests stay when an attacker makes up names.
///
/// No task runs in the background.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use online_contact::{CachedKeySource, KeyFuture, KeyRequest, KeySource, Verifier};
///
/// #[derive(Debug)]
/// struct FromDatabase;
///
/// impl KeySource for FromDatabase {
///     fn tenant(&self, request: &KeyRequest<'_>) -> String {
///         request.host().unwrap_or_default().to_owned()
///     }
///
///     fn keys(&self, tenant: String) -> KeyFuture {
///         KeyFuture::new(async move { Err(format!("no database for {tenant}").into()) })
///     }
/// }
///
/// let source = Arc::new(CachedKeySource::new(FromDatabase, 10_000, Duration::from_secs(60)));
/// let verifier = Verifier::builder().key_source(Arc::clone(&source)).build()?;
///
/// // After the keys of `acme` were replaced: source.forget("acme").await
/// # Ok::<(), online_contact::BuildError>(())
/// ```
pub struct CachedKeySource<S> {
    source: Arc<S>,
    cache: Cache<String, Arc<Slot>>,
    max_age_ms: i64,
    clock: Arc<dyn Clock>,
}

type Found = Result<Option<KeyRing>, SharedError>;
type Lookup = Shared<BoxFuture<'static, Found>>;
type WeakLookup = WeakShared<BoxFuture<'static, Found>>;

/// The entry of one tenant.
#[derive(Default)]
struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    keys: Option<Aged<Option<KeyRing>>>,
    /// The look-up in flight. It is weak: only the requests that wait for a look-up keep it.
    lookup: Option<Aged<WeakLookup>>,
}

/// The next step of a request.
enum Step {
    /// Uses these keys.
    Use(Option<KeyRing>),
    /// Waits for a look-up, and uses the stale keys, if there are any, in case that it fails.
    Wait { lookup: Aged<Lookup>, stale: Option<Option<KeyRing>> },
}

/// A value and the time at which its look-up started.
#[derive(Clone)]
struct Aged<T> {
    value: T,
    since: Timestamp,
}

impl<T> Aged<T> {
    /// Returns whether the value is younger than `max_age_ms`. A clock that was set back makes it old.
    fn is_younger_than(&self, max_age_ms: i64, now: Timestamp) -> bool {
        let age = self.since.age_at(now);
        0 <= age && age < max_age_ms
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides what a request does. `start` calls the source.
    fn next(&self, max_age_ms: i64, now: Timestamp, start: impl FnOnce() -> Lookup) -> Step {
        let mut state = self.lock();
        let usable = |age_ms| state.keys.as_ref().filter(|keys| keys.is_younger_than(age_ms, now));
        if let Some(fresh) = usable(max_age_ms) {
            return Step::Use(fresh.value.clone());
        }
        let stale = usable(max_age_ms.saturating_mul(2)).map(|keys| keys.value.clone());
        let longest_join_ms = max_age_ms.clamp(1, LONGEST_JOIN_MS);
        let in_flight = state.lookup.as_ref().filter(|l| l.is_younger_than(longest_join_ms, now));
        let in_flight = in_flight
            .and_then(|lookup| Some(Aged { value: lookup.value.upgrade()?, since: lookup.since }));
        match (in_flight, stale) {
            (Some(_), Some(stale)) => Step::Use(stale),
            (Some(lookup), None) => Step::Wait { lookup, stale: None },
            (None, stale) => {
                let lookup = Aged { value: start(), since: now };
                let weak = lookup.value.downgrade();
                state.lookup = weak.map(|value| Aged { value, since: now });
                Step::Wait { lookup, stale }
            }
        }
    }

    /// Takes the result of a look-up, unless there is a newer one.
    fn finish(&self, lookup: &Aged<Lookup>, found: &Found) {
        let mut state = self.lock();
        let is_current = |current: &Aged<WeakLookup>| {
            current.value.upgrade().is_some_and(|current| current.ptr_eq(&lookup.value))
        };
        if state.lookup.as_ref().is_some_and(is_current) {
            state.lookup = None;
            if let Ok(keys) = found {
                state.keys = Some(Aged { value: keys.clone(), since: lookup.since });
            }
        }
    }
}

impl<S: KeySource> CachedKeySource<S> {
    /// Creates a cache for about this many tenants, which fetches their keys again after `max_age`.
    ///
    /// The cache holds `tenants × 512` bytes, whatever the tenants are called.
    #[must_use]
    pub fn new(source: S, tenants: u64, max_age: Duration) -> Self {
        let cache = Cache::builder()
            .max_capacity(tenants.saturating_mul(ROOM_PER_TENANT))
            .weigher(|tenant: &String, _slot: &Arc<Slot>| {
                let fixed = ROOM_PER_TENANT / 2 + size_of::<Slot>() as u64;
                u32::try_from(tenant.len() as u64 + fixed).unwrap_or(u32::MAX)
            })
            .build();
        let max_age_ms = whole_millis(max_age);
        Self { source: Arc::new(source), cache, max_age_ms, clock: Arc::new(SystemClock) }
    }

    /// Sets the clock by which keys age. Default: [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Forgets the keys of a tenant, so that the next request calls the source. The result of a look-up that
    /// is in flight is not cached either.
    pub async fn forget(&self, tenant: &str) {
        self.cache.invalidate(tenant).await;
    }
}

impl<S: KeySource + 'static> KeySource for CachedKeySource<S> {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        self.source.tenant(request)
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        let (source, cache) = (Arc::clone(&self.source), self.cache.clone());
        let (max_age_ms, now) = (self.max_age_ms, self.clock.now());
        KeyFuture::new(async move {
            let slot = cache.get_with_by_ref(&tenant, async { Arc::default() }).await;
            let start = || {
                let keys = source.keys(tenant);
                async move { keys.await.map_err(|error| SharedError(error.into())) }
                    .boxed()
                    .shared()
            };
            let (lookup, stale) = match slot.next(max_age_ms, now, start) {
                Step::Use(keys) => return Ok(keys),
                Step::Wait { lookup, stale } => (lookup, stale),
            };
            let found = lookup.value.clone().await;
            slot.finish(&lookup, &found);
            match (found, stale) {
                (Ok(keys), _) => Ok(keys),
                (Err(error), Some(stale)) => {
                    tracing::warn!(
                        target: "online_contact",
                        error = %ErrorChain(&error),
                        "key source failed; keeping previous keys"
                    );
                    Ok(stale)
                }
                (Err(error), None) => Err(error.into()),
            }
        })
    }
}

impl<S: KeySource> fmt::Debug for CachedKeySource<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedKeySource")
            .field("source", &self.source)
            .field("tenants", &self.cache.entry_count())
            .finish_non_exhaustive()
    }
}

/// An error for all requests that share a look-up.
#[derive(Clone, Debug)]
struct SharedError(Arc<dyn Error + Send + Sync>);

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for SharedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
