//! The keys. They stay in the memory of this process: the page gets their labels only.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::key::KeyText;
use crate::secrets::Secrets;

/// The keys from the start, and the key that the page may set in their place.
#[derive(Debug)]
pub(crate) struct Keys {
    given: Arc<[KeyText]>,
    session: Mutex<Option<Arc<[KeyText]>>>,
}

/// The state of the key that the page shows.
#[derive(Debug, Serialize)]
pub(super) struct KeyState {
    label: String,
    /// `true` if it was set in the page.
    session: bool,
}

impl Keys {
    pub(crate) fn new(given: Vec<KeyText>) -> Self {
        Self { given: given.into(), session: Mutex::new(None) }
    }

    /// Returns the keys. The first one signs.
    pub(crate) fn ring(&self) -> Arc<[KeyText]> {
        self.session().unwrap_or_else(|| Arc::clone(&self.given))
    }

    pub(super) fn state(&self) -> Option<KeyState> {
        let session = self.session();
        let ring = session.as_ref().unwrap_or(&self.given);
        let label = ring.first()?.label().to_owned();
        Some(KeyState { label, session: session.is_some() })
    }

    /// Sets the key that was typed in the page. Returns `false` if it is blank.
    pub(super) fn set(&self, text: &str) -> bool {
        let bytes = Zeroizing::new(text.as_bytes().to_vec());
        let Some(key) = KeyText::typed("console", bytes) else {
            return false;
        };
        self.replace(Some(Arc::new([key])));
        true
    }

    /// Returns to the keys from the start.
    pub(super) fn forget(&self) {
        self.replace(None);
    }

    /// Returns whether a text contains one of the keys.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.secrets().is_in(text)
    }

    /// Returns the texts that must not be shown.
    pub(crate) fn secrets(&self) -> Secrets {
        let session = self.session();
        Secrets::of(self.given.iter().chain(session.iter().flat_map(|keys| keys.iter())))
    }

    fn session(&self) -> Option<Arc<[KeyText]>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, session: Option<Arc<[KeyText]>>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }
}
