//! The active keys.

use std::sync::{Arc, Mutex, PoisonError};

use online_contact::{KeyRing, KeyRingError, SecurityKey, Signer};

use crate::Result;

/// The label of the key that is never replaced.
pub(crate) const STANDING: &str = "standing";

/// A key to sign with.
pub(crate) struct Key {
    pub(crate) label: String,
    pub(crate) signer: Signer,
}

impl Key {
    pub(crate) fn new(label: impl Into<String>) -> Result<Self> {
        let label = label.into();
        let signer = Signer::new(&security_key(&label)?);
        Ok(Self { label, signer })
    }
}

/// Derives a key from its label, in both processes alike.
fn security_key(label: &str) -> Result<SecurityKey> {
    Ok(SecurityKey::new(format!("the soak's key {label}"))?)
}

/// Returns the key ring of these keys and the permanent one.
pub(crate) fn ring<'a>(labels: impl IntoIterator<Item = &'a str>) -> Result<KeyRing> {
    let labels = std::iter::once(STANDING).chain(labels);
    let keys = labels.map(|label| Ok((label, security_key(label)?))).collect::<Result<Vec<_>>>()?;
    KeyRing::new(keys).map_err(|error: KeyRingError| error.into())
}

/// The keys that honest requests are signed with, oldest first.
///
/// An operator retires a key when no request signed with it is in flight. Here each request in flight keeps a
/// reference to its key.
pub(crate) struct Keys(Mutex<Vec<Arc<Key>>>);

/// The number of newest keys that sign: the previous one and the new one.
const SIGNING: usize = 2;

impl Keys {
    pub(crate) fn new() -> Result<Self> {
        let keys = ["0", "1"].map(|label| Key::new(label).map(Arc::new));
        Ok(Self(Mutex::new(keys.into_iter().collect::<Result<_>>()?)))
    }

    /// Returns the previous key and the new one in turn.
    pub(crate) fn to_sign_with(&self, turn: usize) -> Option<Arc<Key>> {
        let keys = self.lock();
        keys.iter().rev().nth(turn % SIGNING).map(Arc::clone)
    }

    /// Returns the labels of the next key ring: with a new key, without retired ones.
    pub(crate) fn ring_with(&self, further: &Key) -> Vec<String> {
        let mut keys = self.lock();
        let signing = keys.len().saturating_sub(SIGNING);
        let mut index = 0;
        keys.retain(|key| {
            index += 1;
            index > signing || Arc::strong_count(key) > 1
        });
        let keys = keys.iter().map(|key| key.label.clone());
        keys.chain([further.label.clone()]).collect()
    }

    /// Signs with a key that the server has.
    pub(crate) fn sign_with(&self, key: Key) {
        self.lock().push(Arc::new(key));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Key>>> {
        // No code panics while it has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
