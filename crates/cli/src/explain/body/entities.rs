//! Text with the characters of HTML escaped, as filters against cross-site scripting do it.

use super::text::replaced;
use crate::text::number;

type Pairs = &'static [(u8, &'static [u8])];

const LT_GT: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;")];
const LT_GT_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;")];
const WITH_QUOTES: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;")];
const QUOTES_NO_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'"', b"&quot;")];
const SPRING: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#39;")];
const NO_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'"', b"&quot;"), (b'\'', b"&#39;")];
const GO: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&#34;"), (b'\'', b"&#39;")];
const PYTHON: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#x27;")];
const PHP: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#039;")];
/// Without quotes around strings, which only some filters leave alone.
const INSIDE: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'\'', b"&#39;")];
/// The parentheses too, as a filter that many Korean sites copied does it.
const PARENTHESES: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'(', b"&#40;"), (b')', b"&#41;"), (b'\'', b"&#39;")];
const OWASP: Pairs = &[
    (b'<', b"&lt;"),
    (b'>', b"&gt;"),
    (b'&', b"&amp;"),
    (b'"', b"&quot;"),
    (b'\'', b"&#x27;"),
    (b'/', b"&#x2F;"),
];

/// The escapes of libraries, the likeliest first.
const LIBRARIES: [Pairs; 12] = [
    SPRING,
    WITH_QUOTES,
    QUOTES_NO_AMP,
    NO_AMP,
    LT_GT,
    LT_GT_AMP,
    GO,
    PYTHON,
    PHP,
    INSIDE,
    PARENTHESES,
    OWASP,
];

/// Every way to escape the body.
pub(super) fn escaped(body: &[u8]) -> Vec<Vec<u8>> {
    LIBRARIES.iter().filter_map(|pairs| replaced(body, pairs)).collect()
}

/// The entities of all of them as the characters again.
pub(super) fn unescaped(body: &[u8]) -> Option<Vec<u8>> {
    if !body.contains(&b'&') {
        return None;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&first, after)) = rest.split_first() {
        match entity(rest) {
            Some((letter, length)) => {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(length..)?;
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    Some(out)
}

/// The character that an entity at the start stands for, and its length.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    let inner = text.strip_prefix(b"&")?;
    let end = inner.iter().take(10).position(|&byte| byte == b';')?;
    let name = std::str::from_utf8(inner.get(..end)?).ok()?;
    let letter = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        other => {
            let digits = other.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16)?,
                None => number(digits, 10)?,
            };
            char::from_u32(u32::try_from(code).ok()?)?
        }
    };
    Some((letter, end + 2))
}
