//! Text with a request in it: what tools print, what loggers write before each line, and what people
//! copy from pages.

use super::text::{Lines, header, request_line, request_url, without_prefix};
use super::{Capture, CapturedRequest, MOST_HEADERS, Recognized, is_signed_header};

/// The number of request lines that are tried in a text.
const MOST_TRIED: usize = 64;

/// Reads a text with a request line somewhere: after the prefixes of a logger, indented, in a packet.
/// Of several requests, the one with the signed headers counts.
pub(super) fn read_text(capture: &Capture<'_>) -> Recognized {
    let lines = Lines::of(&capture.text);
    let mut best: Option<CapturedRequest> = None;
    let mut tried = 0;
    for (place, line) in lines.0.iter().enumerate() {
        let Some(found) = request_line(line).or_else(|| request_url(line)) else { continue };
        tried += 1;
        if tried > MOST_TRIED {
            break;
        }
        let mut request =
            CapturedRequest { method: Some(found.method.to_owned()), ..Default::default() };
        request.set_url(found.target);
        fill(&mut request, &lines.after(place, found.column));
        if found.column > 0 && !line.trim_start().starts_with(found.method) {
            request.source.remark(
                format!("The request begins at line {}; what stands before it in its lines was cut off.", place + 1),
                format!("{}번째 줄부터 요청입니다. 각 줄 앞에 붙은 글자는 잘라 냈습니다.", place + 1),
            );
        }
        let count = CapturedRequest::signed_headers;
        if count(&request) > best.as_ref().map_or(0, count) {
            best = Some(request);
        }
    }
    best.map(Ok)
}

/// Reads headers that nothing but a body follows, as frameworks print them.
pub(super) fn read_headers(capture: &Capture<'_>) -> Recognized {
    let lines = Lines::of(&capture.text);
    let is_signed = |line: &str| {
        let line = line.trim_start();
        header(line).is_some_and(|(name, _)| is_signed_header(name))
    };
    let signed = lines.0.iter().position(|line| is_signed(line))?;
    let indent = lines.0.get(signed).map(|line| line.len() - line.trim_start().len())?;
    let before = lines.0.get(..signed)?.iter().rev();
    let above = before.take_while(|line| header(line.trim_start()).is_some()).count();
    let first = signed - above;
    let prefix = lines.0.get(signed)?.get(..indent)?;
    let rest: Vec<_> =
        lines.0.get(first..)?.iter().map(|line| without_prefix(line, prefix)).collect();
    let mut request = CapturedRequest::default();
    fill(&mut request, &rest);
    request.source.remark(
        "There is no request line, so method and path are not known.",
        "요청 줄이 없어 메서드와 경로를 알 수 없습니다.",
    );
    let has_time = request.header("x-tc-timestamp").next().is_some();
    has_time.then_some(Ok(request))
}

/// Lines that only name what follows.
const LABELS: [&str; 16] = [
    "headers",
    "request headers",
    "request header",
    "raw content",
    "body",
    "request body",
    "payload",
    "content",
    "request details",
    "request content",
    "query strings",
    "form values",
    "raw body",
    "request payload",
    "---",
    "data",
];

fn is_label(line: &str) -> bool {
    let line = line.trim().trim_end_matches(':').to_ascii_lowercase();
    LABELS.contains(&&*line)
}

/// Headers, an empty line, and the body. Between headers there may be labels and empty lines until both
/// signed headers have come.
fn fill(request: &mut CapturedRequest, lines: &[&str]) {
    let mut place = 0;
    while let Some(line) = lines.get(place) {
        let is_blank = line.trim().is_empty();
        if is_blank && (request.is_signed() || !headers_follow(lines, place)) {
            break;
        }
        match header(line) {
            Some((name, value)) if request.headers.len() < MOST_HEADERS => {
                request.add_header(name, value);
            }
            _ if is_blank || is_label(line) => {}
            _ => break,
        }
        place += 1;
    }
    let rest = lines.get(place..).unwrap_or_default();
    let skipped = rest.iter().take_while(|line| line.trim().is_empty() || is_label(line)).count();
    // One empty line ends the head; a label may stand between it and the body.
    let labeled = rest.iter().take(skipped).any(|line| is_label(line));
    let start = if labeled { skipped } else { skipped.min(1) };
    let body = packets_joined(rest.get(start..).unwrap_or_default());
    if !body.trim().is_empty() || request.declared_length() == Some(0) {
        request.set_body(body.as_bytes());
    }
}

/// More lines than a block of headers has.
const LONGEST_BLOCK: usize = 64;

/// Returns whether a block of headers with a signed one follows the empty line.
fn headers_follow(lines: &[&str], place: usize) -> bool {
    let rest = lines.iter().skip(place).take(LONGEST_BLOCK);
    let mut block = rest.skip_while(|line| line.trim().is_empty() || is_label(line));
    block.by_ref().map_while(|line| header(line)).any(|(name, _)| is_signed_header(name))
}

/// tcpdump prints a line for each packet, and the bytes of its header as dots in front of the text.
fn packets_joined(lines: &[&str]) -> String {
    let is_summary = |line: &str| {
        let clock = line.get(..8).is_some_and(|it| {
            it.bytes().enumerate().all(|(place, byte)| {
                if place % 3 == 2 { byte == b':' } else { byte.is_ascii_digit() }
            })
        });
        clock && line.contains(" IP")
    };
    let mut out = String::new();
    let mut begins = false;
    for line in lines {
        if is_summary(line) {
            begins = true;
            out.truncate(out.trim_end_matches(['\r', '\n']).len());
            continue;
        }
        let text = match line.find(['{', '[']).filter(|_| begins) {
            Some(start) => line.get(start..).unwrap_or(line),
            None => line,
        };
        begins = false;
        out.push_str(text);
    }
    out
}

/// Reads `--> POST https://…`, the headers and the body up to `--> END POST`.
pub(super) fn read_okhttp(capture: &Capture<'_>) -> Recognized {
    let lines = Lines::of(&capture.text);
    let start = |line: &&str| line.find("--> ").filter(|_| !line.contains("--> END"));
    let starts = lines.0.iter().enumerate().filter_map(|(place, line)| Some((place, start(line)?)));
    let mut requests = starts.filter_map(|(place, column)| {
        let line = lines.0.get(place)?.get(column..)?;
        let found = request_url(line)?;
        let mut request =
            CapturedRequest { method: Some(found.method.to_owned()), ..Default::default() };
        request.set_url(found.target);
        let all = lines.after(place, column);
        let end = all.iter().position(|line| line.contains("--> END")).unwrap_or(all.len());
        fill(&mut request, all.get(..end)?);
        let length = all.get(end).and_then(|line| body_length(line));
        if let (Some(length), None) = (length, request.declared_length()) {
            request.add_header("content-length", length);
            if let Some(body) = request.body.take() {
                request.set_body(&body);
            }
        }
        Some(request)
    });
    requests.find(CapturedRequest::is_signed).map(Ok)
}

/// `(42-byte body)`
fn body_length(line: &str) -> Option<&str> {
    line.split_once("-byte")?.0.rsplit_once('(').map(|(_, digits)| digits)
}
