//! The sending side.

use std::fmt;

use crate::key::SecurityKey;
use crate::mac::{MacKey, MacStream};
use crate::signing::{AUTHORIZATION_HEADER, Scheme, Signature, TIMESTAMP_HEADER};
use crate::timestamp::Timestamp;

/// Signs requests as Online Contact does: for tests, for tools, and for gateways that call a
/// verified service.
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
    key: MacKey,
    scheme: Scheme,
}

impl Signer {
    /// Signs with this key, in the default scheme.
    #[must_use]
    pub fn new(key: &SecurityKey) -> Self {
        Self { key: key.mac_key(), scheme: Scheme::default() }
    }

    /// Signs other bytes than those of the default scheme.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The two headers for a body, at a moment.
    ///
    /// `request_uri` is the path on the request line, with or without the query (which is never
    /// signed); it matters only in [`Scheme::UriBodyTime`].
    #[must_use]
    pub fn sign(&self, request_uri: &str, body: &[u8], at: Timestamp) -> SignedHeaders {
        let mut signing = self.begin(request_uri);
        signing.update(body);
        signing.finish(at)
    }

    /// Begins to sign a request whose body comes in pieces.
    ///
    /// ```
    /// use online_contact::{SecurityKey, Signer, Timestamp};
    ///
    /// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
    /// let moment = Timestamp::from_millis(1_732_400_000_000);
    /// let mut signing = signer.begin("/customer");
    /// signing.update(br#"{"callNum":"1","#);
    /// signing.update(br#""nation":"korea"}"#);
    /// assert_eq!(
    ///     signing.finish(moment).headers(),
    ///     signer.sign("/customer", br#"{"callNum":"1","nation":"korea"}"#, moment).headers(),
    /// );
    /// # Ok::<(), online_contact::KeyError>(())
    /// ```
    pub fn begin(&self, request_uri: &str) -> Signing {
        let mut stream = MacStream::new(std::iter::once(&self.key));
        self.scheme.open(&mut stream, request_uri);
        Signing { stream, key: self.key.clone() }
    }
}

/// A request that is being signed, made by [`Signer::begin`].
#[must_use = "nothing is signed before `finish`"]
pub struct Signing {
    stream: MacStream,
    key: MacKey,
}

impl Signing {
    /// Takes the next piece of the body.
    pub fn update(&mut self, chunk: &[u8]) {
        self.stream.update(chunk);
    }

    /// The two headers, once the whole body is in.
    #[must_use]
    pub fn finish(mut self, at: Timestamp) -> SignedHeaders {
        self.stream.update(at.to_digits().as_bytes());
        let tag = self.stream.finish(std::iter::once(&self.key)).next().unwrap_or_default();
        SignedHeaders { timestamp: at, signature: Signature(tag) }
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

/// The two headers of a signed request, made by [`Signer`].
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders {
    timestamp: Timestamp,
    signature: Signature,
}

impl SignedHeaders {
    /// The moment of signing, for `X-TC-Timestamp`.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The signature, for `Authorization`.
    #[must_use]
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// Names (in lower case) and values, ready to be set on a request.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 2] {
        [
            (TIMESTAMP_HEADER, self.timestamp.to_string()),
            (AUTHORIZATION_HEADER, self.signature.to_base64()),
        ]
    }
}
