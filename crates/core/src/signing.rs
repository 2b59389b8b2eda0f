//! What is signed, and the sending side.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::SecurityKey;
use crate::mac::{MacKey, MacStream, Tag};
use crate::timestamp::Timestamp;

/// The header that carries the signature: `Authorization`.
pub const AUTHORIZATION: &str = "authorization";

/// The header that carries the moment of signing: `X-TC-Timestamp`.
pub const TIMESTAMP: &str = "x-tc-timestamp";

/// Which bytes are signed.
///
/// The vendor's document contradicts itself (its sentence names the request URI, its sample leaves
/// it out), so both readings exist. Neither signs the method or the host.
///
/// ```
/// use online_contact::Scheme;
///
/// assert_eq!(Scheme::default(), Scheme::BodyTime);
/// assert_eq!("uri_body_time".parse(), Ok(Scheme::UriBodyTime));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// The body as received, then the timestamp header as received: the vendor's sample.
    #[default]
    BodyTime,
    /// The request URI, the body, the timestamp: the vendor's sentence above the sample.
    ///
    /// The request URI is the path as it stood on the request line: not decoded, without the query.
    /// Nothing separates it from the body in the signed bytes.
    UriBodyTime,
}

impl Scheme {
    /// The name in configuration: `body_time` or `uri_body_time`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyTime => "body_time",
            Self::UriBodyTime => "uri_body_time",
        }
    }

    /// Starts a message: the part of it that stands before the body.
    pub(crate) fn open<'a>(
        self,
        keys: impl Iterator<Item = &'a MacKey>,
        request_uri: &str,
    ) -> MacStream {
        let mut stream = MacStream::new(keys);
        if self == Self::UriBodyTime {
            stream.update(path_of(request_uri).as_bytes());
        }
        stream
    }
}

/// What Java's `getRequestURI()` gives of a request target: all before the query.
pub(crate) fn path_of(request_uri: &str) -> &str {
    request_uri.split_once('?').map_or(request_uri, |(path, _)| path)
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = ParseSchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::BodyTime, Self::UriBodyTime]
            .into_iter()
            .find(|scheme| scheme.as_str() == text)
            .ok_or_else(|| ParseSchemeError(text.to_owned()))
    }
}

/// A text names no signing scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseSchemeError(String);

impl fmt::Display for ParseSchemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown signing scheme {:?}: expected body_time or uri_body_time", self.0)
    }
}

impl std::error::Error for ParseSchemeError {}

/// A signature as the `Authorization` header carries it. `Debug` does not show it.
///
/// ```
/// use online_contact::Signature;
///
/// let header = "YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=";
/// let signature = Signature::parse(header.as_bytes())?;
/// assert_eq!(signature.to_base64(), header);
/// assert_eq!(format!("{signature:?}"), "Signature(..)");
///
/// assert!(Signature::parse(b"Bearer YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=").is_err());
/// # Ok::<(), online_contact::ParseSignatureError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Signature(pub(crate) Tag);

impl Signature {
    /// Reads a header value.
    ///
    /// # Errors
    ///
    /// [`ParseSignatureError`] unless the value is the one canonical, padded, standard-alphabet
    /// base64 of 32 bytes.
    pub fn parse(value: &[u8]) -> Result<Self, ParseSignatureError> {
        // One byte more than a signature has: 44 characters can spell 33.
        let mut decoded = [0; 33];
        if value.len() != 44 || STANDARD.decode_slice(value, &mut decoded) != Ok(32) {
            return Err(ParseSignatureError(()));
        }
        let mut tag = Tag::default();
        tag.copy_from_slice(&decoded[..32]);
        Ok(Self(tag))
    }

    /// The header value: 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The 32 bytes of the MAC.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// A text is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseSignatureError(());

impl fmt::Display for ParseSignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected the padded standard base64 of 32 bytes: 44 characters, without a prefix",
        )
    }
}

impl std::error::Error for ParseSignatureError {}

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
        Signing(self.scheme.open(std::iter::once(&self.key), request_uri))
    }
}

/// A request that is being signed, made by [`Signer::begin`].
#[must_use = "nothing is signed before `finish`"]
pub struct Signing(MacStream);

impl Signing {
    /// Takes the next piece of the body.
    pub fn update(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    /// The two headers, once the whole body is in.
    #[must_use]
    pub fn finish(mut self, at: Timestamp) -> SignedHeaders {
        self.0.update(at.to_digits().as_bytes());
        let tag = self.0.finish().next().unwrap_or_default();
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
        [(TIMESTAMP, self.timestamp.to_string()), (AUTHORIZATION, self.signature.to_base64())]
    }
}
