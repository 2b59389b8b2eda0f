//! Logs with a request in them: JSON, as lines of a log, events of API Gateway and Lambda, or exports of
//! tools; and lines in which the headers stand as names and values, as Spring, nginx, Express and Django
//! write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Map, Value};

use super::error::CaptureError;
use super::request::{Capture, CapturedRequest, KNOWN_HEADERS, Recognized, SIGNED_HEADERS};
use super::text::request_url;
use crate::text::{end_of_string, of_hex_escapes};

/// Values nested deeper than this are not looked at.
const DEEPEST: usize = 12;

type Object = Map<String, Value>;

/// Reads JSON values one after the other; the first that has a signed request decides.
pub(super) fn read_json(capture: &Capture<'_>) -> Recognized {
    let start = capture.text.trim_start();
    if !start.starts_with(['{', '[']) {
        return None;
    }
    let values: Vec<Value> =
        Deserializer::from_str(start).into_iter::<Value>().map_while(Result::ok).collect();
    if let Some(text) = lines_of_container(&values) {
        return Some(CapturedRequest::parse(text.as_bytes(), None));
    }
    let mut requests = values.iter().flat_map(|value| requests(value, DEEPEST));
    if let Some(request) = requests.find(CapturedRequest::is_signed) {
        return Some(Ok(request));
    }
    // A log may have a raw request in one of its messages.
    let texts = values.iter().flat_map(|value| texts(value, DEEPEST));
    let mut inner = texts.filter(|text| mentions_headers(text)).map(str::as_bytes);
    inner.find_map(|text| CapturedRequest::parse(text, None).ok()).map(Ok)
}

/// Docker's JSON file: each line is the `log` of an object.
fn lines_of_container(values: &[Value]) -> Option<String> {
    let line = |value: &Value| Some(value.get("log")?.as_str()?.to_owned());
    let is_one = |value: &Value| value.get("stream").is_some();
    let all = !values.is_empty() && values.iter().all(is_one);
    all.then(|| values.iter().filter_map(line).collect())
}

/// Reads `POST https://…: {…}` of Postman's console.
pub(super) fn read_postman(capture: &Capture<'_>) -> Recognized {
    let line = capture.text.lines().find(|line| line.trim_end().ends_with(": {"))?;
    let found = request_url(line)?;
    let start = capture.text.find(": {")? + 2;
    let value =
        Deserializer::from_str(capture.text.get(start..)?).into_iter::<Value>().next()?.ok()?;
    let mut request = request_of(&value)?;
    request.method = Some(found.method.to_owned());
    request.set_url(found.target.trim_end_matches(':'));
    Some(Ok(request))
}

/// The request in a value, whether it is signed or not.
pub(super) fn request_of(value: &Value) -> Option<CapturedRequest> {
    requests(value, DEEPEST).into_iter().next()
}

/// Every request in a value, the outermost first.
fn requests(value: &Value, depth: usize) -> Vec<CapturedRequest> {
    if depth == 0 {
        return Vec::new();
    }
    match value {
        Value::Object(object) => {
            let inner = object.values().flat_map(|value| requests(value, depth - 1));
            request(object).into_iter().chain(inner).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| requests(item, depth - 1)).collect(),
        _ => Vec::new(),
    }
}

/// The texts in a value.
fn texts(value: &Value, depth: usize) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        _ if depth == 0 => Vec::new(),
        Value::Object(object) => object.values().flat_map(|it| texts(it, depth - 1)).collect(),
        Value::Array(items) => items.iter().flat_map(|it| texts(it, depth - 1)).collect(),
        _ => Vec::new(),
    }
}

fn mentions_headers(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SIGNED_HEADERS.iter().any(|name| text.contains(name))
}

/// The first member with one of these names, in any case and with any signs between the words.
fn member<'a>(object: &'a Object, names: &[&str]) -> Option<&'a Value> {
    let plain = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    names.iter().find_map(|wanted| {
        object
            .iter()
            .find(|(name, value)| plain(name) == *wanted && !value.is_null())
            .map(|(_, it)| it)
    })
}

fn request(object: &Object) -> Option<CapturedRequest> {
    let mut request = CapturedRequest::default();
    match member(
        object,
        &["multivalueheaders", "headers", "requestheaders", "header", "httpheaders"],
    ) {
        Some(headers) => add_headers(&mut request, headers),
        None => add_named_headers(&mut request, object),
    }
    if request.headers.is_empty() {
        return None;
    }
    add_line(&mut request, object);
    add_body(&mut request, object);
    Some(request)
}

/// An object of names, or an array of names and values.
fn add_headers(request: &mut CapturedRequest, headers: &Value) {
    match headers {
        Value::Object(headers) => {
            for (name, value) in headers.iter().filter(|(name, _)| !name.starts_with(':')) {
                let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                for value in values {
                    add_header(request, name, value);
                }
            }
        }
        Value::Array(headers) => {
            for header in headers {
                if let Value::Array(pair) = header {
                    if let [Value::String(name), value] = pair.as_slice() {
                        add_header(request, name, value);
                    }
                    continue;
                }
                let Value::Object(header) = header else { continue };
                let name = member(header, &["name", "key"]).and_then(Value::as_str);
                if let (Some(name), Some(value)) = (name, member(header, &["value", "values"])) {
                    add_header(request, name, value);
                }
            }
        }
        Value::String(text) => {
            let lines = text.lines().filter_map(crate::captured::text::header);
            lines.for_each(|(name, value)| request.add_header(name, value));
        }
        _ => {}
    }
}

fn add_header(request: &mut CapturedRequest, name: &str, value: &Value) {
    match value {
        Value::String(text) => request.add_header(name, text),
        Value::Number(_) | Value::Bool(_) => request.add_header(name, &value.to_string()),
        _ => {}
    }
}

/// nginx and others log single headers: `http_x_tc_timestamp`, `req.header.authorization`.
fn add_named_headers(request: &mut CapturedRequest, object: &Object) {
    for (name, value) in object {
        let lower = name.to_ascii_lowercase().replace(['_', '.'], "-");
        for known in KNOWN_HEADERS {
            let rest = lower.strip_suffix(known);
            if rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
                && !lower.contains("resp")
            {
                add_header(request, known, value);
            }
        }
    }
    if !request.is_signed() {
        request.headers.clear();
    }
}

fn add_line(request: &mut CapturedRequest, object: &Object) {
    let text = |object: &Object, names: &[&str]| {
        member(object, names).and_then(Value::as_str).map(str::to_owned)
    };
    // API Gateway keeps them further inside.
    let context =
        object.get("requestContext").and_then(|it| it.get("http")).and_then(Value::as_object);
    request.method = text(object, &["method", "httpmethod", "requestmethod", "verb"])
        .or_else(|| context.and_then(|http| text(http, &["method"])));
    let url = text(
        object,
        &[
            "url",
            "requesturl",
            "fullurl",
            "uri",
            "requesturi",
            "rawpath",
            "originalurl",
            "path",
            "target",
            "request",
        ],
    )
    .or_else(|| context.and_then(|http| text(http, &["path"])));
    if let Some(url) = url {
        match request_url(&url) {
            Some(line) => {
                request.method.get_or_insert_with(|| line.method.to_owned());
                request.set_url(line.target);
            }
            None if url.starts_with('/') || url.contains("://") => request.set_url(&url),
            None => {}
        }
    }
    let query = text(object, &["rawquerystring"]).filter(|query| !query.is_empty());
    if let (Some(query), Some(target)) = (query, &mut request.target)
        && !target.contains('?')
    {
        *target = format!("{target}?{query}");
    }
}

fn add_body(request: &mut CapturedRequest, object: &Object) {
    let names = [
        "body",
        "requestbody",
        "rawbody",
        "bodytext",
        "postdata",
        "payload",
        "requestpayload",
        "content",
        "text",
        "data",
    ];
    let Some(body) = member(object, &names) else { return };
    let is_base64 = member(object, &["isbase64encoded", "base64encoded"]).and_then(Value::as_bool);
    match body {
        Value::String(text) if is_base64 == Some(true) => {
            request.source.remark(
                "The body was decoded from base64 (isBase64Encoded).",
                "본문을 base64에서 디코딩했습니다(isBase64Encoded).",
            );
            request.body = STANDARD.decode(text.trim()).ok();
        }
        Value::String(text) if text.contains("\\x22") => {
            request.source.remark(
                "The body was escaped by the log (\\x22) and is unescaped here.",
                "로그가 이스케이프한 본문(\\x22)을 되돌렸습니다.",
            );
            request.body = Some(unescaped(text));
        }
        Value::String(text) => request.body = Some(text.clone().into_bytes()),
        Value::Object(inner) if member(inner, &["text", "raw"]).is_some() => {
            request.body = member(inner, &["text", "raw"]).and_then(Value::as_str).map(Into::into);
        }
        parsed => {
            request.source.parsed_body = true;
            request.source.remark(
                "The capture has a parsed body, not its bytes: blanks, escapes and numbers may differ from \
                 what was sent.",
                "캡처에 본문의 바이트가 아니라 파싱한 값이 있습니다. 공백, 이스케이프, 숫자 표기가 전송된 것과 \
                 다를 수 있습니다.",
            );
            request.body = Some(parsed.to_string().into_bytes());
        }
    }
}

/// Finds the values by their names, or by their shape where a log has other names.
pub(super) fn read_log_line(capture: &Capture<'_>) -> Recognized {
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
    if let Some(body_in) = body_in(&mut request, text) {
        request.set_body(&body_in);
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
fn body_in(request: &mut CapturedRequest, text: &str) -> Option<Vec<u8>> {
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
    if let Some(body_in) = escaped_string(text) {
        request.source.remark(
            "The body was escaped by the log and is unescaped here.",
            "로그가 이스케이프한 본문을 되돌렸습니다.",
        );
        return Some(body_in);
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
fn unescaped(text: &str) -> Vec<u8> {
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
