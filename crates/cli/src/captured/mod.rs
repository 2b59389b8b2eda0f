//! Requests as somebody caught them: raw HTTP from a log, `curl -v`, or a HAR file.
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

mod chunked;
mod curl;
mod error;
mod har;
mod http1;

use std::fmt;

pub use error::CaptureError;

use crate::input::BYTE_ORDER_MARK;

/// More than this is no captured request.
pub const LONGEST: usize = 64 * 1024 * 1024;

/// More headers than any server takes.
const MOST_HEADERS: usize = 256;

/// A request as it was caught. `Debug` shows neither header values nor the body.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CapturedRequest {
    /// `POST`, where it was caught.
    pub method: Option<String>,
    /// What stood on the request line: the path, not decoded, and the query.
    pub target: Option<String>,
    /// `http` or `https`, where it was caught.
    pub scheme: Option<String>,
    /// Names and values, in the order in which they came, each as often as it came.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body with its transfer coding removed; `None` where the capture has none.
    pub body: Option<Vec<u8>>,
    /// What followed the body in the file, beyond what `Content-Length` had declared.
    pub surplus: Vec<u8>,
}

impl CapturedRequest {
    /// Reads a capture, in whichever of the three forms it is.
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
        let text = capture.strip_prefix(BYTE_ORDER_MARK).unwrap_or(capture);
        match text.trim_ascii_start() {
            [] => Err(CaptureError::Empty),
            [b'{', ..] => har::parse(text, entry),
            _ if entry.is_some() => Err(CaptureError::EntryOfNoHar),
            start if !http1::looks_like_it(start) && curl::looks_like_it(start) => {
                curl::parse(start)
            }
            start => http1::parse(start),
        }
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
        value.trim().parse().ok()
    }
}

/// Says what there is and not what it says: bodies have a customer's data in them.
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
