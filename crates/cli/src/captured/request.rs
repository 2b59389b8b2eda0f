//! A captured request, and what its readers share.

use std::borrow::Cow;
use std::fmt;

use online_contact::Timestamp;

use super::error::CaptureError;
use crate::lang::Words;
use crate::text::number;

/// A capture that is to be recognized.
pub(super) struct Capture<'a> {
    /// In UTF-8, without a byte order mark and without blank lines in front.
    pub(super) bytes: &'a [u8],
    pub(super) text: Cow<'a, str>,
    /// The request of a HAR file that was asked for, counted from 1.
    pub(super) entry: Option<usize>,
}

/// The request, or what is wrong with the capture; `None` for a capture of another format.
pub(super) type Recognized = Option<Result<CapturedRequest, CaptureError>>;

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

/// The origin of a captured request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// The id of the format, such as `curl_command`.
    pub(crate) format: &'static str,
    /// Remarks on the origin of the parts, and on what the format does not keep.
    pub(crate) remarks: Vec<Words>,
    /// The capture has the body as a parsed value, so its bytes are not known.
    pub(crate) parsed_body: bool,
    /// The program that wrote the capture leaves `Authorization` out.
    pub(crate) omits_authorization: bool,
}

impl Source {
    pub(super) fn remark(&mut self, en: impl Into<String>, ko: impl Into<String>) {
        self.remarks.push(Words::new(en.into(), ko.into()));
    }
}

impl CapturedRequest {
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

    /// Returns whether one of the two signed headers is there.
    pub(crate) fn is_signed(&self) -> bool {
        self.signed_headers() > 0
    }

    /// The number of signed headers that are there, however often.
    pub(super) fn signed_headers(&self) -> usize {
        SIGNED_HEADERS.iter().filter(|name| self.header(name).next().is_some()).count()
    }

    /// Takes a URL or a path apart. The path is not decoded, for it is signed as it is.
    pub(super) fn set_url(&mut self, url: &str) {
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

    pub(super) fn add_header(&mut self, name: &str, value: &str) {
        self.headers.push((name.trim().to_owned(), value.trim().into()));
    }

    /// Sets a body that may be followed by a response or by more than was declared.
    pub(super) fn set_body(&mut self, bytes: &[u8]) {
        let mut whole = without_response(bytes);
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
    pub(super) fn cut_body(&mut self, whole: &[u8], length: Option<usize>) {
        let length = length.map_or(whole.len(), |length| length.min(whole.len()));
        let (body, surplus) = whole.split_at(length);
        self.body = Some(body.to_vec());
        self.surplus = surplus.to_vec();
    }
}

pub(super) const SIGNED_HEADERS: [&str; 2] = ["x-tc-timestamp", "authorization"];

/// Headers that are looked for in logs, which name them in their own way.
pub(super) const KNOWN_HEADERS: [&str; 6] = [
    "x-tc-timestamp",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "content-encoding",
];

pub(super) fn is_signed_header(name: &str) -> bool {
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
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
        return (bytes, &[]);
    };
    let (line, rest) = bytes.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
}

/// The bytes in front of a response, which a capture of both directions has after the request.
pub(super) fn without_response(bytes: &[u8]) -> &[u8] {
    let is_status = |rest: &[u8]| {
        let version = [&b"HTTP/1.1 "[..], b"HTTP/1.0 ", b"HTTP/2 ", b"HTTP/2.0 "];
        let status = version.iter().find_map(|version| rest.strip_prefix(*version));
        status
            .and_then(|status| status.get(..3))
            .is_some_and(|it| it.iter().all(u8::is_ascii_digit))
    };
    let starts = bytes.windows(5).enumerate().filter(|(_, five)| *five == b"HTTP/");
    let response = starts.map(|(at, _)| at).find(|&at| bytes.get(at..).is_some_and(is_status));
    match response.and_then(|at| bytes.get(..at)) {
        Some(before) => before.trim_ascii_end(),
        None => bytes,
    }
}
