//! HAR 1.2, as browsers and proxies save it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{CaptureError, CapturedRequest, MOST_HEADERS};

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct PostData {
    text: Option<String>,
    /// No part of HAR for requests, but proxies write it for bytes that are no text.
    #[serde(alias = "_encoding")]
    encoding: Option<String>,
}

pub(super) fn parse(capture: &[u8], entry: Option<usize>) -> Result<CapturedRequest, CaptureError> {
    let har: Har =
        serde_json::from_slice(capture).map_err(|error| CaptureError::Har(error.to_string()))?;
    let entries = har.log.entries;
    let count = entries.len();
    let mut requests = entries.into_iter().map(|entry| entry.request);
    let request = match entry {
        Some(number) => number
            .checked_sub(1)
            .and_then(|index| requests.nth(index))
            .ok_or(CaptureError::NoSuchEntry(number, count))?,
        None if count == 1 => requests.next().ok_or(CaptureError::NoSignedEntry(count))?,
        None => pick(requests).ok_or(CaptureError::NoSignedEntry(count))?,
    };
    captured(request)
}

/// The first POST with both headers, or else with one of them.
fn pick(requests: impl Iterator<Item = Request>) -> Option<Request> {
    let posts = requests.filter(|request| request.method.eq_ignore_ascii_case("POST"));
    let mut signed: Vec<_> = posts.filter(|request| signed_headers(request) > 0).collect();
    let both = signed.iter().position(|request| signed_headers(request) == 2).unwrap_or(0);
    (both < signed.len()).then(|| signed.swap_remove(both))
}

fn signed_headers(request: &Request) -> usize {
    let has = |name: &str| request.headers.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    usize::from(has("x-tc-timestamp")) + usize::from(has("authorization"))
}

fn captured(request: Request) -> Result<CapturedRequest, CaptureError> {
    if request.headers.len() > MOST_HEADERS {
        return Err(CaptureError::TooManyHeaders);
    }
    let Url { scheme, host, target } = split_url(&request.url);
    // The pseudo-headers of HTTP/2 begin with a colon and repeat what the URL says. The host is among
    // them there.
    let (pseudo, mut headers): (Vec<_>, Vec<_>) =
        request.headers.into_iter().partition(|header| header.name.starts_with(':'));
    let authority = pseudo.into_iter().find(|header| header.name == ":authority");
    let host = authority.map(|header| header.value).or(host);
    if !headers.iter().any(|header| header.name.eq_ignore_ascii_case("host")) {
        headers.extend(host.map(|value| Header { name: "host".to_owned(), value }));
    }
    let headers = headers.into_iter().map(|header| (header.name, header.value.into_bytes()));
    Ok(CapturedRequest {
        method: Some(request.method),
        target: Some(target),
        scheme,
        headers: headers.collect(),
        body: request.post_data.map(body).transpose()?.flatten(),
        surplus: Vec::new(),
    })
}

/// The parts of `https://host/path?query#fragment`.
struct Url {
    scheme: Option<String>,
    host: Option<String>,
    /// What stands on the request line. The path is not decoded, for it is signed as it is.
    target: String,
}

fn split_url(url: &str) -> Url {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return Url { scheme: None, host: None, target: url.to_owned() };
    };
    let (host, target) = match rest.find(['/', '?']) {
        Some(start) => rest.split_at(start),
        None => (rest, "/"),
    };
    let slash = if target.starts_with('?') { "/" } else { "" };
    Url {
        scheme: Some(scheme.to_ascii_lowercase()),
        host: host.rsplit('@').next().filter(|host| !host.is_empty()).map(str::to_owned),
        target: format!("{slash}{target}"),
    }
}

fn body(post_data: PostData) -> Result<Option<Vec<u8>>, CaptureError> {
    let is_base64 = post_data.encoding.is_some_and(|name| name.eq_ignore_ascii_case("base64"));
    match post_data.text {
        Some(text) if is_base64 => {
            let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(text).map(Some).map_err(|_| CaptureError::HarBase64)
        }
        text => Ok(text.map(String::into_bytes)),
    }
}
