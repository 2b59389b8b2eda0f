//! Validates settings from the page.

use std::collections::HashSet;

use http::StatusCode;
use url::Url;

use super::complaint::{Complaint, Place};
use super::keys::Keys;
use super::settings::Settings;
use crate::lang::Words;
use crate::typed;

const MOST_ITEMS: usize = 100;
const LONGEST_TEXT: usize = 200;
const LONGEST_VALUE: u32 = 10_000;

/// Returns the URL, if all settings are valid. Reports every fault at once.
pub(super) fn check(settings: &Settings, keys: &Keys) -> Result<Url, Complaint> {
    without_key(settings.texts(), keys)?;
    let mut places = Vec::new();
    let lookup = settings.lookup.iter().map(|item| (&*item.name, &*item.variable));
    let result = settings.result.iter().map(|item| (&*item.name, &*item.variable));
    check_items("lookup", lookup, &mut places);
    check_lengths(settings, &mut places);
    check_items("result", result, &mut places);
    match typed::endpoint(&settings.url) {
        Ok(url) if places.is_empty() => Ok(url),
        Ok(_) => Err(Complaint::invalid(places)),
        Err(text) => {
            places.insert(0, Place::new("url", text));
            Err(Complaint::invalid(places))
        }
    }
}

/// Rejects texts that contain a key: they would be saved and shown.
pub(super) fn without_key<'a>(
    mut texts: impl Iterator<Item = &'a str>,
    keys: &Keys,
) -> Result<(), Complaint> {
    if !texts.any(|text| keys.stand_in(text)) {
        return Ok(());
    }
    let text = Words::new(
        "Another field than that of the key contains the security key. Remove it: it would be sent and saved.",
        "암호화 키가 다른 입력란에 들어 있습니다. 전송되거나 저장될 수 있으므로 지워 주십시오.",
    );
    Err(Complaint::new(StatusCode::UNPROCESSABLE_ENTITY, "key_in_the_open", text))
}

fn check_items<'a>(
    list: &str,
    items: impl Iterator<Item = (&'a str, &'a str)>,
    places: &mut Vec<Place>,
) {
    let mut seen = HashSet::new();
    for (index, (name, variable)) in items.enumerate() {
        let mut complain = |field: &str, text| {
            places.push(Place::new(format!("{list}.{index}.{field}"), text));
        };
        if index == MOST_ITEMS {
            return complain("name", too_many());
        }
        if let Some(text) = unusable(name) {
            complain("name", text);
        }
        if let Some(text) = unusable(variable) {
            complain("variable", text);
        } else if !seen.insert(variable) {
            complain(
                "variable",
                Words::new("This variable already exists.", "이미 있는 변수입니다."),
            );
        }
    }
}

fn unusable(text: &str) -> Option<Words> {
    if text.trim().is_empty() {
        return Some(Words::new("This cannot be empty.", "비워 둘 수 없습니다."));
    }
    (text.chars().count() > LONGEST_TEXT).then(|| {
        Words::new(
            format!("Expected at most {LONGEST_TEXT} characters."),
            format!("{LONGEST_TEXT}자 이하로 적어 주십시오."),
        )
    })
}

fn too_many() -> Words {
    Words::new(
        format!("Expected at most {MOST_ITEMS} items."),
        format!("항목은 {MOST_ITEMS}개 이하여야 합니다."),
    )
}

fn check_lengths(settings: &Settings, places: &mut Vec<Place>) {
    for (index, item) in settings.lookup.iter().enumerate() {
        if item.max_length.is_none_or(|length| (1..=LONGEST_VALUE).contains(&length)) {
            continue;
        }
        let text = Words::new(
            format!("Expected a number from 1 to {LONGEST_VALUE}, or nothing."),
            format!("1부터 {LONGEST_VALUE}까지의 수를 적거나 비워 두십시오."),
        );
        places.push(Place::new(format!("lookup.{index}.maxLength"), text));
    }
}
