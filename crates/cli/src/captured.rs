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

mod command;
mod dump;
mod error;
pub(crate) mod har;
mod http1;
mod logs;
mod request;
mod text;

pub use self::error::{CaptureError, ChunkPart};
pub use self::request::CapturedRequest;
use self::request::{Capture, Recognized};
pub use crate::input::LONGEST;
use crate::lang::Words;

/// The formats of longer captures.
const KEEP_BYTES: [&str; 2] = ["har", "raw_http"];

/// Text beyond this is not searched for a request.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// A format of captures: its id, its name in both languages, and its reader.
struct Recognizer(&'static str, Words, fn(&Capture<'_>) -> Recognized);

/// All formats, those with the clearest marks first.
static RECOGNIZERS: [Recognizer; 17] = [
    Recognizer("har", Words::fixed("a HAR file", "HAR 파일"), har::read),
    Recognizer(
        "json",
        Words::fixed("JSON: a log line or an event", "JSON 로그나 이벤트"),
        logs::read_json,
    ),
    Recognizer("raw_http", Words::fixed("raw HTTP", "HTTP 원문"), http1::read),
    Recognizer(
        "postman_console",
        Words::fixed("Postman's console", "Postman 콘솔"),
        logs::read_postman,
    ),
    Recognizer("fetch", Words::fixed("a fetch() call", "fetch() 호출"), command::read_fetch),
    Recognizer(
        "powershell",
        Words::fixed("a PowerShell command", "PowerShell 명령"),
        command::read_powershell,
    ),
    Recognizer("curl_command", Words::fixed("a curl command", "curl 명령"), command::read_curl),
    Recognizer("curl_trace", Words::fixed("curl --trace", "curl --trace 출력"), dump::read_trace),
    Recognizer("curl_verbose", Words::fixed("curl -v", "curl -v 출력"), dump::read_verbose),
    Recognizer("okhttp", Words::fixed("OkHttp's log", "OkHttp 로그"), text::read_okhttp),
    Recognizer(
        "wire_log",
        Words::fixed("a wire log of Apache HttpClient", "Apache HttpClient 와이어 로그"),
        dump::read_java,
    ),
    Recognizer(
        "python_http_client",
        Words::fixed("Python's http.client", "Python http.client 출력"),
        dump::read_python,
    ),
    Recognizer("hex_dump", Words::fixed("a hex dump", "16진수 덤프"), dump::read_hex_dump),
    Recognizer(
        "text",
        Words::fixed("text with a request in it", "요청이 들어 있는 글"),
        text::read_text,
    ),
    Recognizer(
        "headers",
        Words::fixed("headers without a request line", "요청 줄이 없는 헤더"),
        text::read_headers,
    ),
    Recognizer(
        "log_line",
        Words::fixed("a log with the headers in it", "헤더가 들어 있는 로그"),
        logs::read_log_line,
    ),
    Recognizer("access_log", Words::fixed("an access log", "액세스 로그"), logs::read_access_log),
];

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

    /// The format that it was read from, in words.
    pub(crate) fn format_name(&self) -> Words {
        let recognizer = RECOGNIZERS.iter().find(|it| it.0 == self.source.format);
        recognizer.map_or(Words::fixed("given pieces", "지정한 조각"), |it| it.1.clone())
    }
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
