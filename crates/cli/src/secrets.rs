//! What must never be shown: the keys. Servers have them too, and a careless one may print them.

use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::http::Answer;
use crate::key::KeyText;

/// A shorter text may stand anywhere by chance.
const TELLING: usize = 8;

/// What stands in a key's place.
const BLOT: &str = "[security key]";

/// The bytes that must not be seen. Wiped when dropped.
#[derive(Default)]
pub(crate) struct Secrets(Vec<Zeroizing<Vec<u8>>>);

impl Secrets {
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a KeyText>) -> Self {
        let keys = keys.into_iter().map(KeyText::key).filter(|key| key.len() >= TELLING);
        Self(keys.map(|key| Zeroizing::new(key.to_vec())).collect())
    }

    /// Whether a text has one of the keys in it.
    pub(crate) fn stand_in(&self, text: impl AsRef<[u8]>) -> bool {
        self.0.iter().any(|key| contains(text.as_ref(), key))
    }

    /// A text without the keys.
    pub(crate) fn blot_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.blot(text.as_bytes())).into_owned()
    }

    /// An answer without the keys, which knows whether there was one.
    pub(crate) fn blot_answer(&self, mut answer: Answer) -> Answer {
        for value in answer.headers.values_mut() {
            if self.stand_in(value.as_bytes()) {
                answer.leaks_key = true;
                *value = HeaderValue::from_static(BLOT);
            }
        }
        if self.stand_in(&answer.body) {
            answer.leaks_key = true;
            answer.body = Bytes::from(self.blot(&answer.body));
        }
        if let Some(body) = self.blot_escaped(&answer.body) {
            answer.leaks_key = true;
            answer.body = body;
        }
        answer
    }

    /// JSON can spell a text in many ways: the body without the keys, if one is seen only when it is
    /// read.
    fn blot_escaped(&self, body: &[u8]) -> Option<Bytes> {
        if self.0.is_empty() || !body.contains(&b'\\') {
            return None;
        }
        let mut json: Value = serde_json::from_slice(body).ok()?;
        self.blot_value(&mut json).then(|| json.to_string().into())
    }

    /// Whether there was anything to blot.
    fn blot_value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let found = self.stand_in(&*text);
                if found {
                    *text = self.blot_text(text);
                }
                found
            }
            Value::Array(items) => {
                items.iter_mut().fold(false, |found, item| self.blot_value(item) | found)
            }
            Value::Object(members) => {
                let named = members.keys().any(|name| self.stand_in(name));
                let old = std::mem::take(members);
                *members = old.into_iter().map(|(name, it)| (self.blot_text(&name), it)).collect();
                members.values_mut().fold(named, |found, item| self.blot_value(item) | found)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn blot(&self, text: &[u8]) -> Vec<u8> {
        self.0.iter().fold(text.to_vec(), |text, key| without(&text, key))
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn without(mut text: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        if let Some(rest) = text.strip_prefix(secret) {
            clean.extend_from_slice(BLOT.as_bytes());
            text = rest;
        } else {
            clean.push(first);
            text = rest;
        }
    }
    clean
}
