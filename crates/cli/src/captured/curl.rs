//! What `curl -v` prints: the request is in the lines that begin with `>`.

use super::{CaptureError, CapturedRequest, http1, split_line};

/// Whether one of its lines is a request line behind `> `. What stands before it differs: a note that
/// an option was not needed, a progress meter, the connection.
pub(super) fn looks_like_it(capture: &[u8]) -> bool {
    let mut rest = capture;
    while !rest.is_empty() {
        let (line, next) = split_line(rest);
        if line.strip_prefix(b"> ").is_some_and(http1::looks_like_it) {
            return true;
        }
        rest = next;
    }
    false
}

/// The last request that has the signed headers, or else the first: with redirects there are several.
pub(super) fn parse(capture: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let heads = heads(capture);
    let requests: Result<Vec<_>, _> = heads.iter().map(|head| parse_one(head)).collect();
    let mut requests = requests?;
    let signed = requests.iter().rposition(|request| request.header("x-tc-timestamp").count() > 0);
    let picked = signed.unwrap_or(0);
    if picked >= requests.len() {
        return Err(CaptureError::NotARequest);
    }
    let mut request = requests.swap_remove(picked);
    request.scheme = capture_scheme(capture);
    Ok(request)
}

/// The body is not in there: curl does not print it.
fn parse_one(head: &[u8]) -> Result<CapturedRequest, CaptureError> {
    http1::parse_head(head).map(|(request, _)| request)
}

/// Each head with its `> ` removed. An empty line ends it.
fn heads(capture: &[u8]) -> Vec<Vec<u8>> {
    let mut heads = Vec::new();
    let mut open = Vec::new();
    let mut rest = capture;
    while !rest.is_empty() {
        let (line, next) = split_line(rest);
        rest = next;
        let Some(line) = line.strip_prefix(b">") else { continue };
        let line = line.strip_prefix(b" ").unwrap_or(line);
        open.extend_from_slice(line);
        open.extend_from_slice(b"\r\n");
        if line.is_empty() {
            heads.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        heads.push(open);
    }
    heads.retain(|head| head != b"\r\n");
    heads
}

/// curl speaks of the handshake where there is one.
fn capture_scheme(capture: &[u8]) -> Option<String> {
    let tls = [&b"SSL connection using"[..], b"TLS handshake"];
    let is_tls = tls.iter().any(|words| capture.windows(words.len()).any(|part| part == *words));
    is_tls.then(|| "https".to_owned())
}
