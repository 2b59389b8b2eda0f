//! Whose keys: looked up for each request, where one server stands for several tenants.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::key::KeyRing;

/// Finds the keys of a tenant.
///
/// One server may answer for several companies or several registered APIs, each with its own keys. The
/// tenant is told by the path or the host, and its keys may have to be fetched. A source is asked only
/// after all headers have passed, within
/// [a deadline](crate::VerifierBuilder::key_source_timeout); put a cache around one that is slow (the
/// feature `cache` has one).
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
///         let found = self.0.get(&tenant).cloned();
///         Box::pin(async move { Ok(found) })
///     }
/// }
///
/// let acme = KeyRing::new([("acme", SecurityKey::new("bf7769e5321448de88838cdb")?)])?;
/// let source = ByPath(HashMap::from([("acme".to_owned(), acme)]));
/// let verifier = Verifier::builder().key_source(source).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait KeySource: fmt::Debug + Send + Sync {
    /// Names the tenant that a request is for. It must not block; whatever a stranger sends, it names
    /// something.
    fn tenant(&self, request: &KeyRequest<'_>) -> String;

    /// Finds the tenant's keys.
    ///
    /// The future gives `None` for a tenant that does not exist: its request is read to the end, hashed
    /// under a key that matches nothing and rejected as
    /// [`Reason::SignatureMismatch`](crate::Reason::SignatureMismatch), so that no answer says which
    /// tenants there are. Its time may: nobody costs one key's hash, a tenant with two keys in force
    /// half as much again, and a source that is asked may take longer for one than for the other. An error is rejected
    /// as [`Reason::KeySourceUnavailable`](crate::Reason::KeySourceUnavailable) and goes to the log.
    fn keys(&self, tenant: String) -> KeyFuture;
}

/// A source that is kept elsewhere too: a [cache](crate::CachedKeySource) that is told to forget, say.
impl<T: KeySource + ?Sized> KeySource for Arc<T> {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        (**self).tenant(request)
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        (**self).keys(tenant)
    }
}

/// Keys to be: see [`KeySource::keys`].
pub type KeyFuture =
    Pin<Box<dyn Future<Output = Result<Option<KeyRing>, Box<dyn Error + Send + Sync>>> + Send>>;

/// What of a request tells the tenant. Nothing of it has been verified.
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
    /// A request to this path, of this host if one was named.
    #[must_use]
    pub const fn new(path: &'a str, host: Option<&'a str>) -> Self {
        Self { path, host }
    }

    /// The path as it stood on the request line: not decoded, without the query.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        self.path
    }

    /// The host that was asked, with its port if one was named.
    #[must_use]
    pub const fn host(&self) -> Option<&'a str> {
        self.host
    }
}
