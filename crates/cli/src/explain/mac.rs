//! MACs, right and wrong, whose state can be copied on the way.

use ring::{digest, hmac};

/// How key and message become a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Hmac,
    /// The digest of key and message. Its own state, for the key stands first.
    KeyFirst,
    /// The digest of the message; a key may follow.
    Keyless,
}

/// A hash, which is known by the length of its digests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hash {
    digest: &'static digest::Algorithm,
    hmac: hmac::Algorithm,
}

impl Hash {
    pub(super) fn of_length(length: usize) -> Option<Self> {
        let (digest, hmac) = match length {
            20 => (&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            32 => (&digest::SHA256, hmac::HMAC_SHA256),
            64 => (&digest::SHA512, hmac::HMAC_SHA512),
            _ => return None,
        };
        Some(Self { digest, hmac })
    }
}

/// A MAC on its way through a message.
#[derive(Clone)]
pub(super) enum MacState {
    Hmac(hmac::Context),
    Plain(digest::Context),
}

impl MacState {
    pub(super) fn new(hash: Hash, mode: Mode, key: &[u8]) -> Self {
        let mut plain = digest::Context::new(hash.digest);
        match mode {
            Mode::Hmac => {
                return Self::Hmac(hmac::Context::with_key(&hmac::Key::new(hash.hmac, key)));
            }
            Mode::KeyFirst => plain.update(key),
            Mode::Keyless => {}
        }
        Self::Plain(plain)
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Hmac(state) => state.update(bytes),
            Self::Plain(state) => state.update(bytes),
        }
    }

    /// Whether it ends as this digest. It need not take constant time: whoever asks has the key.
    pub(super) fn ends_as(self, digest: &[u8]) -> bool {
        match self {
            Self::Hmac(state) => state.sign().as_ref() == digest,
            Self::Plain(state) => state.finish().as_ref() == digest,
        }
    }
}
