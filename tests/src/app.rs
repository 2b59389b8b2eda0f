use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use online_contact::{Success, Verified};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The application behind every adapter: it counts its calls and echoes the request.
#[derive(Clone, Default)]
pub struct App {
    calls: Arc<AtomicUsize>,
}

/// A request as a verified handler receives it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Echo {
    length: String,
    sha256: String,
    key: String,
    trailer: String,
}

impl App {
    /// Handles a request.
    #[must_use]
    pub fn answer(
        &self,
        verified: Option<&Verified>,
        body: &[u8],
        trailer: &[u8],
    ) -> Success<Echo> {
        let key = verified.map_or("unverified", Verified::key_label);
        self.answer_labeled(key, body, trailer)
    }

    /// Handles a request that was verified elsewhere, with the label of its key.
    #[must_use]
    pub fn answer_labeled(&self, key: &str, body: &[u8], trailer: &[u8]) -> Success<Echo> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Success(Echo::of(key, body, trailer))
    }

    /// Returns the number of handled requests.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Echo {
    /// Of a request with this body and this value of the trailer `x-trailer`.
    #[must_use]
    pub fn of(key: &str, body: &[u8], trailer: &[u8]) -> Self {
        let digest = Sha256::digest(body);
        Self {
            length: body.len().to_string(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            key: key.to_owned(),
            trailer: String::from_utf8_lossy(trailer).into_owned(),
        }
    }
}
