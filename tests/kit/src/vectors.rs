//! The published test vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use online_contact::{Scheme, Timestamp};
use serde::Deserialize;

use crate::Request;

/// A request and its expected verdict.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// The name.
    pub name: String,
    /// The text of the security key.
    pub key: String,
    scheme: String,
    now_ms: i64,
    request_uri: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    /// `accepted`, or the reason of the rejection.
    pub expect: String,
}

/// Returns all vectors.
#[must_use]
pub fn all() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../vectors/requests.json")).expect("valid vectors")
}

impl Vector {
    /// Returns the scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme.parse().expect("a scheme")
    }

    /// Returns the time at which the request arrives.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms)
    }

    /// Returns the request, with no header but those of the vector.
    #[must_use]
    pub fn request(&self) -> Request {
        let body = STANDARD.decode(&self.body_base64).expect("base64");
        let request = Request::unsigned(body).to(&self.request_uri).without("Content-Type");
        let headers = self.headers.iter();
        headers.fold(request, |request, (name, value)| request.header(name, value.as_bytes()))
    }

    /// Returns the reason if HTTP cannot carry the request unchanged.
    #[must_use]
    pub fn not_sendable(&self) -> Option<&'static str> {
        let values = || self.headers.iter().map(|(_, value)| value);
        if values().any(|value| value.trim_matches([' ', '\t']) != value) {
            Some("a header value begins or ends with a blank")
        } else if values().any(|value| value.contains(['\r', '\n', '\0'])) {
            Some("a header value has a line break or NUL in it")
        } else if !self.request_uri.bytes().all(|byte| byte.is_ascii_graphic()) {
            Some("the path has other characters than printable ASCII")
        } else {
            None
        }
    }
}
