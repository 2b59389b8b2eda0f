//! Other spellings of a signature and of a path.

use online_contact::Signature;
use url::Url;

/// The alphabet of standard base64.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The index of the last letter before the padding.
const LAST: usize = 42;

pub(super) fn first_byte_changed(value: &[u8]) -> Vec<u8> {
    with_letter(value, 0, |bits| bits ^ 0b00_0100)
}

/// Changes the last byte of the MAC.
pub(super) fn last_byte_changed(value: &[u8]) -> Vec<u8> {
    // The last letter has four bits of the last byte and two that are always 0.
    with_letter(value, LAST, |bits| bits ^ 0b00_0100)
}

/// Sets a bit that belongs to no byte of the MAC.
pub(super) fn last_bits_set(value: &[u8]) -> Vec<u8> {
    with_letter(value, LAST, |bits| bits | 0b00_0001)
}

fn with_letter(value: &[u8], index: usize, change: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut value = value.to_vec();
    if let Some(letter) = value.get_mut(index) {
        let bits = ALPHABET.iter().position(|other| other == letter).unwrap_or_default();
        *letter = ALPHABET.get(change(bits)).copied().unwrap_or(b'A');
    }
    value
}

pub(super) fn case_swapped(value: &[u8]) -> Vec<u8> {
    let swap = |byte: &u8| match byte {
        b'a'..=b'z' => byte.to_ascii_uppercase(),
        other => other.to_ascii_lowercase(),
    };
    value.iter().map(swap).collect()
}

pub(super) fn url_safe(value: &[u8]) -> Vec<u8> {
    let replace = |byte: &u8| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => *other,
    };
    value.iter().map(replace).collect()
}

pub(super) fn hexadecimal(value: &[u8]) -> Vec<u8> {
    let signature = Signature::parse(value);
    let bytes = signature.as_ref().map_or(&[][..], |signature| &signature.as_bytes()[..]);
    hex::encode(bytes).into_bytes()
}

/// Other spellings of a URL's path that some servers treat as the same path.
pub(super) fn paths(url: &Url) -> Vec<Url> {
    let path = url.path();
    let last = path.chars().next_back().unwrap_or('/');
    let stem = path.strip_suffix(last).unwrap_or_default();
    let spellings = [
        format!("{}/", path.trim_end_matches('/')),
        path.trim_end_matches('/').to_owned(),
        path.to_ascii_uppercase(),
        capitalized(path),
        format!("/{path}"),
        format!("{path};a=b"),
        format!("{stem}%{:02x}", u32::from(last)),
        format!("{path}.json"),
        format!("{path}%20"),
    ];
    let mut urls: Vec<Url> = Vec::new();
    for spelling in spellings {
        let mut other = url.clone();
        other.set_path(&spelling);
        if other != *url && !urls.contains(&other) {
            urls.push(other);
        }
    }
    urls
}

fn capitalized(path: &str) -> String {
    let mut previous = '/';
    path.chars()
        .map(|letter| {
            let starts = std::mem::replace(&mut previous, letter) == '/';
            if starts { letter.to_ascii_uppercase() } else { letter }
        })
        .collect()
}
