//! HAR 1.2, as browsers and proxies save it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::error::{CaptureError, MOST_HEADERS};
use super::request::{Capture, CapturedRequest, Recognized, SIGNED_HEADERS};

#[derive(Deserialize)]
pub(crate) struct Har {
    pub(crate) log: Log,
}

#[derive(Deserialize)]
pub(crate) struct Log {
    creator: Option<Creator>,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Creator {
    name: String,
}

/// A request and its response. Only a fault of the request makes a file unreadable.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    #[serde(default)]
    pub(crate) started_date_time: Value,
    #[serde(default)]
    pub(crate) time: Value,
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) response: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    method: String,
    url: String,
    #[serde(default)]
    pub(crate) http_version: Value,
    #[serde(default)]
    headers: Vec<Header>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Deserialize)]
struct PostData {
    text: Option<String>,
    /// Not part of HAR 1.2; proxies write it for binary bodies.
    #[serde(alias = "_encoding")]
    encoding: Option<String>,
}

/// Reads a JSON object with a `log`.
pub(super) fn read(capture: &Capture<'_>) -> Recognized {
    if !capture.bytes.starts_with(b"{") {
        return None;
    }
    let looks_like_it = capture.text.get(..2048).unwrap_or(&capture.text).contains("\"log\"");
    let is_container_log = capture.text.contains("\"stream\"");
    (looks_like_it && !is_container_log).then(|| parse(capture.bytes, capture.entry))
}

fn parse(capture: &[u8], entry: Option<usize>) -> Result<CapturedRequest, CaptureError> {
    let har: Har =
        serde_json::from_slice(capture).map_err(|error| CaptureError::Har(error.to_string()))?;
    let is_browser = har.log.creator.is_some_and(|creator| {
        ["webinspector", "web inspector", "firefox", "chrome", "edge", "safari"]
            .iter()
            .any(|name| creator.name.to_ascii_lowercase().contains(name))
    });
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
    let omits_authorization = is_browser
        && !request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("authorization"));
    let mut request = captured(request)?;
    if omits_authorization {
        request.source.omits_authorization = true;
        request.source.remark(
            "The HAR file has no Authorization: browsers leave it out unless they are asked for \
             sensitive data (Chrome: Settings, Network, \"Allow to generate HAR with sensitive data\").",
            "HAR 파일에 Authorization이 없습니다. 브라우저는 민감한 데이터를 포함하도록 설정하지 않으면 이 \
             헤더를 뺍니다(Chrome: 설정, 네트워크, \"민감한 정보가 포함된 HAR 생성 허용\").",
        );
    }
    Ok(request)
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
    SIGNED_HEADERS.iter().filter(|name| has(name)).count()
}

fn captured(request: Request) -> Result<CapturedRequest, CaptureError> {
    if request.headers.len() > MOST_HEADERS {
        return Err(CaptureError::TooManyHeaders);
    }
    // The pseudo-headers of HTTP/2 begin with a colon and repeat what the URL says. The host is among
    // them there.
    let (pseudo, headers): (Vec<_>, Vec<_>) =
        request.headers.into_iter().partition(|header| header.name.starts_with(':'));
    let mut captured = CapturedRequest {
        method: Some(request.method),
        headers: headers.into_iter().map(|it| (it.name, it.value.into_bytes())).collect(),
        body: request.post_data.map(body).transpose()?.flatten(),
        ..CapturedRequest::default()
    };
    let authority = pseudo.into_iter().find(|header| header.name == ":authority");
    if let Some(authority) = authority
        && captured.header("host").next().is_none()
    {
        captured.add_header("host", &authority.value);
    }
    captured.set_url(&request.url);
    Ok(captured)
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
