//! One security key, and the key ring of a verifier.

use std::fmt;
use std::sync::{Arc, LazyLock};

use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::text::KeyWarning;
use crate::metrics::KeyCounters;
use crate::verify::mac::{MacKey, keyed};

#[cfg(feature = "cache")]
pub(crate) mod cache;
#[cfg(feature = "key-file")]
pub(crate) mod file;
pub(crate) mod source;
pub(crate) mod text;

/// The security key (암호화 키) of one registered API.
///
/// Its text is used as UTF-8 bytes, exactly as Online Contact's screen shows it: it looks like
/// hexadecimal and is not decoded. It is wiped from memory on drop and never printed.
///
/// ```
/// use online_contact::SecurityKey;
///
/// let key = SecurityKey::new("bf7769e5321448de88838cdb")?;
/// assert_eq!(format!("{key:?}"), "SecurityKey(..)");
///
/// assert!(SecurityKey::new(" \n").is_err());
/// # Ok::<(), online_contact::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SecurityKey(Zeroizing<Vec<u8>>);

impl SecurityKey {
    /// Creates a key from its text.
    ///
    /// Blanks of any script, line breaks and invisible characters around the key are removed. The log warns
    /// about that, and about a text that looks wrapped, for example in quotes: see [`KeyWarning`]. The key itself is never logged.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::Empty`] if nothing is left.
    pub fn new(text: impl Into<Vec<u8>>) -> Result<Self, KeyError> {
        let text = Zeroizing::new(text.into());
        let Ok(unicode) = std::str::from_utf8(&text) else {
            return Self::exact(Zeroizing::new(text.trim_ascii().to_vec()));
        };
        let trimmed = text::trimmed(unicode);
        let key = Self::exact(Zeroizing::new(trimmed.as_bytes().to_vec()))?;
        if let Some(warning) = KeyWarning::of(unicode) {
            tracing::warn!(target: "online_contact", "{warning}");
        }
        Ok(key)
    }

    /// Returns the part of a text that [`new`](Self::new) takes as the key.
    ///
    /// ```
    /// use online_contact::SecurityKey;
    ///
    /// assert_eq!(SecurityKey::trim("\u{feff}bf7769e5321448de88838cdb\r\n"), "bf7769e5321448de88838cdb");
    /// ```
    #[must_use]
    pub fn trim(text: &str) -> &str {
        text::trimmed(text)
    }

    /// Creates a key from bytes as they are, surrounding blanks included.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::Empty`] if there are none.
    ///
    /// ```
    /// use online_contact::SecurityKey;
    ///
    /// let odd = SecurityKey::from_bytes(b" a key that really starts with a blank".to_vec())?;
    /// # Ok::<(), online_contact::KeyError>(())
    /// ```
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, KeyError> {
        Self::exact(Zeroizing::new(bytes.into()))
    }

    /// Reads a key from an environment variable, as [`SecurityKey::new`] does from a text.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::NotSet`] or [`KeyError::NotUnicode`] with the variable's name, or
    /// [`KeyError::Empty`].
    ///
    /// ```
    /// use online_contact::{KeyError, SecurityKey};
    ///
    /// let missing = SecurityKey::from_env("OC_NO_SUCH_VARIABLE").unwrap_err();
    /// assert_eq!(missing.to_string(), "environment variable OC_NO_SUCH_VARIABLE is not set");
    /// ```
    pub fn from_env(variable: &str) -> Result<Self, KeyError> {
        match std::env::var(variable) {
            Ok(text) => Self::new(text),
            Err(std::env::VarError::NotPresent) => Err(KeyError::NotSet(variable.to_owned())),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(KeyError::NotUnicode(variable.to_owned()))
            }
        }
    }

    fn exact(bytes: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        if bytes.is_empty() { Err(KeyError::Empty) } else { Ok(Self(bytes)) }
    }

    /// Prepares the key for the MAC of one message.
    pub(crate) fn hmac(&self) -> Hmac<Sha256> {
        keyed(&self.0)
    }

    /// Prepares the key for the MACs of many messages.
    fn mac_key(&self) -> MacKey {
        MacKey::new(&self.0)
    }
}

impl fmt::Debug for SecurityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityKey(..)")
    }
}

/// An error of a text or an environment variable that holds no valid security key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The key has no bytes.
    Empty,
    /// The environment variable of this name is not set.
    NotSet(String),
    /// The environment variable of this name does not hold Unicode text.
    NotUnicode(String),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the security key is empty, expected the text of 암호화 키"),
            Self::NotSet(name) => write!(f, "environment variable {name} is not set"),
            Self::NotUnicode(name) => {
                write!(f, "environment variable {name} does not hold Unicode text")
            }
        }
    }
}

impl std::error::Error for KeyError {}

/// The active security keys, each with a label for logs.
///
/// Online Contact signs with a new key from the moment it is issued, so the old and the new key are both
/// in the ring while a key is replaced. A signature by any of them passes. All of them are always tried.
/// A ring is cheap to clone. It holds the keys prepared for HMAC, not their text.
///
/// ```
/// use online_contact::{KeyRing, SecurityKey};
///
/// let ring = KeyRing::new([
///     ("2026-11", SecurityKey::new("bf7769e5321448de88838cdb")?),
///     ("2026-05", SecurityKey::new("0cc175b9c0f1b6a831c399e2")?),
/// ])?;
/// assert_eq!(ring.labels().collect::<Vec<_>>(), ["2026-11", "2026-05"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KeyRing(pub(crate) Arc<Vec<Entry>>);

pub(crate) struct Entry {
    label: Arc<str>,
    mac: MacKey,
    counters: KeyCounters,
}

impl Entry {
    fn new(label: Arc<str>, mac: MacKey) -> Self {
        let counters = KeyCounters::new(&label);
        Self { label, mac, counters }
    }
}

impl KeyRing {
    /// Creates a key ring.
    ///
    /// # Errors
    ///
    /// Returns [`KeyRingError`] if there is no key, a label is empty, or two keys have the same label.
    pub fn new<L: Into<String>>(
        keys: impl IntoIterator<Item = (L, SecurityKey)>,
    ) -> Result<Self, KeyRingError> {
        // A growing vector would leave prepared keys behind, so there is room for all of them.
        let keys: Vec<_> = keys.into_iter().collect();
        let mut entries: Vec<Entry> = Vec::with_capacity(keys.len());
        for (label, key) in keys {
            let label = Arc::<str>::from(label.into());
            if label.is_empty() {
                return Err(KeyRingError::EmptyLabel);
            }
            if entries.iter().any(|entry| entry.label == label) {
                return Err(KeyRingError::DuplicateLabel(label.as_ref().to_owned()));
            }
            entries.push(Entry::new(label, key.mac_key()));
        }
        if entries.is_empty() {
            return Err(KeyRingError::NoKeys);
        }
        Ok(Self(Arc::new(entries)))
    }

    /// Returns the ring of an unknown tenant: one key, so that its requests cost what those of a tenant with
    /// one key do. The caller lets no signature by it pass.
    pub(crate) fn of_unknown_tenant() -> Self {
        static RING: LazyLock<KeyRing> = LazyLock::new(|| {
            KeyRing(Arc::new(vec![Entry::new(Arc::from("unknown"), MacKey::new(b"unknown"))]))
        });
        RING.clone()
    }

    /// Returns the labels, in the order of the keys.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| &*entry.label)
    }

    pub(crate) fn label(&self, index: usize) -> Option<&Arc<str>> {
        self.0.get(index).map(|entry| &entry.label)
    }

    pub(crate) fn counters(&self, index: usize) -> Option<&KeyCounters> {
        self.0.get(index).map(|entry| &entry.counters)
    }

    pub(crate) fn mac_keys(&self) -> impl Iterator<Item = &MacKey> {
        self.0.iter().map(|entry| &entry.mac)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")?;
        f.debug_list().entries(self.labels()).finish()
    }
}

/// An error of keys that are not a valid key ring.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRingError {
    /// There is no key.
    NoKeys,
    /// A key has an empty label.
    EmptyLabel,
    /// Two keys have this label.
    DuplicateLabel(String),
}

impl fmt::Display for KeyRingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeys => f.write_str("no security key, expected at least one"),
            Self::EmptyLabel => f.write_str("a security key has an empty label, expected a name"),
            Self::DuplicateLabel(label) => {
                write!(f, "two security keys have the label {label:?}: labels must differ")
            }
        }
    }
}

impl std::error::Error for KeyRingError {}
