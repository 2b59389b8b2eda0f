//! The body of a lookup, as Online Contact builds it: one JSON object of strings, in the order of the
//! lookup items, without the empty ones.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::complaint::{Complaint, Place};
use super::settings::LookupItem;
use crate::lang::Words;

pub(super) fn write(
    items: &[LookupItem],
    values: &HashMap<String, String>,
) -> Result<Vec<u8>, Complaint> {
    let mut places = Vec::new();
    let mut members = Map::new();
    for item in items {
        let value = values.get(&item.variable).map_or("", String::as_str);
        if let Some(text) = fault(item, value) {
            places.push(Place::new(format!("values.{}", item.variable), text));
        }
        if !value.is_empty() {
            members.insert(item.variable.clone(), value.into());
        }
    }
    if !places.is_empty() {
        return Err(Complaint::invalid(places));
    }
    Ok(Value::Object(members).to_string().into_bytes())
}

fn fault(item: &LookupItem, value: &str) -> Option<Words> {
    if item.required && value.is_empty() {
        return Some(Words::new("This is required.", "필수 항목입니다."));
    }
    // A browser counts `maxlength` in UTF-16 units.
    let length = value.encode_utf16().count();
    let longest = item.max_length?;
    (length > usize::try_from(longest).unwrap_or(usize::MAX)).then(|| {
        Words::new(
            format!("{length} characters: expected at most {longest}."),
            format!("{length}자입니다. {longest}자 이하로 적어 주십시오."),
        )
    })
}
