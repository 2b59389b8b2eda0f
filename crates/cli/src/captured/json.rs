//! JSON with a request in it: lines of a log, events of API Gateway and Lambda, exports of tools.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Deserializer, Map, Value};

use super::{Capture, CapturedRequest, KNOWN_HEADERS, Recognized, SIGNED_HEADERS};

/// Values nested deeper than this are not looked at.
const DEEPEST: usize = 12;

type Object = Map<String, Value>;

/// Reads JSON values one after the other; the first that has a signed request decides.
pub(super) fn read(capture: &Capture<'_>) -> Recognized {
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
    let found = super::text::request_url(line)?;
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
            let lines = text.lines().filter_map(super::text::header);
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
        match super::text::request_url(&url) {
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
            request.body = Some(super::log_line::unescaped(text));
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
