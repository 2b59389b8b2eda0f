use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The name of the header with the signature, in lower case: `Authorization`.
pub const AUTHORIZATION_HEADER: &str = "authorization";

/// The name of the header with the time of signing, in lower case: `X-TC-Timestamp`.
pub const TIMESTAMP_HEADER: &str = "x-tc-timestamp";

/// A signing scheme: the bytes that are signed.
///
/// The vendor's document contradicts itself: its sentence names the request URI, its sample leaves it
/// out. Both readings exist. Neither signs the method or the host. It is serialized as its
/// [name](Self::as_str).
///
/// ```
/// use online_contact::Scheme;
///
/// assert_eq!(Scheme::default(), Scheme::BodyTime);
/// assert_eq!("uri_body_time".parse(), Ok(Scheme::UriBodyTime));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Returns the name in configuration: `body_time` or `uri_body_time`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyTime => "body_time",
            Self::UriBodyTime => "uri_body_time",
        }
    }

    /// Returns the signed bytes that precede the body.
    pub(crate) fn prefix(self, request_uri: &str) -> &str {
        match self {
            Self::BodyTime => "",
            Self::UriBodyTime => path_of(request_uri),
        }
    }
}

/// Returns the path of a request target, as Java's `getRequestURI()` does: everything before the query.
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

/// An error for a text that is not the name of a signing scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseSchemeError(String);

impl fmt::Display for ParseSchemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown signing scheme {:?}, expected body_time or uri_body_time", self.0)
    }
}

impl std::error::Error for ParseSchemeError {}

/// A signature, as the `Authorization` header carries it. `Debug` does not show it.
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
pub struct Signature(pub(crate) [u8; 32]);

impl Signature {
    /// Parses a header value.
    ///
    /// # Errors
    ///
    /// Returns [`ParseSignatureError`] unless the value is the canonical, padded, standard-alphabet
    /// base64 of 32 bytes.
    pub fn parse(value: &[u8]) -> Result<Self, ParseSignatureError> {
        // 44 characters can spell 33 bytes.
        let mut decoded = [0; 33];
        if value.len() != 44 || STANDARD.decode_slice(value, &mut decoded) != Ok(32) {
            return Err(ParseSignatureError(()));
        }
        let [tag @ .., _] = decoded;
        Ok(Self(tag))
    }

    /// Returns the header value: 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Returns the 32 bytes of the MAC.
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

/// An error for a text that is not a signature.
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
