//! MACs, right and wrong, whose state can be copied on the way.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use ring::{digest, hmac as ring_hmac};

use super::mistake::{Step, mistakes};
use crate::lang::Words;

const ADVICE: Words = Words::fixed(
    "Use HMAC with SHA-256 and send all 32 bytes of it.",
    "HMAC-SHA256을 사용하고 결과 32바이트를 모두 보내십시오.",
);

mistakes! { Sender, ADVICE:
    MD5 = "mac_md5", "an HMAC with MD5", "MD5를 쓴 HMAC";
    SHA1 = "mac_sha1", "an HMAC with SHA-1", "SHA-1을 쓴 HMAC";
    SHA384 = "mac_sha384", "an HMAC with SHA-384", "SHA-384를 쓴 HMAC";
    SHA512 = "mac_sha512", "an HMAC with SHA-512", "SHA-512를 쓴 HMAC";
    TRUNCATED = "mac_truncated", "only the first bytes of the MAC (truncated)", "MAC의 앞부분만 보냄(잘림)";
}

/// The way in which key and message become a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Hmac,
    /// The digest of key and message. Its own state, for the key stands first.
    KeyFirst,
    /// The digest of the message; a key may follow.
    Keyless,
}

/// A hash function, and how many bytes of its digest were sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hash {
    algorithm: Algorithm,
    length: usize,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Md5,
    Ring(&'static digest::Algorithm, ring_hmac::Algorithm),
}

const SHA_1: Algorithm =
    Algorithm::Ring(&digest::SHA1_FOR_LEGACY_USE_ONLY, ring_hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY);
const SHA_256: Algorithm = Algorithm::Ring(&digest::SHA256, ring_hmac::HMAC_SHA256);
const SHA_384: Algorithm = Algorithm::Ring(&digest::SHA384, ring_hmac::HMAC_SHA384);
const SHA_512: Algorithm = Algorithm::Ring(&digest::SHA512, ring_hmac::HMAC_SHA512);

impl Hash {
    /// The hash functions that may have made a digest of this length, with the mistake in each.
    pub(super) fn of_length(length: usize) -> Vec<(Self, Option<Step>)> {
        let hash = |algorithm| Self { algorithm, length };
        let whole = |algorithm, step: &'static _| (hash(algorithm), Some(Step::from(step)));
        let cut = |algorithm, name: &str| (hash(algorithm), Some(Step::with(&TRUNCATED, name)));
        match length {
            32 => vec![(hash(SHA_256), None), cut(SHA_512, "SHA-512")],
            16 => vec![whole(Algorithm::Md5, &MD5), cut(SHA_256, "SHA-256")],
            20 => vec![whole(SHA_1, &SHA1), cut(SHA_256, "SHA-256")],
            48 => vec![whole(SHA_384, &SHA384)],
            64 => vec![whole(SHA_512, &SHA512)],
            8..32 => vec![cut(SHA_256, "SHA-256")],
            _ => Vec::new(),
        }
    }
}

/// The digests of a text by the usual hash functions.
pub(super) fn digests(text: &[u8]) -> Vec<Vec<u8>> {
    let ring = [&digest::SHA256, &digest::SHA512, &digest::SHA1_FOR_LEGACY_USE_ONLY];
    let ring = ring.iter().map(|algorithm| digest::digest(algorithm, text).as_ref().to_vec());
    ring.chain([Md5::digest(text).to_vec()]).collect()
}

/// A MAC on its way through a message.
#[derive(Clone)]
pub(super) struct MacState {
    inner: Inner,
    length: usize,
}

#[derive(Clone)]
enum Inner {
    Hmac(ring_hmac::Context),
    Plain(digest::Context),
    HmacMd5(Box<Hmac<Md5>>),
    PlainMd5(Box<Md5>),
}

impl MacState {
    pub(super) fn new(hash: Hash, mode: Mode, key: &[u8]) -> Self {
        let inner = match (mode, hash.algorithm) {
            (Mode::Hmac, Algorithm::Ring(_, algorithm)) => {
                Inner::Hmac(ring_hmac::Context::with_key(&ring_hmac::Key::new(algorithm, key)))
            }
            (Mode::Hmac, Algorithm::Md5) => match Hmac::<Md5>::new_from_slice(key) {
                Ok(state) => Inner::HmacMd5(Box::new(state)),
                // HMAC takes keys of any length.
                Err(_) => Inner::PlainMd5(Box::default()),
            },
            (_, Algorithm::Ring(algorithm, _)) => Inner::Plain(digest::Context::new(algorithm)),
            (_, Algorithm::Md5) => Inner::PlainMd5(Box::default()),
        };
        let mut state = Self { inner, length: hash.length };
        if mode == Mode::KeyFirst {
            state.update(key);
        }
        state
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.inner {
            Inner::Hmac(state) => state.update(bytes),
            Inner::Plain(state) => state.update(bytes),
            Inner::HmacMd5(state) => state.update(bytes),
            Inner::PlainMd5(state) => state.update(bytes),
        }
    }

    /// The bytes that would be sent.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = match self.inner {
            Inner::Hmac(state) => state.sign().as_ref().to_vec(),
            Inner::Plain(state) => state.finish().as_ref().to_vec(),
            Inner::HmacMd5(state) => state.finalize().into_bytes().to_vec(),
            Inner::PlainMd5(state) => state.finalize().to_vec(),
        };
        bytes.truncate(self.length);
        bytes
    }

    /// Returns whether it ends as this digest. It need not take constant time: the caller has the key.
    pub(super) fn ends_as(self, digest: &[u8]) -> bool {
        let length = self.length;
        match self.inner {
            Inner::Hmac(state) => state.sign().as_ref().get(..length) == Some(digest),
            Inner::Plain(state) => state.finish().as_ref().get(..length) == Some(digest),
            inner => Self { inner, length }.finish() == digest,
        }
    }
}
