//! Exchanges as HAR 1.2: a JSON format that browsers and proxies read too.
//!
//! The request is read by [`captured`](crate::captured), as from any other capture. The verdict is in the
//! additional member `_onlineContact`.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::record::Exchange;
use crate::captured::har::{Entry, Har, Header};
use crate::http::Answer;
use crate::lang::Words;
use crate::report::pretty_json;
use crate::secrets::Leaks;
use crate::text::lossy;

/// Returns a HAR file with one entry.
pub(crate) fn write(exchange: &Exchange) -> String {
    let elapsed = exchange.response.as_ref().map_or(0, Answer::elapsed_ms);
    let entry = json!({
        "startedDateTime": exchange.arrived.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        "time": elapsed,
        "request": request(exchange),
        "response": response(&exchange.response),
        "cache": {},
        "timings": { "send": 0, "wait": elapsed, "receive": 0 },
        "_onlineContact": {
            "verdict": exchange.verdict_name(),
            "reason": exchange.reason().map(online_contact::Reason::as_str),
            "wholeBody": exchange.has_whole_body(),
        },
    });
    let creator = json!({ "name": "online-contact", "version": env!("CARGO_PKG_VERSION") });
    pretty_json(&json!({ "log": { "version": "1.2", "creator": creator, "entries": [entry] } }))
        + "\n"
}

fn request(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let host = request.header("host").next().map_or("unknown.invalid".into(), lossy);
    let scheme = request.scheme.as_deref().unwrap_or("http");
    let mut json = json!({
        "method": exchange.method(),
        "url": format!("{scheme}://{host}{}", exchange.target()),
        "httpVersion": exchange.version,
        "cookies": [],
        "headers": headers(request.headers.iter().map(|(name, value)| (&**name, &**value))),
        "queryString": [],
        "headersSize": -1,
        "bodySize": exchange.body_length,
    });
    if let (Some(body), Some(members)) = (&request.body, json.as_object_mut()) {
        let media_type = request.header("content-type").next().unwrap_or_default();
        let mut data = content(body);
        data.insert("mimeType".to_owned(), lossy(media_type).into());
        members.insert("postData".to_owned(), data.into());
    }
    json
}

fn response(response: &Result<Answer, Words>) -> Value {
    let answer = match response {
        Ok(answer) => answer,
        // Browsers record a request without a response in this way.
        Err(failure) => {
            return json!({
                "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
                "content": { "size": 0, "mimeType": "" }, "redirectURL": "", "headersSize": -1,
                "bodySize": -1, "_error": failure.in_lang(crate::lang::Lang::En),
            });
        }
    };
    let media_type = answer.headers.get("content-type").map_or(&b""[..], HeaderValue::as_bytes);
    let mut content = content(&answer.body);
    content.insert("size".to_owned(), answer.body.len().into());
    content.insert("mimeType".to_owned(), lossy(media_type).into());
    json!({
        "status": answer.status.as_u16(),
        "statusText": answer.status.canonical_reason().unwrap_or_default(),
        "httpVersion": version_name(answer.version),
        "cookies": [],
        "headers": headers(answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": answer.body.len(),
    })
}

fn headers<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Value {
    headers.map(|(name, value)| json!({ "name": name, "value": lossy(value) })).collect()
}

/// A body: text, or base64 if it is not UTF-8.
fn content(body: &[u8]) -> Map<String, Value> {
    let mut content = Map::new();
    match std::str::from_utf8(body) {
        Ok(text) => content.insert("text".to_owned(), text.into()),
        Err(_) => {
            content.insert("encoding".to_owned(), "base64".into());
            content.insert("text".to_owned(), STANDARD.encode(body).into())
        }
    };
    content
}

/// Returns the version as a status line has it.
pub(crate) const fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    }
}

/// The parts of a HAR file other than the request.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) arrived: Option<Timestamp>,
    pub(crate) version: Option<String>,
    pub(crate) response: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponsePart {
    status: u16,
    http_version: Option<String>,
    #[serde(default)]
    headers: Vec<Header>,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
}

/// Reads the parts other than the request. `None` if this is not a HAR file with one entry.
pub(crate) fn rest(capture: &[u8]) -> Option<Rest> {
    let file: Har = serde_json::from_slice(capture).ok()?;
    let [entry] = <[Entry; 1]>::try_from(file.log.entries).ok()?;
    let milliseconds = entry.time.as_f64().filter(|time| (0.0..1e12).contains(time));
    let elapsed = Duration::from_secs_f64(milliseconds.unwrap_or_default() / 1000.0);
    let version = entry.request.http_version.as_str().filter(|version| !version.is_empty());
    let response = serde_json::from_value(entry.response).ok();
    Some(Rest {
        arrived: entry.started_date_time.as_str().and_then(|text| text.parse().ok()),
        version: version.map(str::to_owned),
        response: response.and_then(|response| answer(response, elapsed)),
    })
}

fn answer(response: ResponsePart, elapsed: Duration) -> Option<Answer> {
    let mut headers = HeaderMap::new();
    for Header { name, value } in response.headers {
        let name = name.parse::<HeaderName>().ok()?;
        headers.append(name, HeaderValue::try_from(value).ok()?);
    }
    let body = match response.content {
        Some(Content { text: Some(text), encoding: Some(encoding) }) if encoding == "base64" => {
            STANDARD.decode(text).ok()?
        }
        content => content.and_then(|content| content.text).unwrap_or_default().into_bytes(),
    };
    Some(Answer {
        status: StatusCode::from_u16(response.status).ok()?,
        version: match response.http_version.as_deref() {
            Some("HTTP/1.0") => Version::HTTP_10,
            Some("HTTP/2" | "HTTP/2.0" | "h2") => Version::HTTP_2,
            _ => Version::HTTP_11,
        },
        headers,
        body: Bytes::from(body),
        elapsed,
        arrived: SystemTime::now(),
        truncated: false,
        leaks: Leaks::default(),
    })
}
