//! The published vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use online_contact::{Scheme, Timestamp};
use serde::Deserialize;

use crate::{Request, Result, Settings};

/// A request and its verdict.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// What it is about.
    pub name: String,
    key: String,
    scheme: String,
    now_ms: i64,
    request_uri: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    /// `accepted`, or the reason of the rejection.
    pub expect: String,
}

/// All of them.
///
/// # Errors
///
/// A file that is not what it should be.
pub fn all() -> Result<Vec<Vector>> {
    Ok(serde_json::from_str(include_str!("../vectors/requests.json"))?)
}

impl Vector {
    /// What the verifier is told.
    ///
    /// # Errors
    ///
    /// A scheme that does not exist.
    pub fn settings(&self) -> Result<Settings> {
        Ok(Settings {
            key: self.key.clone(),
            scheme: self.scheme.parse::<Scheme>()?,
            now: Timestamp::from_millis(self.now_ms),
            ..Settings::default()
        })
    }

    /// What is sent: nothing but what the vector says.
    ///
    /// # Errors
    ///
    /// A body that is no base64.
    pub fn request(&self) -> Result<Request> {
        let headers = self.headers.iter();
        Ok(Request {
            target: self.request_uri.clone(),
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
                .collect(),
            body: STANDARD.decode(&self.body_base64).map_err(|error| error.to_string())?,
            trailers: Vec::new(),
        })
    }

    /// Why HTTP can't carry it as it is, if it can't: a header value loses the blanks around it on
    /// the way and has no line breaks in it, a path has no blanks.
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
