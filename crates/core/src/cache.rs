use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use crate::key::KeyRing;
use crate::source::{KeyFuture, KeyRequest, KeySource};

/// Remembers what a slow [`KeySource`] said, for a while and for so many tenants.
///
/// Requests of one tenant that come at once wait for one answer. A tenant that does not exist is
/// remembered too, so that strangers can't wear the source out with one name; tenants that are asked
/// for often stay when strangers make up many. Errors are not remembered. A key that was replaced at
/// the source is in force here when its entry has aged, so let the old and the new one overlap for
/// longer than that.
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
///         Box::pin(async move { Err(format!("no database to ask for {tenant}").into()) })
///     }
/// }
///
/// let source = Arc::new(CachedKeySource::new(FromDatabase, 10_000, Duration::from_secs(60)));
/// let verifier = Verifier::builder().key_source(Arc::clone(&source)).build()?;
///
/// // Once the keys of `acme` have been replaced: source.forget("acme").await
/// # Ok::<(), online_contact::BuildError>(())
/// ```
pub struct CachedKeySource<S> {
    source: Arc<S>,
    cache: Cache<String, Option<KeyRing>>,
}

impl<S: KeySource> CachedKeySource<S> {
    /// Remembers the keys of up to so many tenants, for so long after they were found.
    #[must_use]
    pub fn new(source: S, tenants: u64, max_age: Duration) -> Self {
        let cache = Cache::builder().max_capacity(tenants).time_to_live(max_age).build();
        Self { source: Arc::new(source), cache }
    }

    /// Forgets a tenant's keys, so that the next request asks the source. Give the verifier an [`Arc`] of
    /// the cache to keep it at hand.
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
        Box::pin(async move {
            // Not polled, and so not asked, where the cache knows the answer.
            let asked = async { source.keys(tenant.clone()).await };
            let found = cache.try_get_with_by_ref(&tenant, asked).await;
            found.map_err(|error| Box::new(Shared(error)) as Box<dyn Error + Send + Sync>)
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

/// An error that several requests waited for.
#[derive(Debug)]
struct Shared(Arc<Box<dyn Error + Send + Sync>>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
