//! Escapes and numbers in foreign texts.

/// Returns the bytes as text, with U+FFFD for what is not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns a number that is written in digits alone: `parse` and `from_str_radix` accept a sign.
pub(crate) fn number(digits: &str, radix: u32) -> Option<u64> {
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    is_number.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}

/// Returns the place of the quote that ends a JSON string, from the byte after the first quote.
pub(crate) fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// Replaces each `\x22` by the byte that it stands for, as nginx and Apache escape in their logs.
/// `None` if there is no such escape.
pub(crate) fn of_hex_escapes(text: &[u8]) -> Option<Vec<u8>> {
    if !text.windows(2).any(|two| two == b"\\x") {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let byte = after
            .strip_prefix(b"x")
            .filter(|_| first == b'\\')
            .and_then(|digits| digits.split_at_checked(2))
            .and_then(|(digits, next)| Some((*hex::decode(digits).ok()?.first()?, next)));
        let (byte, next) = byte.unwrap_or((first, after));
        out.push(byte);
        rest = next;
    }
    Some(out)
}

/// Encodes a text in UTF-16, with a byte order mark or without.
pub(crate) fn utf_16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    units.flat_map(bytes).collect()
}
