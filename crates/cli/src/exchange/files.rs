//! Exchanges in files: HAR 1.2, which browsers and proxies read too.
//!
//! The files hold a customer's data, so only their owner may read them. The request is read by
//! [`captured`](crate::captured), as from any other capture. The verdict is in the additional member
//! `_onlineContact`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Exchange, Exchanges, MOST, response_without_keys, without_keys};
use crate::captured::CapturedRequest;
use crate::captured::har::{Entry, Har, Header};
use crate::context::{Context, Problem};
use crate::http::Answer;
use crate::input;
use crate::key::KeyText;
use crate::lang::Words;
use crate::report::pretty_json;
use crate::secrets::{Leaks, Secrets};
use crate::text::lossy;
use crate::verdict::{BodyEnd, Rules, judge, moment, verifier};

/// The number of files that one run writes.
const MOST_FILES: u64 = 10_000;

/// The folder that exchanges are saved in, as one HAR file each.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    written: u64,
}

impl Folder {
    /// Opens a folder. It is created if it does not exist.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        // A folder that cannot be written to is reported now and not after the first request.
        let opened = fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
        opened.map_err(|error| {
            let shown = path.display();
            let en = format!("cannot save captures in the folder {shown}");
            let ko = format!("{shown} 폴더에 캡처를 저장할 수 없습니다");
            Problem::new(en, ko).source(error)
        })?;
        Ok(Self { path: path.to_owned(), written: 0 })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Saves an exchange. `None` if the run has written [`MOST_FILES`] files.
    pub(crate) fn save(&mut self, exchange: &Exchange) -> io::Result<Option<PathBuf>> {
        if self.written == MOST_FILES {
            return Ok(None);
        }
        let name = format!(
            "{}-{:04}-{}.har",
            compact(exchange.arrived),
            exchange.number,
            exchange.verdict_name()
        );
        let path = self.path.join(name);
        create(&path)?.write_all(to_har(exchange).as_bytes())?;
        self.written += 1;
        Ok(Some(path))
    }
}

/// Saves an exchange in the folder for temporary files.
pub(crate) fn save_temporary(exchange: &Exchange) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix("online-contact-")
        .suffix(".har")
        .disable_cleanup(true)
        .tempfile()?;
    file.write_all(to_har(exchange).as_bytes())?;
    Ok(file.path().to_owned())
}

/// Returns `20241123T221320.123Z`, which sorts by time.
fn compact(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%S.%3fZ").to_string()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Adds the captures of a folder to a list: the last ones by their names. A file that is not a capture
/// is noted.
pub(crate) fn load_folder(
    path: &Path,
    keys: &[KeyText],
    rules: Rules,
    list: &Exchanges,
    cx: &Context,
) -> Result<(), Problem> {
    let files = files_in(path).map_err(|error| {
        let shown = path.display();
        let en = format!("cannot read the folder {shown}");
        let ko = format!("{shown} 폴더를 읽을 수 없습니다");
        Problem::new(en, ko).source(error)
    })?;
    let secrets = Secrets::of(keys);
    let mut added = 0;
    for (index, file) in files.iter().enumerate().rev() {
        if added == MOST {
            break;
        }
        match read_file(file) {
            Ok(exchange) => {
                let verifier = verifier(keys, rules, moment(exchange.arrived)).ok();
                let verdict = verifier.and_then(|it| judge(&it, &exchange.request, BodyEnd::Whole));
                list.add(Exchange {
                    number: index as u64 + 1,
                    verdict,
                    request: without_keys(exchange.request, &secrets),
                    response: exchange.response.map(|it| response_without_keys(it, &secrets)),
                    ..exchange
                });
                added += 1;
            }
            Err(problem) => {
                cx.note(cx.lang.pick("skipped ", "건너뜀: "), problem.message(cx.lang));
            }
        }
    }
    Ok(())
}

/// Returns the regular files, in the order of their names.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(file: &Path) -> Result<Exchange, Problem> {
    let shown = file.display();
    let what = Words::fixed("the capture", "캡처");
    let bytes = input::read(file, &what)?;
    let request = CapturedRequest::parse(&bytes, None).map_err(|error| {
        let (en, ko) = error.words();
        Problem::new(format!("{shown}: {en}"), format!("{shown}: {ko}"))
    })?;
    let rest = rest_of_har(&bytes);
    let modified =
        || file.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let (arrived, version, response) =
        rest.map_or((None, None, None), |rest| (rest.arrived, rest.version, rest.response));
    // A capture without a time is judged by the time in its header.
    let signed_at = || Timestamp::from_millisecond(request.signed_at()?.as_millis()).ok();
    let arrived = arrived
        .or_else(signed_at)
        .or_else(|| Timestamp::try_from(modified()).ok())
        .unwrap_or_default();
    Ok(Exchange {
        number: 0,
        file: file.file_name().map(|name| name.to_string_lossy().into_owned()),
        arrived,
        version: version.unwrap_or_else(|| "HTTP/1.1".to_owned()),
        body_length: request.body.as_ref().map_or(0, Vec::len) as u64,
        request,
        verdict: None,
        explanation: None,
        response: response.ok_or_else(no_response),
    })
}

fn no_response() -> Words {
    Words::fixed("The capture has no response.", "캡처에 응답이 없습니다.")
}

/// Returns a HAR file with one entry.
fn to_har(exchange: &Exchange) -> String {
    let elapsed = exchange.response.as_ref().map_or(0, Answer::elapsed_ms);
    let entry = json!({
        "startedDateTime": exchange.arrived.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        "time": elapsed,
        "request": request_to_har(exchange),
        "response": response_to_har(&exchange.response),
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

fn request_to_har(exchange: &Exchange) -> Value {
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

fn response_to_har(response: &Result<Answer, Words>) -> Value {
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
struct Rest {
    arrived: Option<Timestamp>,
    version: Option<String>,
    response: Option<Answer>,
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
fn rest_of_har(capture: &[u8]) -> Option<Rest> {
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
