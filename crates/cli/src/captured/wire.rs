//! Logs that print what is written to the socket, line by line in quotes.

use super::{Capture, Recognized, http1};
use crate::text::number;

/// Reads `>> "POST /path HTTP/1.1[\r][\n]"`.
pub(super) fn read_java(capture: &Capture<'_>) -> Recognized {
    let mut sent = Vec::new();
    for line in capture.text.lines() {
        let Some((_, quoted)) = line.split_once(">> \"") else { continue };
        let Some(inner) = quoted.trim_end().strip_suffix('"') else { continue };
        unescape_java(inner, &mut sent);
    }
    parse(&sent)
}

fn unescape_java(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.extend_from_slice(before.as_bytes());
        let code = after.split_once(']').and_then(|(code, next)| {
            let byte = match code {
                "\\r" => b'\r',
                "\\n" => b'\n',
                "\\t" => b'\t',
                code => byte(code.strip_prefix("0x")?)?,
            };
            Some((byte, next))
        });
        match code {
            Some((byte, next)) => {
                out.push(byte);
                rest = next;
            }
            None => {
                out.push(b'[');
                rest = after;
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

/// Reads `send: b'POST /path HTTP/1.1\r\n…'`.
pub(super) fn read_python(capture: &Capture<'_>) -> Recognized {
    let mut sent = Vec::new();
    for line in capture.text.lines() {
        let Some((_, literal)) = line.split_once("send: b") else { continue };
        let literal = literal.trim_end();
        let inner = literal.len().checked_sub(1).and_then(|end| literal.get(1..end));
        unescape_python(inner.unwrap_or_default(), &mut sent);
    }
    parse(&sent)
}

fn unescape_python(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let mut letters = after.chars();
        let letter = letters.next();
        rest = letters.as_str();
        match letter {
            Some('r') => out.push(b'\r'),
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('x') => {
                let byte = rest.get(..2).and_then(byte);
                out.extend(byte);
                rest = rest.get(2..).unwrap_or_default();
            }
            Some(other) => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.push(b'\\'),
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

fn byte(digits: &str) -> Option<u8> {
    number(digits, 16)?.try_into().ok()
}

fn parse(sent: &[u8]) -> Recognized {
    http1::looks_like_it(sent).then(|| http1::parse(sent))
}
