//! Text with a request in it: what tools print, what loggers write before each line, and what people
//! copy from pages.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::error::MOST_HEADERS;
use super::request::{Capture, CapturedRequest, Recognized, is_signed_header, split_line};
use crate::input::BYTE_ORDER_MARK;
use crate::lang::Words;

/// The capture in UTF-8, without a byte order mark, colors and the fence of Markdown.
pub(super) fn decoded(capture: &[u8]) -> (Cow<'_, [u8]>, Vec<Words>) {
    let mut remarks = Vec::new();
    let mut bytes = Cow::Borrowed(capture.strip_prefix(BYTE_ORDER_MARK).unwrap_or(capture));
    if let Some(encoding) = utf_16(capture) {
        remarks.push(Words::fixed(
            "The file is UTF-16, as PowerShell's `>` writes it; characters beyond ASCII may have been \
             changed by that.",
            "파일이 UTF-16입니다(PowerShell의 `>`). 이 과정에서 ASCII가 아닌 글자가 바뀌었을 수 있습니다.",
        ));
        bytes = Cow::Owned(encoding.decode_with_bom_removal(capture).0.into_owned().into_bytes());
    }
    if bytes.windows(2).any(|two| two == b"\x1b[") {
        bytes = Cow::Owned(without_colors(&bytes));
    }
    if let Some(inner) = fenced(&bytes) {
        bytes = Cow::Owned(inner.to_vec());
    }
    (bytes, remarks)
}

/// By its mark, or by the zeros of ASCII in it.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Without the sequences that color a terminal.
fn without_colors(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let end = rest.strip_prefix(b"\x1b[").and_then(|inner| {
            let length = inner.iter().take(16).position(|byte| !b"0123456789;".contains(byte))?;
            (inner.get(length) == Some(&b'm')).then(|| inner.get(length + 1..)).flatten()
        });
        if end.is_none() {
            out.push(first);
        }
        rest = end.unwrap_or(after);
    }
    out
}

/// The inside of a block of code that was copied from a chat or an issue.
fn fenced(bytes: &[u8]) -> Option<&[u8]> {
    let inner = bytes.trim_ascii().strip_prefix(b"```")?.strip_suffix(b"```")?;
    let start = inner.iter().position(|&byte| byte == b'\n')? + 1;
    inner.get(start..)
}

/// Without empty lines in front. Keeps the indent of the first line, which shows that of the others.
pub(super) fn without_blank_lines(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    loop {
        let (line, next) = split_line(rest);
        if !line.trim_ascii().is_empty() || next.is_empty() {
            return rest;
        }
        rest = next;
    }
}

/// Methods that a request line may begin with.
const METHODS: [&str; 7] = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A request line inside of a line: where it begins, the method and the target.
pub(super) struct RequestLine<'a> {
    column: usize,
    pub(super) method: &'a str,
    pub(super) target: &'a str,
}

/// `POST /path HTTP/1.1` anywhere in a line, with nothing after it.
pub(super) fn request_line(line: &str) -> Option<RequestLine<'_>> {
    find_request(line, |rest| {
        let (target, version) = rest.trim_end().split_once([' ', '\t'])?;
        version.trim_start().starts_with("HTTP/").then_some(target)
    })
}

/// `POST https://host/path`, with a version or without.
pub(super) fn request_url(line: &str) -> Option<RequestLine<'_>> {
    find_request(line, |rest| {
        let target = rest.split([' ', '\t', '"', '\'', ',', '\r', '\n']).next()?;
        let is_target = target.starts_with('/') || target.contains("://");
        is_target.then_some(target)
    })
}

fn find_request<'a>(
    line: &'a str,
    target: impl Fn(&'a str) -> Option<&'a str>,
) -> Option<RequestLine<'a>> {
    METHODS.iter().find_map(|method| {
        line.match_indices(method).find_map(|(column, method)| {
            let before = line.get(..column)?.chars().next_back();
            let rest = line.get(column + method.len()..)?;
            let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
            let stands_alone = !before.is_some_and(|c| c.is_ascii_alphanumeric());
            let target = target(rest).filter(|_| stands_alone)?;
            Some(RequestLine { column, method, target })
        })
    })
}

/// `Name: value`, or `Name`, a tab and the value.
pub(super) fn header(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_end().split_once([':', '\t'])?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&*+^|~".contains(&byte);
    let is_name = !name.is_empty() && name.bytes().all(is_token);
    is_name.then(|| (name, value.trim()))
}

/// Lines with their ends, without what a logger put before each.
struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self(text.split_inclusive('\n').collect())
    }

    /// The lines after this one, each without what stands before this column in this one. A line that
    /// begins otherwise is left as it is.
    fn after(&self, place: usize, column: usize) -> Vec<&'a str> {
        let prefix = self.0.get(place).and_then(|line| line.get(..column)).unwrap_or_default();
        let rest = self.0.iter().skip(place + 1);
        rest.map(|line| without_prefix(line, prefix)).collect()
    }
}

/// The line without a prefix like this one, in which digits may differ: they are times.
fn without_prefix<'a>(line: &'a str, prefix: &str) -> &'a str {
    if prefix.is_empty() {
        return line;
    }
    let like = |a: char, b: char| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    let alike = |line: &str, prefix: &str| {
        line.chars().count() >= prefix.chars().count()
            && line.chars().zip(prefix.chars()).all(|(a, b)| like(a, b))
    };
    if alike(line, prefix) {
        let length = line.chars().take(prefix.chars().count()).map(char::len_utf8).sum();
        return line.get(length..).unwrap_or_default();
    }
    // An empty line may have lost the blank at its end.
    let bare = prefix.trim_end();
    if !bare.is_empty()
        && line.trim_end().chars().count() == bare.chars().count()
        && alike(line.trim_end(), bare)
    {
        return "\n";
    }
    // A time of another length: what follows the last word of the prefix counts.
    same_mark(line, prefix).unwrap_or(line)
}

/// The text after the mark that ends a prefix, such as ` stdout F ` or `| `, if the line has it where the
/// prefix has it, give or take a few characters.
fn same_mark<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    const SLACK: usize = 12;
    let mark = prefix.rsplit_once(|c: char| c.is_ascii_digit()).map_or(prefix, |(_, mark)| mark);
    if mark.trim().is_empty() || mark.len() < 2 {
        return None;
    }
    let first = line.find(mark)?;
    let expected = prefix.len() - mark.len();
    (first.abs_diff(expected) <= SLACK).then(|| line.get(first + mark.len()..)).flatten()
}

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
