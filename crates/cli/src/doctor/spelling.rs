//! Other ways to write a signature.

use online_contact::Signature;

/// The alphabet of standard base64.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Where the last letter before the padding stands.
const LAST: usize = 42;

/// The same length, and another last byte of the MAC.
pub(super) fn last_byte_changed(value: &[u8]) -> Vec<u8> {
    // The last letter has four bits of the last byte and two that are always 0.
    with_last_letter(value, |bits| bits ^ 0b00_0100)
}

/// The two bits that no byte of the MAC is in.
pub(super) fn last_bits_set(value: &[u8]) -> Vec<u8> {
    with_last_letter(value, |bits| bits | 0b00_0001)
}

fn with_last_letter(value: &[u8], change: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut value = value.to_vec();
    if let Some(letter) = value.get_mut(LAST) {
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
