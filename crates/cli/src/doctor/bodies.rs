//! Other bodies, derived from the honest one.

use serde_json::{Map, Value};

use super::probe::NotApplicable;
use crate::lang::Words;

/// A value that no customer has.
const UNKNOWN_CUSTOMER: &str = "000000000000";

const NOT_AN_OBJECT: Words = Words::fixed(
    "the body of the honest request is not a JSON object",
    "정상 요청의 본문이 JSON 객체가 아닙니다",
);

const NO_TEXT: Words = Words::fixed(
    "the body of the honest request has no string item",
    "정상 요청의 본문에 문자열 항목이 없습니다",
);

/// The same JSON in other bytes: the members in reverse order, white space between them, and the first
/// letter of each string escaped.
pub(super) fn respelled(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let members: Vec<_> = object(body)?
        .iter()
        .rev()
        .map(|(name, value)| format!("  {} :\t{}", Value::from(name.as_str()), escaped(value)))
        .collect();
    Ok(format!("{{\n{}\n }}", members.join(" ,\n")).into_bytes())
}

fn escaped(value: &Value) -> String {
    match value.as_str().and_then(|text| Some((text.chars().next()?, text))) {
        Some((first, text)) if first.is_ascii_alphanumeric() => {
            let json = Value::from(text).to_string();
            let rest = json.get(2..).unwrap_or_default();
            format!("\"\\u{:04x}{rest}", u32::from(first))
        }
        _ => value.to_string(),
    }
}

/// The same JSON with the line ends of Windows.
pub(super) fn with_crlf(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let members: Vec<_> = object(body)?
        .iter()
        .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
        .collect();
    Ok(format!("{{\r\n{}\r\n}}\r\n", members.join(",\r\n")).into_bytes())
}

/// The last string is replaced by another one.
pub(super) fn with_last_text(body: &[u8], text: &str) -> Result<Vec<u8>, NotApplicable> {
    let mut object = object(body)?;
    let last = object.values_mut().filter(|value| value.is_string()).last().ok_or(NO_TEXT)?;
    *last = text.into();
    Ok(Value::Object(object).to_string().into_bytes())
}

/// A lookup that finds no customer.
pub(super) fn for_unknown_customer(body: &[u8]) -> Result<Vec<u8>, NotApplicable> {
    let mut object = object(body)?;
    if !object.values().any(Value::is_string) {
        return Err(NO_TEXT);
    }
    for value in object.values_mut().filter(|value| value.is_string()) {
        *value = UNKNOWN_CUSTOMER.into();
    }
    Ok(Value::Object(object).to_string().into_bytes())
}

/// Blanks before the body, so that it has this length.
pub(super) fn padded(body: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![b' '; length.saturating_sub(body.len())];
    padded.extend_from_slice(body);
    padded
}

fn object(body: &[u8]) -> Result<Map<String, Value>, NotApplicable> {
    serde_json::from_slice(body).map_err(|_| NOT_AN_OBJECT)
}
