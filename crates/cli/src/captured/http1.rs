//! Raw HTTP/1.x, as from a log or a packet capture.

use httparse::{EMPTY_HEADER, Status};

use super::error::{CaptureError, ChunkPart, MOST_HEADERS};
use super::request::{Capture, CapturedRequest, Recognized, split_line, without_response};
use crate::text::number;

/// Reads a capture that begins with a request line and keeps the bytes.
pub(super) fn read(capture: &Capture<'_>) -> Recognized {
    let start = capture.bytes.trim_ascii_start();
    if capture.bytes.len() != start.len() || !looks_like_it(start) {
        return None;
    }
    match parse(start) {
        // Text recognizers are more tolerant.
        Err(CaptureError::Headers) => None,
        // A line that is not blank, but looks so, belongs to no body.
        Ok(request) if !request.is_signed() && !request.headers.is_empty() => {
            Some(Ok(request)).filter(|_| !mentions_signed_headers(start))
        }
        read => Some(read),
    }
}

fn mentions_signed_headers(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    text.contains("x-tc-timestamp")
}

/// The fault of a capture that no recognizer knows.
pub(super) fn fault(bytes: &[u8]) -> CaptureError {
    parse(bytes.trim_ascii_start()).err().unwrap_or(CaptureError::NotARequest)
}

pub(super) fn parse(capture: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let (head, rest) = parse_head(capture)?;
    with_body(head, rest)
}

/// The request without a body, and the bytes after the empty line.
pub(super) fn parse_head(capture: &[u8]) -> Result<(CapturedRequest, &[u8]), CaptureError> {
    let (line, rest) = split_line(capture);
    let (method, target) = request_line(line)?;
    let (headers, body) = parse_headers(rest)?;
    let mut request =
        CapturedRequest { method: Some(method), headers, ..CapturedRequest::default() };
    // A log may have the full URL there.
    if target.contains("://") {
        request.set_url(&target);
    } else {
        request.target = Some(target);
    }
    Ok((request, body))
}

/// Returns whether it begins with a request line.
pub(super) fn looks_like_it(capture: &[u8]) -> bool {
    request_line(split_line(capture).0).is_ok()
}

/// `POST /path HTTP/1.1`. `httparse` does not read `HTTP/2`, which `curl -v` writes.
fn request_line(line: &[u8]) -> Result<(String, String), CaptureError> {
    if line.starts_with(b"HTTP/") {
        return Err(CaptureError::IsAResponse);
    }
    let line = std::str::from_utf8(line).map_err(|_| CaptureError::NotARequest)?;
    let (method, rest) = line.split_once(' ').ok_or(CaptureError::NotARequest)?;
    let (target, version) = rest.trim_end().rsplit_once(' ').ok_or(CaptureError::NotARequest)?;
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_method || target.is_empty() || !version.starts_with("HTTP/") {
        return Err(CaptureError::NotARequest);
    }
    Ok((method.to_owned(), target.to_owned()))
}

/// Names and values.
type Headers = Vec<(String, Vec<u8>)>;

/// The headers, and what follows the empty line. A capture may end without one.
fn parse_headers(bytes: &[u8]) -> Result<(Headers, &[u8]), CaptureError> {
    let mut found = [EMPTY_HEADER; MOST_HEADERS];
    let ended;
    let (bytes, whole) = if has_empty_line(bytes) {
        (bytes, bytes)
    } else {
        ended = [bytes, b"\r\n\r\n"].concat();
        (ended.as_slice(), &[][..])
    };
    match httparse::parse_headers(bytes, &mut found) {
        Ok(Status::Complete((length, headers))) => {
            let headers = headers
                .iter()
                .map(|header| (header.name.to_owned(), header.value.to_vec()))
                .collect();
            Ok((headers, whole.get(length..).unwrap_or_default()))
        }
        Err(httparse::Error::TooManyHeaders) => Err(CaptureError::TooManyHeaders),
        Ok(Status::Partial) | Err(_) => Err(CaptureError::Headers),
    }
}

fn has_empty_line(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let (line, rest) = split_line(bytes);
        let ended = line.len() < bytes.len();
        if line.is_empty() && ended {
            return true;
        }
        bytes = rest;
    }
    false
}

/// The body: decoded if it is chunked, as long as it was declared, or else all that there is.
fn with_body(mut request: CapturedRequest, rest: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let is_chunked = request
        .header("transfer-encoding")
        .any(|coding| coding.to_ascii_lowercase().trim_ascii().ends_with(b"chunked"));
    if is_chunked && looks_chunked(rest) {
        request.body = Some(dechunked(rest)?);
        return Ok(request);
    }
    let whole = without_response(rest);
    let declared = request.declared_length().and_then(|length| usize::try_from(length).ok());
    request.cut_body(whole, declared.filter(|_| !is_chunked));
    Ok(request)
}

/// Returns whether it begins with the size of a chunk. Many logs note a body after its coding was removed,
/// and still have the header.
fn looks_chunked(body: &[u8]) -> bool {
    chunk_size(split_line(body).0).is_some()
}

/// Returns the bytes of all chunks (RFC 9112, section 7.1). Ignores trailers.
fn dechunked(body: &[u8]) -> Result<Vec<u8>, CaptureError> {
    let mut decoded = Vec::new();
    let mut rest = body;
    loop {
        let broken = |expected| CaptureError::Chunked(expected, body.len() - rest.len());
        let (line, after) = split_line(rest);
        let size = chunk_size(line).ok_or_else(|| broken(ChunkPart::Size))?;
        if size == 0 {
            return Ok(decoded);
        }
        let chunk = after.get(..size).ok_or_else(|| broken(ChunkPart::Data))?;
        decoded.extend_from_slice(chunk);
        let after = after.get(size..).unwrap_or_default();
        let (end, next) = split_line(after);
        if !end.is_empty() {
            rest = after;
            return Err(CaptureError::Chunked(ChunkPart::End, body.len() - rest.len()));
        }
        rest = next;
    }
}

/// The size at the start of a chunk; extensions follow a semicolon.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
    let size = std::str::from_utf8(digits).ok().filter(|digits| !digits.is_empty())?;
    usize::try_from(number(size, 16)?).ok()
}
