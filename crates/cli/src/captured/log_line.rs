//! Logs in which the headers stand as names and values in a line or in a dump: Spring, nginx, Express,
//! Django. The values are found by their names, or by their shape where a log has other names.

use serde::de::IgnoredAny;
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::text::request_url;
use super::{Capture, CaptureError, CapturedRequest, KNOWN_HEADERS, Recognized};
use crate::text::{end_of_string, of_hex_escapes};

pub(super) fn read(capture: &Capture<'_>) -> Recognized {
    let text = &*capture.text;
    let mut request = CapturedRequest::default();
    for name in KNOWN_HEADERS {
        if let Some(value) = value_of(text, name) {
            request.add_header(name, value);
        }
    }
    add_by_shape(&mut request, text);
    request.header("x-tc-timestamp").next()?;
    if let Some(line) = text.lines().find_map(request_url) {
        request.method = Some(line.method.to_owned());
        request.set_url(line.target);
    }
    if let Some(body) = body(&mut request, text) {
        request.set_body(&body);
    }
    request.source.remark(
        "The parts were found by their names in a log, which may have changed the body.",
        "로그에서 이름으로 찾은 값들입니다. 로그가 본문을 바꾸었을 수 있습니다.",
    );
    Some(Ok(request))
}

/// The value after a name, in any case and with `-` or `_` between its words.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let names = [name.to_owned(), name.replace('-', "_"), name.replace('-', "")];
    names.iter().find_map(|name| {
        let mut places = lower.match_indices(&**name).map(|(at, _)| at + name.len());
        places.find_map(|end| value_after(text.get(end..)?))
    })
}

/// `: "value"`, `='value'`, `:[value]`, `=> value`.
fn value_after(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['"', '\'', ']', '`']).trim_start();
    let rest = rest.strip_prefix("=>").or_else(|| rest.strip_prefix([':', '=']))?.trim_start();
    let rest = rest.strip_prefix('[').unwrap_or(rest);
    let rest = rest.strip_prefix("b'").map_or(rest, |_| rest.get(1..).unwrap_or_default());
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
        _ => before_next_name(rest.split([',', ']', '}', '\r', '\n', ';']).next()?.trim_end()),
    };
    (!value.is_empty()).then_some(value)
}

/// A value without quotes ends in front of the next `name=`.
fn before_next_name(value: &str) -> &str {
    // The padding of base64 ends a word; the sign of a name does not.
    let is_pair = |word: &str| word.trim_end_matches('=').contains('=');
    match value.split_once(' ') {
        Some((first, next)) if next.split(' ').next().is_some_and(is_pair) => first,
        _ => value,
    }
}

/// A time in milliseconds and a MAC where a log gives them other names.
fn add_by_shape(request: &mut CapturedRequest, text: &str) {
    let words = || text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c)));
    let is_time = |word: &str| {
        word.len() == 13
            && word.starts_with(['1', '2'])
            && word.bytes().all(|it| it.is_ascii_digit())
    };
    let is_mac = |word: &str| {
        let is_hex =
            matches!(word.len(), 40 | 64 | 128) && word.bytes().all(|it| it.is_ascii_hexdigit());
        is_hex
            || (word.len() == 44
                && word.ends_with('=')
                && !word.trim_end_matches('=').contains('='))
    };
    // `auth=` belongs to the name and not to the value.
    let bare = |word: &'_ str| -> Option<String> {
        let value = word.trim_start_matches(['=', '-']);
        let value = match value.split_once('=') {
            Some((_, after)) if !after.trim_matches('=').is_empty() => after,
            _ => value,
        };
        Some(value.to_owned())
    };
    if request.header("x-tc-timestamp").next().is_none()
        && let Some(time) = words().filter_map(bare).find(|word| is_time(word))
    {
        request.add_header("x-tc-timestamp", &time);
    }
    if request.header("authorization").next().is_none()
        && let Some(mac) = words().filter_map(bare).find(|word| is_mac(word))
    {
        request.add_header("authorization", &mac);
    }
    // A time alone is in every log.
    if request.header("authorization").next().is_none()
        && !text.to_ascii_lowercase().contains("timestamp")
    {
        request.headers.retain(|(name, _)| name != "x-tc-timestamp");
    }
}

/// This many places may begin a JSON text.
const MOST_TRIED: usize = 256;

/// The body: after its label, or else the last JSON in the text that has no headers in it.
fn body(request: &mut CapturedRequest, text: &str) -> Option<Vec<u8>> {
    // Spring's filter writes it up to the bracket that closes the line.
    if let Some((_, payload)) = text.split_once("payload=") {
        let line = payload.trim_end();
        return Some(line.strip_suffix(']').unwrap_or(line).as_bytes().to_vec());
    }
    for label in ["request_body=", "requestBody=", "body=", "body: ", "Body: "] {
        let Some((_, rest)) = text.split_once(label) else { continue };
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = end_of_string(quoted.as_bytes()).unwrap_or(quoted.len());
            let inner = quoted.get(..end)?;
            if inner.contains('\\') {
                request.source.remark(
                    "The body was escaped by the log and is unescaped here.",
                    "로그가 이스케이프한 본문을 되돌렸습니다.",
                );
            }
            return Some(unescaped(inner));
        }
        if let Some(json) = json_at(rest) {
            return Some(json.into());
        }
    }
    if let Some(body) = escaped_string(text) {
        request.source.remark(
            "The body was escaped by the log and is unescaped here.",
            "로그가 이스케이프한 본문을 되돌렸습니다.",
        );
        return Some(body);
    }
    let starts: Vec<usize> =
        text.match_indices(['{', '[']).map(|(at, _)| at).take(MOST_TRIED).collect();
    let mut last = None;
    let mut covered = 0;
    for start in starts {
        if start < covered {
            continue;
        }
        if let Some(json) = text.get(start..).and_then(json_at) {
            covered = start + json.len();
            let lower = json.to_ascii_lowercase();
            if json.len() > 2 && !lower.contains("x-tc-timestamp") && !lower.contains("\"error\"") {
                last = Some(json.as_bytes().to_vec());
            }
        }
    }
    last
}

/// A string between quotes that is JSON once its `\x22` are undone.
fn escaped_string(text: &str) -> Option<Vec<u8>> {
    let strings = text.split('"').filter(|string| string.contains("\\x22"));
    strings.map(unescaped).find(|bytes| serde_json::from_slice::<IgnoredAny>(bytes).is_ok())
}

/// The JSON object or array at the start of a text, as it is spelled.
fn json_at(text: &str) -> Option<&str> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut values = Deserializer::from_str(text).into_iter::<&RawValue>();
    Some(values.next()?.ok()?.get())
}

/// A text without the escapes of a log: `\x22` and those of JSON.
pub(super) fn unescaped(text: &str) -> Vec<u8> {
    if let Some(bytes) = of_hex_escapes(text.as_bytes()) {
        return bytes;
    }
    let quoted = format!("\"{text}\"");
    serde_json::from_str::<String>(&quoted).map_or_else(|_| text.into(), String::into_bytes)
}

/// An access log without the headers: there is nothing to verify.
pub(super) fn read_access_log(capture: &Capture<'_>) -> Recognized {
    let is_access_log = |line: &str| {
        let quoted = line.split('"').nth(1).unwrap_or_default();
        request_url(quoted).is_some() && quoted.contains(" HTTP/")
    };
    capture.text.lines().any(is_access_log).then_some(Err(CaptureError::AccessLog))
}
