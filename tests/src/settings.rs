use online_contact::{Scheme, SecurityKey, Signer, Timestamp, Verifier, VerifierBuilder};
use online_contact_test_kit::vectors::Vector;

use crate::{KEY, NOW, Result};

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
    /// The number of concurrent requests that the service accepts; with 0 it is never ready.
    pub slots: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            key: KEY.to_owned(),
            scheme: Scheme::default(),
            now: NOW,
            body_limit: None,
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
        let builder = Verifier::builder()
            .labeled_key("suite", SecurityKey::from_bytes(self.key.as_bytes())?)
            .scheme(self.scheme)
            .clock(self.now);
        Ok(match self.body_limit {
            Some(limit) => builder.body_limit(limit),
            None => builder,
        })
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// Returns an error for invalid settings.
    pub fn verifier(&self) -> Result<Verifier> {
        Ok(self.builder()?.build()?)
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
