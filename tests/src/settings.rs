use online_contact::{
    BufferBudget, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard, Scheme,
    SecurityKey, Signer, Timestamp, Verifier, VerifierBuilder,
};
use online_contact_test_kit::vectors::Vector;
use online_contact_test_kit::{PATH, Unavailable, hold_budget};

use crate::{KEY, NOW, Result};

/// The bytes of a body budget that other requests hold.
const HELD: u64 = 1000;

/// The settings of the verifier of a case, and the capacity of the service behind it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The security key.
    pub key: String,
    /// The signature scheme.
    pub scheme: Scheme,
    /// The time of the clock.
    pub now: Timestamp,
    /// The longest body that passes, where it is not the default.
    pub body_limit: Option<u64>,
    /// The source of the key.
    pub keys: Keys,
    /// The bytes that the body budget still has, where it is not the default. Other requests hold the rest.
    pub budget: Option<u64>,
    /// The replay guard.
    pub guard: Option<Guard>,
    /// The number of concurrent requests that the service accepts; with 0 it is never ready.
    pub slots: usize,
}

/// A source of the key.
#[derive(Clone, Copy, Debug)]
pub enum Keys {
    /// A fixed key ring.
    Ring,
    /// A key source that knows one tenant: the path [`PATH`].
    Source,
    /// A key source that responds with an error.
    Unavailable,
}

/// A replay guard.
#[derive(Clone, Copy, Debug)]
pub enum Guard {
    /// The guard in memory.
    Memory,
    /// A guard that responds with an error.
    Unavailable,
}

/// A key source that knows the tenant of the path `/customer`.
#[derive(Debug)]
struct OneTenant(KeyRing);

impl KeySource for OneTenant {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        KeyFuture::ready(Ok((tenant == PATH).then(|| self.0.clone())))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            key: KEY.to_owned(),
            scheme: Scheme::default(),
            now: NOW,
            body_limit: None,
            keys: Keys::Ring,
            budget: None,
            guard: None,
            slots: 1024,
        }
    }
}

impl Settings {
    /// Returns the settings of a published vector.
    #[must_use]
    pub fn of(vector: &Vector) -> Self {
        Self {
            key: vector.key.clone(),
            scheme: vector.scheme(),
            now: vector.now(),
            ..Self::default()
        }
    }

    /// A verifier to be.
    ///
    /// # Errors
    ///
    /// Returns an error for an invalid key.
    pub fn builder(&self) -> Result<VerifierBuilder> {
        let key = SecurityKey::from_bytes(self.key.as_bytes())?;
        let mut builder = Verifier::builder().scheme(self.scheme).clock(self.now);
        builder = match self.keys {
            Keys::Ring => builder.labeled_key("suite", key),
            Keys::Source => builder.key_source(OneTenant(KeyRing::new([("suite", key)])?)),
            Keys::Unavailable => builder.key_source(Unavailable),
        };
        if let Some(limit) = self.body_limit {
            builder = builder.body_limit(limit);
        }
        if let Some(bytes) = self.budget {
            builder = builder.buffer_budget(BufferBudget::new(bytes + HELD));
        }
        Ok(match self.guard {
            None => builder,
            Some(Guard::Memory) => builder.replay_guard(MemoryReplayGuard::default()),
            Some(Guard::Unavailable) => builder.replay_guard(Unavailable),
        })
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// Returns an error for invalid settings.
    pub fn verifier(&self) -> Result<Verifier> {
        let verifier = self.builder()?.build()?;
        if self.budget.is_some() {
            hold_budget(&verifier, HELD, self.now);
        }
        Ok(verifier)
    }

    /// Signs as these settings want it.
    ///
    /// # Errors
    ///
    /// Returns an error for an invalid key.
    pub fn signer(&self) -> Result<Signer> {
        let key = SecurityKey::from_bytes(self.key.as_bytes())?;
        Ok(Signer::new(&key).scheme(self.scheme))
    }
}
