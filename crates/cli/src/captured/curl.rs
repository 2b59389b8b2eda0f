//! The output of `curl -v` and `curl --trace`, and the timeline of Insomnia, which is made of it.

use super::{Capture, CaptureError, CapturedRequest, Recognized, http1, split_line};
use crate::text::number;

/// Reads a capture with a request line after `> `. What stands before it differs: a note that an option
/// was not needed, a progress meter, the connection.
pub(super) fn read_verbose(capture: &Capture<'_>) -> Recognized {
    let bytes = capture.bytes;
    lines(bytes)
        .any(|line| line.strip_prefix(b"> ").is_some_and(http1::looks_like_it))
        .then(|| parse(bytes))
}

/// The last request that has the signed headers, or else the first: with redirects there are several.
fn parse(capture: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let heads = heads(capture);
    let requests: Result<Vec<_>, _> = heads.iter().map(|head| parse_one(head)).collect();
    let mut requests = requests?;
    let picked = requests.iter().rposition(CapturedRequest::is_signed).unwrap_or(0);
    if picked >= requests.len() {
        return Err(CaptureError::NotARequest);
    }
    let mut request = requests.swap_remove(picked);
    request.scheme = capture_scheme(capture);
    let body = timeline_body(capture);
    if !body.is_empty() {
        request.set_body(&body);
    }
    Ok(request)
}

/// curl prints no body after `> `, but a mail that quotes a request has it there.
fn parse_one(head: &[u8]) -> Result<CapturedRequest, CaptureError> {
    let (mut request, rest) = http1::parse_head(head)?;
    if !rest.trim_ascii().is_empty() {
        request.set_body(rest);
    }
    Ok(request)
}

/// Insomnia prints the body after `| `.
fn timeline_body(capture: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = lines(capture).filter_map(|line| line.strip_prefix(b"| ")).collect();
    lines.join(&b'\n')
}

fn lines(capture: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = capture;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, next) = split_line(rest);
        rest = next;
        Some(line)
    })
}

/// Each head with its `> ` removed. An empty line or the next request line ends it.
fn heads(capture: &[u8]) -> Vec<Vec<u8>> {
    let mut heads: Vec<Vec<u8>> = Vec::new();
    for line in lines(capture).filter_map(|line| line.strip_prefix(b">")) {
        let line = line.strip_prefix(b" ").unwrap_or(line);
        if http1::looks_like_it(line) {
            heads.push(Vec::new());
        }
        if let Some(head) = heads.last_mut() {
            head.extend_from_slice(line);
            head.extend_from_slice(b"\r\n");
        }
    }
    heads
}

/// curl reports the handshake where there is one.
fn capture_scheme(capture: &[u8]) -> Option<String> {
    let tls = [&b"SSL connection using"[..], b"TLS handshake"];
    let is_tls = tls.iter().any(|words| capture.windows(words.len()).any(|part| part == *words));
    is_tls.then(|| "https".to_owned())
}

/// Reads the output of `--trace-ascii` or `--trace`.
pub(super) fn read_trace(capture: &Capture<'_>) -> Recognized {
    if !capture.text.contains("=> Send header") {
        return None;
    }
    let mut trace = Trace::default();
    capture.text.lines().for_each(|line| trace.line(line));
    let mut read = http1::parse(&trace.sent);
    if let Ok(request) = &mut read {
        request.scheme = capture_scheme(capture.bytes);
        let body = request.body.as_deref().unwrap_or_default();
        if trace.is_text && body.contains(&b'.') {
            request.source.remark(
                "--trace-ascii prints a dot for each byte beyond ASCII; --trace keeps the bytes.",
                "--trace-ascii는 ASCII가 아닌 바이트를 점으로 출력합니다. --trace는 바이트를 보존합니다.",
            );
        }
    }
    Some(read)
}

/// The bytes that a trace says were sent.
#[derive(Default)]
struct Trace {
    sent: Vec<u8>,
    sending: bool,
    is_text: bool,
    /// The place in the block where the next line is expected.
    expected: usize,
}

impl Trace {
    fn line(&mut self, line: &str) {
        // With --trace-time a clock stands before it.
        let start = line.find("=> ").or_else(|| line.find("<= ")).or_else(|| line.find("== "));
        if let Some(block) = start.filter(|at| *at < 24).and_then(|at| line.get(at..)) {
            self.sending = block.starts_with("=> Send header") || block.starts_with("=> Send data");
            self.expected = 0;
            return;
        }
        let numbered = line.split_once(": ").or_else(|| line.split_once(':'));
        let Some((offset, text)) = numbered.filter(|_| self.sending) else { return };
        let offset = number(offset.trim(), 16).and_then(|it| usize::try_from(it).ok());
        let Some(offset) = offset else { return };
        // Line ends are not printed, but counted.
        match offset.checked_sub(self.expected) {
            Some(1) => self.sent.push(b'\n'),
            Some(2) => self.sent.extend_from_slice(b"\r\n"),
            _ => {}
        }
        let bytes = hex_line(text);
        self.is_text |= bytes.is_none();
        let bytes = bytes.unwrap_or_else(|| text.as_bytes().to_vec());
        self.expected = offset.saturating_add(bytes.len());
        self.sent.extend_from_slice(&bytes);
        // The empty line of a head is its last one, so nothing counts its end.
        if text.is_empty() && !self.sent.ends_with(b"\r\n\r\n") {
            self.sent.extend_from_slice(b"\r\n");
        }
    }
}

/// `50 4f 53 54  POST`
fn hex_line(text: &str) -> Option<Vec<u8>> {
    let is_pair = |pair: &&str| pair.len() == 2 && pair.bytes().all(|it| it.is_ascii_hexdigit());
    let pairs: Vec<_> =
        text.get(..48.min(text.len()))?.split(' ').take(16).take_while(is_pair).collect();
    let aligned = text.len() > 48 && pairs.len() == 16
        || (pairs.len() < 16
            && !pairs.is_empty()
            && text.get(pairs.len() * 3..48).is_some_and(|gap| gap.trim().is_empty()));
    aligned.then(|| hex::decode(pairs.concat()).ok()).flatten()
}
