//! Numbers as JavaScript writes them.

use serde::de::IgnoredAny;

/// JSON whose numbers went through JavaScript: `1.0` is `1` then, `2.50` is `2.5`, and what is too long
/// for a floating point number has lost its last digits. All else stays as it is.
pub(super) fn normalised(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, ..] = rest {
        let (length, number) = match first {
            b'"' => (string(rest), false),
            b'-' | b'0'..=b'9' => (number(rest), true),
            _ => (1, false),
        };
        let (token, after) = rest.split_at_checked(length)?;
        match written(token).filter(|_| number) {
            Some(text) => out.extend_from_slice(text.as_bytes()),
            None => out.extend_from_slice(token),
        }
        rest = after;
    }
    Some(out)
}

/// The length of a string that begins here, with its quotes.
fn string(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

fn number(text: &[u8]) -> usize {
    let is_in = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    text.iter().position(|byte| !is_in(byte)).unwrap_or(text.len())
}

fn written(token: &[u8]) -> Option<String> {
    let number: f64 = std::str::from_utf8(token).ok()?.parse().ok()?;
    let size = number.abs();
    Some(match size {
        // JSON has no infinity, and no sign before a zero survives.
        _ if !number.is_finite() => "null".to_owned(),
        0.0 => "0".to_owned(),
        1e-6..1e21 => number.to_string(),
        1e21.. => format!("{number:e}").replace('e', "e+"),
        _ => format!("{number:e}"),
    })
}
