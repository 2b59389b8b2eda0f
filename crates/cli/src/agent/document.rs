//! Parses a response body as a JSON object.

use std::collections::HashSet;
use std::fmt;

use online_contact::Status;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::breach::Breaches;
use super::head;
use crate::http::{ANSWER_LIMIT, Answer};
use crate::input::BYTE_ORDER_MARK;

/// The maximum length of an error object, as in the core's `EnvelopePolicy`.
const FAILURE_LIMIT: usize = 64 * 1024;

/// Returns the object. `None` if the body is not one, which is reported.
pub(super) fn read(answer: &Answer, breaches: &mut Breaches) -> Option<Map<String, Value>> {
    if head::is_encoded(&answer.headers) {
        return None;
    }
    check_length(answer, breaches)?;
    let body = answer.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&answer.body);
    if body.len() < answer.body.len() {
        breaches.error(
            "byte_order_mark",
            "the body begins with a byte order mark, which JSON does not allow",
            "본문이 BOM으로 시작합니다. JSON에는 BOM을 넣을 수 없습니다",
        );
    }
    let text = as_utf8(body, breaches)?;
    let value = as_json(text, breaches)?;
    let Value::Object(object) = value else {
        breaches.error(
            "not_an_object",
            format!("the body is {}: expected a JSON object", kind(&value)),
            format!("본문이 JSON 객체가 아니라 {}입니다", kind_ko(&value)),
        );
        return None;
    };
    if let Some(key) = duplicate_key(text) {
        breaches.error(
            "duplicate_key",
            format!("the key {key:?} occurs twice in one object: readers take either value"),
            format!("한 객체에 키 {key:?}이(가) 두 번 있습니다. 어느 값이 읽힐지 알 수 없습니다"),
        );
    }
    Some(object)
}

fn check_length(answer: &Answer, breaches: &mut Breaches) -> Option<()> {
    let length = answer.body.len();
    if answer.truncated {
        breaches.error(
            "too_long",
            format!("the body is longer than {ANSWER_LIMIT} bytes; no more of it was read"),
            format!("본문이 {ANSWER_LIMIT}바이트보다 깁니다. 그 뒤는 읽지 않았습니다"),
        );
        return None;
    }
    if length > FAILURE_LIMIT && answer.status.as_u16() != Status::Success.as_u16() {
        breaches.error(
            "too_long",
            format!(
                "the body of a failure has {length} bytes: expected an error object of at most {FAILURE_LIMIT} bytes"
            ),
            format!("실패 응답의 본문이 {length}바이트입니다. error 객체만 보내야 합니다"),
        );
    }
    if answer.body.trim_ascii().is_empty() {
        breaches.error(
            "body_empty",
            "the body is empty: expected a JSON object with data or error",
            "본문이 비어 있습니다. data 또는 error가 있는 JSON 객체여야 합니다",
        );
        return None;
    }
    Some(())
}

fn as_utf8<'a>(body: &'a [u8], breaches: &mut Breaches) -> Option<&'a str> {
    let error = match std::str::from_utf8(body) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let at = error.valid_up_to() + 1;
    breaches.error(
        "not_utf8",
        format!("the body is not UTF-8: byte {at} is invalid; is it EUC-KR?"),
        format!(
            "본문이 UTF-8이 아닙니다({at}번째 바이트). EUC-KR로 보내고 있지 않은지 확인해 주십시오"
        ),
    );
    None
}

fn as_json(text: &str, breaches: &mut Breaches) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            breaches.error(
                "not_json",
                format!("the body is not JSON: {error}"),
                format!("본문이 JSON이 아닙니다: {error}"),
            );
            None
        }
    }
}

/// Returns the type of a value, with its article.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

pub(super) const fn kind_ko(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "참/거짓 값",
        Value::Number(_) => "숫자",
        Value::String(_) => "문자열",
        Value::Array(_) => "배열",
        Value::Object(_) => "객체",
    }
}

/// Returns the first key that occurs twice in one object, at any depth.
fn duplicate_key(json: &str) -> Option<String> {
    serde_json::from_str::<Keys>(json).ok()?.0
}

/// A JSON document reduced to the first key that occurs twice in one object.
struct Keys(Option<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let (mut seen, mut duplicate) = (HashSet::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                duplicate.get_or_insert(key);
            }
            let Keys(within) = map.next_value()?;
            duplicate = duplicate.or(within);
        }
        Ok(Keys(duplicate))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Keys, A::Error> {
        let mut duplicate = None;
        while let Some(Keys(within)) = seq.next_element()? {
            duplicate = duplicate.or(within);
        }
        Ok(Keys(duplicate))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys(None))
    }
}
