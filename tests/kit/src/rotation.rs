//! Keys that are replaced while requests are in flight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use online_contact::{KeyRing, SecurityKey, Signer};

use crate::key;

/// A key to sign with. Its text is derived from its label, in every process alike.
#[derive(Debug)]
pub struct LabeledKey {
    /// The label.
    pub label: String,
    /// The signer.
    pub signer: Signer,
}

impl LabeledKey {
    /// Creates the key with this label.
    pub fn new(label: impl Into<String>) -> Self {
        let label = label.into();
        Self { signer: Signer::new(&security_key(&label)), label }
    }
}

fn security_key(label: &str) -> SecurityKey {
    key(&format!("the security key {label}"))
}

/// Returns the key ring of the keys with these labels.
pub fn ring<'a>(labels: impl IntoIterator<Item = &'a str>) -> KeyRing {
    let keys = labels.into_iter().map(|label| (label, security_key(label)));
    KeyRing::new(keys).expect("different labels")
}

/// The number of newest keys that sign: the previous one and the new one.
const SIGNING: usize = 2;

/// The keys that honest requests are signed with, oldest first. Their labels are numbers.
///
/// An operator retires a key when no request that is signed with it is in flight. Here each request in flight
/// keeps a reference to its key.
#[derive(Debug)]
pub struct RotatingKeys(Mutex<Vec<Arc<LabeledKey>>>);

impl Default for RotatingKeys {
    fn default() -> Self {
        Self(Mutex::new(["0", "1"].map(|label| Arc::new(LabeledKey::new(label))).into()))
    }
}

impl RotatingKeys {
    /// Returns the labels of the keys.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.lock().iter().map(|key| key.label.clone()).collect()
    }

    /// Returns the new key at even turns and the previous one at odd turns.
    #[must_use]
    pub fn to_sign_with(&self, turn: usize) -> Arc<LabeledKey> {
        let keys = self.lock();
        keys.iter().rev().nth(turn % SIGNING).map(Arc::clone).expect("two keys")
    }

    /// Adds a key and drops those that are not in use. `activate` puts the ring of these labels in place; the
    /// new key signs after that.
    ///
    /// # Errors
    ///
    /// Returns the error of `activate`.
    pub fn replace<E>(&self, activate: impl FnOnce(&[String]) -> Result<(), E>) -> Result<(), E> {
        let next = self.retire();
        let mut labels = self.labels();
        labels.push(next.label.clone());
        activate(&labels)?;
        self.lock().push(Arc::new(next));
        Ok(())
    }

    /// Drops the keys that are not in use. Returns the next key.
    fn retire(&self) -> LabeledKey {
        let mut keys = self.lock();
        let signing = keys.len() - SIGNING;
        let newest = keys.split_off(signing);
        keys.retain(|key| Arc::strong_count(key) > 1);
        keys.extend(newest);
        let number: usize = keys[keys.len() - 1].label.parse().expect("a number");
        LabeledKey::new((number + 1).to_string())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<LabeledKey>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
