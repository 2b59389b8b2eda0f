//! Requests as they were captured: raw HTTP, the output of tools, commands, and logs.
//!
//! ```
//! use online_contact_cli::captured::CapturedRequest;
//!
//! let log = b"POST /customer HTTP/1.1\r\nX-TC-Timestamp: 1732400000000\r\nContent-Length: 2\r\n\r\n{}";
//! let request = CapturedRequest::parse(log, None)?;
//! assert_eq!(request.target.as_deref(), Some("/customer"));
//! assert_eq!(request.body.as_deref(), Some(&b"{}"[..]));
//! # Ok::<(), online_contact_cli::captured::CaptureError>(())
//! ```
//!
//! A format is one row of `RECOGNIZERS`: a function that returns the request, an error, or `None`
//! where the capture is of another format. The first that returns something decides.

mod chunked;
mod command;
mod curl;
mod error;
pub(crate) mod har;
mod hex_dump;
mod http1;
mod json;
mod log_line;
mod script;
mod source;
mod text;
mod transcript;
mod wire;

use std::borrow::Cow;
use std::fmt;

pub use error::{CaptureError, ChunkPart};
use online_contact::Timestamp;
pub(crate) use source::Source;

pub use crate::input::LONGEST;
use crate::lang::Words;
use crate::text::number;

/// The formats of longer captures.
const KEEP_BYTES: [&str; 2] = ["har", "raw_http"];

/// Text beyond this is not searched for a request.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// More headers than any server takes.
const MOST_HEADERS: usize = 256;

/// A capture that is to be recognized.
struct Capture<'a> {
    /// In UTF-8, without a byte order mark and without blank lines in front.
    bytes: &'a [u8],
    text: Cow<'a, str>,
    /// The request of a HAR file that was asked for, counted from 1.
    entry: Option<usize>,
}

/// The request, or what is wrong with the capture; `None` for a capture of another format.
type Recognized = Option<Result<CapturedRequest, CaptureError>>;

/// A format of captures: its id, its name in both languages, and its reader.
struct Recognizer(&'static str, Words, fn(&Capture<'_>) -> Recognized);

/// All formats, those with the clearest marks first.
static RECOGNIZERS: [Recognizer; 17] = [
    Recognizer("har", Words::fixed("a HAR file", "HAR 파일"), har::read),
    Recognizer(
        "json",
        Words::fixed("JSON: a log line or an event", "JSON 로그나 이벤트"),
        json::read,
    ),
    Recognizer("raw_http", Words::fixed("raw HTTP", "HTTP 원문"), http1::read),
    Recognizer(
        "postman_console",
        Words::fixed("Postman's console", "Postman 콘솔"),
        json::read_postman,
    ),
    Recognizer("fetch", Words::fixed("a fetch() call", "fetch() 호출"), script::read_fetch),
    Recognizer(
        "powershell",
        Words::fixed("a PowerShell command", "PowerShell 명령"),
        script::read_powershell,
    ),
    Recognizer("curl_command", Words::fixed("a curl command", "curl 명령"), command::read),
    Recognizer("curl_trace", Words::fixed("curl --trace", "curl --trace 출력"), curl::read_trace),
    Recognizer("curl_verbose", Words::fixed("curl -v", "curl -v 출력"), curl::read_verbose),
    Recognizer("okhttp", Words::fixed("OkHttp's log", "OkHttp 로그"), transcript::read_okhttp),
    Recognizer(
        "wire_log",
        Words::fixed("a wire log of Apache HttpClient", "Apache HttpClient 와이어 로그"),
        wire::read_java,
    ),
    Recognizer(
        "python_http_client",
        Words::fixed("Python's http.client", "Python http.client 출력"),
        wire::read_python,
    ),
    Recognizer("hex_dump", Words::fixed("a hex dump", "16진수 덤프"), hex_dump::read),
    Recognizer(
        "text",
        Words::fixed("text with a request in it", "요청이 들어 있는 글"),
        transcript::read_text,
    ),
    Recognizer(
        "headers",
        Words::fixed("headers without a request line", "요청 줄이 없는 헤더"),
        transcript::read_headers,
    ),
    Recognizer(
        "log_line",
        Words::fixed("a log with the headers in it", "헤더가 들어 있는 로그"),
        log_line::read,
    ),
    Recognizer(
        "access_log",
        Words::fixed("an access log", "액세스 로그"),
        log_line::read_access_log,
    ),
];

/// A captured request. `Debug` shows neither header values nor the body.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CapturedRequest {
    /// `POST`, where it was captured.
    pub method: Option<String>,
    /// The request line's target: the path, not decoded, and the query.
    pub target: Option<String>,
    /// `http` or `https`, where it was captured.
    pub scheme: Option<String>,
    /// Names and values, in the order in which they came, each as often as it came.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body with its transfer coding removed; `None` where the capture has none.
    pub body: Option<Vec<u8>>,
    /// The bytes that follow the body in the file, beyond what `Content-Length` declares.
    pub surplus: Vec<u8>,
    pub(crate) source: Source,
}

impl CapturedRequest {
    /// Reads a capture in any of the known formats.
    ///
    /// `entry` picks one of several requests of a HAR file, counted from 1.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] says what was wrong and what was expected.
    pub fn parse(capture: &[u8], entry: Option<usize>) -> Result<Self, CaptureError> {
        if capture.len() > LONGEST {
            return Err(CaptureError::TooLong);
        }
        let (decoded, remarks) = text::decoded(capture);
        let bytes = text::without_blank_lines(&decoded);
        if bytes.trim_ascii().is_empty() {
            return Err(CaptureError::Empty);
        }
        let capture = Capture { bytes, text: String::from_utf8_lossy(bytes), entry };
        for Recognizer(id, _, read) in &RECOGNIZERS {
            // A long capture is binary, or a HAR file.
            if bytes.len() > LONGEST_TEXT && !KEEP_BYTES.contains(id) {
                continue;
            }
            let Some(read) = read(&capture) else { continue };
            if entry.is_some() && *id != "har" {
                return Err(CaptureError::EntryOfNoHar);
            }
            let mut request = read?;
            request.source.format = id;
            request.source.remarks.splice(0..0, remarks);
            return Ok(request);
        }
        // Raw HTTP names best what is missing.
        Err(if entry.is_some() { CaptureError::EntryOfNoHar } else { http1::fault(bytes) })
    }

    /// All values of a header, by its name in any case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let named = move |(found, _): &&(String, Vec<u8>)| found.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_slice())
    }

    /// The length that `Content-Length` declares, where it is a number.
    #[must_use]
    pub fn declared_length(&self) -> Option<u64> {
        let value = std::str::from_utf8(self.header("content-length").next()?).ok()?;
        number(value.trim(), 10)
    }

    /// The moment in `X-TC-Timestamp`, where it is one.
    pub(crate) fn signed_at(&self) -> Option<Timestamp> {
        Timestamp::parse(self.header("x-tc-timestamp").next()?).ok()
    }

    /// The format that it was read from, in words.
    pub(crate) fn format_name(&self) -> Words {
        let recognizer = RECOGNIZERS.iter().find(|it| it.0 == self.source.format);
        recognizer.map_or(Words::fixed("given pieces", "지정한 조각"), |it| it.1.clone())
    }

    /// Returns whether one of the two signed headers is there.
    pub(crate) fn is_signed(&self) -> bool {
        self.signed_headers() > 0
    }

    /// The number of signed headers that are there, however often.
    fn signed_headers(&self) -> usize {
        SIGNED_HEADERS.iter().filter(|name| self.header(name).next().is_some()).count()
    }

    /// Takes a URL or a path apart. The path is not decoded, for it is signed as it is.
    fn set_url(&mut self, url: &str) {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let Some((scheme, rest)) = url.split_once("://") else {
            self.target = Some(url.to_owned()).filter(|target| !target.is_empty());
            return;
        };
        let (host, target) = match rest.find(['/', '?']) {
            Some(start) => rest.split_at(start),
            None => (rest, "/"),
        };
        let slash = if target.starts_with('?') { "/" } else { "" };
        self.scheme = Some(scheme.to_ascii_lowercase());
        self.target = Some(format!("{slash}{target}"));
        let host = host.rsplit('@').next().filter(|host| !host.is_empty());
        if let Some(host) = host
            && self.header("host").next().is_none()
        {
            self.headers.push(("host".to_owned(), host.into()));
        }
    }

    fn add_header(&mut self, name: &str, value: &str) {
        self.headers.push((name.trim().to_owned(), value.trim().into()));
    }

    /// Sets a body that may be followed by a response or by more than was declared.
    fn set_body(&mut self, bytes: &[u8]) {
        let mut whole = http1::without_response(bytes);
        let declared = self.declared_length().and_then(|length| usize::try_from(length).ok());
        if declared.is_none_or(|length| length < whole.len()) {
            // A log ends a line after the body.
            let trimmed = whole.trim_ascii_end();
            if declared.is_none_or(|length| length <= trimmed.len()) {
                whole = trimmed;
            }
        }
        self.cut_body(whole, declared);
    }

    /// Sets a body of this length; what follows it is the surplus.
    fn cut_body(&mut self, whole: &[u8], length: Option<usize>) {
        let length = length.map_or(whole.len(), |length| length.min(whole.len()));
        let (body, surplus) = whole.split_at(length);
        self.body = Some(body.to_vec());
        self.surplus = surplus.to_vec();
    }
}

const SIGNED_HEADERS: [&str; 2] = ["x-tc-timestamp", "authorization"];

/// Headers that are looked for in logs, which name them in their own way.
const KNOWN_HEADERS: [&str; 6] = [
    "x-tc-timestamp",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "content-encoding",
];

fn is_signed_header(name: &str) -> bool {
    SIGNED_HEADERS.iter().any(|signed| name.eq_ignore_ascii_case(signed))
}

/// Shows which parts there are and not their values: bodies have a customer's data in them.
impl fmt::Debug for CapturedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("CapturedRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &names)
            .field("body", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

/// A line and what follows it. Both kinds of line ends count, for logs change them.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
        return (bytes, &[]);
    };
    let (line, rest) = bytes.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(capture: &str) -> String {
        let request = CapturedRequest::parse(capture.as_bytes(), None).unwrap();
        String::from_utf8_lossy(&request.body.unwrap_or_default()).into_owned()
    }

    #[test]
    fn a_sign_is_not_a_digit() {
        let log = "x-tc-timestamp=\"1\" authorization=\"a\" request_body=\"[\\x22\\x+1\\x22]\"";
        assert_eq!(body(log), r#"["\x+1"]"#);
        let wire = ">> \"POST / HTTP/1.1[\\r][\\n]\"\n>> \"[\\r][\\n]\"\n>> \"[0x+1][0x2b]\"\n";
        assert_eq!(body(wire), "[0x+1]+");
        let raw = "POST / HTTP/1.1\r\nX-TC-Timestamp: 1\r\nContent-Length: +1\r\n\r\n{}";
        assert_eq!(body(raw), "{}");
    }
}
