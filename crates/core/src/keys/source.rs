use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::keys::KeyRing;
use crate::later::Later;

type Found = Result<Option<KeyRing>, Box<dyn Error + Send + Sync>>;

/// A source of the key rings of several tenants.
///
/// One server may answer for several companies or several registered APIs, each with its own keys. The
/// path or the host names the tenant, and its keys may have to be fetched. A source is called only after
/// all header checks have passed, and has to respond within
/// [`key_source_timeout`](crate::VerifierBuilder::key_source_timeout). Put a cache around a slow one: the
/// feature `cache` has `CachedKeySource`.
///
/// ```
/// use std::collections::HashMap;
/// use online_contact::{KeyFuture, KeyRequest, KeyRing, KeySource, SecurityKey, Verifier};
///
/// /// `/acme/customer` is signed with the keys of `acme`.
/// #[derive(Debug)]
/// struct ByPath(HashMap<String, KeyRing>);
///
/// impl KeySource for ByPath {
///     fn tenant(&self, request: &KeyRequest<'_>) -> String {
///         request.path().split('/').nth(1).unwrap_or_default().to_owned()
///     }
///
///     fn keys(&self, tenant: String) -> KeyFuture {
///         KeyFuture::ready(Ok(self.0.get(&tenant).cloned()))
///     }
/// }
///
/// let acme = KeyRing::new([("acme", SecurityKey::new("bf7769e5321448de88838cdb")?)])?;
/// let source = ByPath(HashMap::from([("acme".to_owned(), acme)]));
/// let verifier = Verifier::builder().key_source(source).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait KeySource: fmt::Debug + Send + Sync {
    /// Returns the name of the tenant that a request is for. It must not block.
    ///
    /// A name of more than 256 bytes is an unknown tenant: [`keys`](Self::keys) is not called for it.
    fn tenant(&self, request: &KeyRequest<'_>) -> String;

    /// Finds the tenant's keys: `None` if the tenant is unknown.
    ///
    /// The request of an unknown tenant is read and hashed like any other and rejected as
    /// [`Reason::SignatureMismatch`](crate::Reason::SignatureMismatch), so that no response reveals which
    /// tenants exist. An error is logged and rejected as
    /// [`Reason::KeySourceUnavailable`](crate::Reason::KeySourceUnavailable).
    fn keys(&self, tenant: String) -> KeyFuture;
}

/// A shared source, such as a cache whose owner calls `forget`.
impl<T: KeySource + ?Sized> KeySource for Arc<T> {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        (**self).tenant(request)
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        (**self).keys(tenant)
    }
}

/// A future of [`KeySource::keys`].
#[must_use = "futures do nothing unless polled"]
pub struct KeyFuture(Later<Found>);

impl KeyFuture {
    /// Creates a future that is ready, without an allocation.
    pub const fn ready(found: Result<Option<KeyRing>, Box<dyn Error + Send + Sync>>) -> Self {
        Self(Later::Ready(Some(found)))
    }

    /// Boxes a future.
    ///
    /// ```
    /// use online_contact::KeyFuture;
    ///
    /// fn keys(tenant: String) -> KeyFuture {
    ///     KeyFuture::new(async move { Err(format!("no database for {tenant}").into()) })
    /// }
    /// ```
    pub fn new(
        future: impl Future<Output = Result<Option<KeyRing>, Box<dyn Error + Send + Sync>>>
        + Send
        + 'static,
    ) -> Self {
        Self(Later::future(future))
    }
}

impl Future for KeyFuture {
    type Output = Result<Option<KeyRing>, Box<dyn Error + Send + Sync>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl fmt::Debug for KeyFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFuture").finish_non_exhaustive()
    }
}

/// The part of a request that a [`KeySource`] finds the tenant by. Nothing of it has been verified.
///
/// ```
/// use online_contact::KeyRequest;
///
/// // For the tests of a `KeySource`.
/// let request = KeyRequest::new("/acme/customer", Some("oc.example:8443"));
/// assert_eq!(request.path(), "/acme/customer");
/// assert_eq!(request.host(), Some("oc.example:8443"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyRequest<'a> {
    path: &'a str,
    host: Option<&'a str>,
}

impl<'a> KeyRequest<'a> {
    /// Creates a request to this path, and this host if it has one.
    #[must_use]
    pub const fn new(path: &'a str, host: Option<&'a str>) -> Self {
        Self { path, host }
    }

    /// Returns the path as it stood on the request line: not decoded, without the query.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        self.path
    }

    /// Returns the requested host, with its port if it has one.
    #[must_use]
    pub const fn host(&self) -> Option<&'a str> {
        self.host
    }
}
