//! Texts that must never be shown. A careless server may return them.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::key::KeyText;

/// A shorter text may occur anywhere by chance.
const SHORTEST: usize = 8;

/// The security keys, and signatures that a client must not learn. Wiped when dropped.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<Secret>);

#[derive(Clone)]
struct Secret {
    kind: Kind,
    text: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Key,
    Signature,
}

/// The kinds of secrets that a response contained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leaks {
    pub(crate) key: bool,
    pub(crate) signature: bool,
}

impl Kind {
    const fn placeholder(self) -> &'static str {
        match self {
            Self::Key => "[security key]",
            Self::Signature => "[signature]",
        }
    }
}

impl Leaks {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Key => self.key = true,
            Kind::Signature => self.signature = true,
        }
    }
}

impl Secrets {
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a KeyText>) -> Self {
        let mut secrets = Self::default();
        keys.into_iter().for_each(|key| secrets.add(Kind::Key, key.key()));
        secrets
    }

    /// Adds signatures, each in one spelling.
    pub(crate) fn and_signatures<'a>(mut self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        texts.into_iter().for_each(|text| self.add(Kind::Signature, text.as_bytes()));
        self
    }

    fn add(&mut self, kind: Kind, text: &[u8]) {
        if text.len() >= SHORTEST {
            self.0.push(Secret { kind, text: Zeroizing::new(text.to_vec()) });
        }
    }

    /// Returns whether a text contains a secret.
    pub(crate) fn is_in(&self, text: impl AsRef<[u8]>) -> bool {
        self.0.iter().any(|secret| contains(text.as_ref(), &secret.text))
    }

    /// Returns a text without the secrets.
    pub(crate) fn redact_text(&self, text: &str) -> String {
        let redacted = self.redacted(text.as_bytes(), &mut Leaks::default());
        redacted.map_or_else(|| text.to_owned(), |it| String::from_utf8_lossy(&it).into_owned())
    }

    /// Removes the secrets from a response, and returns which kinds it contained.
    pub(crate) fn redact(&self, headers: &mut HeaderMap, body: &mut Bytes) -> Leaks {
        let mut leaks = Leaks::default();
        for value in headers.values_mut() {
            if let Some(redacted) = self.redacted(value.as_bytes(), &mut leaks) {
                *value = HeaderValue::from_bytes(&redacted)
                    .unwrap_or_else(|_| HeaderValue::from_static("[redacted]"));
            }
        }
        if let Some(redacted) = self.redacted(body, &mut leaks) {
            *body = redacted.into();
        }
        if let Some(redacted) = self.redact_escaped(body, &mut leaks) {
            *body = redacted;
        }
        leaks
    }

    /// JSON has many spellings of a text: `\/` and `\u003d` hide a signature until they are read.
    fn redact_escaped(&self, body: &[u8], leaks: &mut Leaks) -> Option<Bytes> {
        if self.0.is_empty() || !body.contains(&b'\\') {
            return None;
        }
        let mut json: Value = serde_json::from_slice(body).ok()?;
        self.redact_value(&mut json, leaks).then(|| json.to_string().into())
    }

    /// Returns whether the value contained a secret.
    fn redact_value(&self, value: &mut Value, leaks: &mut Leaks) -> bool {
        match value {
            Value::String(text) => match self.redacted(text.as_bytes(), leaks) {
                Some(redacted) => {
                    *text = String::from_utf8_lossy(&redacted).into_owned();
                    true
                }
                None => false,
            },
            Value::Array(items) => {
                items.iter_mut().fold(false, |found, item| self.redact_value(item, leaks) | found)
            }
            Value::Object(members) => {
                let named = members.keys().any(|name| self.is_in(name));
                let old = std::mem::take(members);
                *members =
                    old.into_iter().map(|(name, it)| (self.redact_text(&name), it)).collect();
                members
                    .values_mut()
                    .fold(named, |found, item| self.redact_value(item, leaks) | found)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Returns the text without the secrets if it contains any.
    fn redacted(&self, text: &[u8], leaks: &mut Leaks) -> Option<Vec<u8>> {
        self.0.iter().fold(None, |redacted: Option<Vec<u8>>, secret| {
            let text = redacted.as_deref().unwrap_or(text);
            if !contains(text, &secret.text) {
                return redacted;
            }
            leaks.add(secret.kind);
            Some(without(text, secret))
        })
    }

    /// Returns bytes without the secrets.
    pub(crate) fn redact_bytes(&self, text: &[u8]) -> Vec<u8> {
        self.redacted(text, &mut Leaks::default()).unwrap_or_else(|| text.to_vec())
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn without(mut text: &[u8], secret: &Secret) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        if let Some(rest) = text.strip_prefix(&secret.text[..]) {
            clean.extend_from_slice(secret.kind.placeholder().as_bytes());
            text = rest;
        } else {
            clean.push(first);
            text = rest;
        }
    }
    clean
}
