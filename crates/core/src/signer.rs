//! The sending side.

use std::fmt;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::keys::SecurityKey;
use crate::verify::signature::{AUTHORIZATION_HEADER, Scheme, Signature, TIMESTAMP_HEADER};
use crate::verify::timestamp::Timestamp;

/// Signs requests as Online Contact does: for tests, tools, and gateways that call a verified service.
///
/// ```
/// use online_contact::{SecurityKey, Signer, Timestamp};
///
/// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
/// let body = br#"{"callNum":"1","nation":"korea"}"#;
/// let signed = signer.sign("/customer", body, Timestamp::from_millis(1_732_400_000_000));
///
/// for (name, value) in signed.headers() {
///     println!("{name}: {value}");
/// }
/// # assert_eq!(
/// #     signed.headers(),
/// #     [
/// #         ("x-tc-timestamp", "1732400000000".to_owned()),
/// #         ("authorization", "YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=".to_owned()),
/// #     ]
/// # );
/// # Ok::<(), online_contact::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    keyed: Hmac<Sha256>,
    scheme: Scheme,
}

impl Signer {
    /// Creates a signer with this key, in the default scheme.
    #[must_use]
    pub fn new(key: &SecurityKey) -> Self {
        Self { keyed: key.hmac(), scheme: Scheme::default() }
    }

    /// Sets the signing scheme.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Signs a body at a time, and returns the two headers.
    ///
    /// `request_uri` is the path on the request line, with or without the query (which is never
    /// signed); it matters only in [`Scheme::UriBodyTime`].
    #[must_use]
    pub fn sign(&self, request_uri: &str, body: &[u8], at: Timestamp) -> SignedHeaders {
        let mut signing = self.begin(request_uri);
        signing.update(body);
        signing.finish(at)
    }

    /// Starts to sign a body that comes in chunks.
    ///
    /// ```
    /// use online_contact::{SecurityKey, Signer, Timestamp};
    ///
    /// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
    /// let at = Timestamp::from_millis(1_732_400_000_000);
    /// let mut signing = signer.begin("/customer");
    /// signing.update(br#"{"callNum":"1","#);
    /// signing.update(br#""nation":"korea"}"#);
    /// assert_eq!(
    ///     signing.finish(at).headers(),
    ///     signer.sign("/customer", br#"{"callNum":"1","nation":"korea"}"#, at).headers(),
    /// );
    /// # Ok::<(), online_contact::KeyError>(())
    /// ```
    pub fn begin(&self, request_uri: &str) -> Signing {
        let mut mac = self.keyed.clone();
        mac.update(self.scheme.prefix(request_uri).as_bytes());
        Signing { mac }
    }
}

/// A signature in progress, created by [`Signer::begin`].
#[must_use = "nothing is signed before `finish`"]
pub struct Signing {
    mac: Hmac<Sha256>,
}

impl Signing {
    /// Adds the next chunk of the body.
    pub fn update(&mut self, chunk: &[u8]) {
        self.mac.update(chunk);
    }

    /// Returns the two headers for a body that was signed at this time.
    #[must_use]
    pub fn finish(mut self, at: Timestamp) -> SignedHeaders {
        self.mac.update(at.to_string().as_bytes());
        SignedHeaders {
            timestamp: at,
            signature: Signature(self.mac.finalize().into_bytes().into()),
        }
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").finish_non_exhaustive()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// The two headers of a signed request, created by [`Signer`].
///
/// They iterate as pairs of a name in lower case and a value, which is what most clients take. With the
/// feature `http` they convert into a `HeaderMap` and sign an `http::Request`.
///
/// ```
/// use online_contact::{SecurityKey, Signer, SystemClock, Clock};
///
/// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
/// for (name, value) in signer.sign("/customer", b"{}", SystemClock.now()) {
///     println!("{name}: {value}");
/// }
/// # Ok::<(), online_contact::KeyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders {
    timestamp: Timestamp,
    signature: Signature,
}

impl SignedHeaders {
    /// Returns the time of signing, for `X-TC-Timestamp`.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the signature, for `Authorization`.
    #[must_use]
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// Returns the names, in lower case, and the values.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 2] {
        [
            (TIMESTAMP_HEADER, self.timestamp.to_string()),
            (AUTHORIZATION_HEADER, self.signature.to_base64()),
        ]
    }
}

impl IntoIterator for SignedHeaders {
    type Item = (&'static str, String);
    type IntoIter = std::array::IntoIter<Self::Item, 2>;

    fn into_iter(self) -> Self::IntoIter {
        self.headers().into_iter()
    }
}
