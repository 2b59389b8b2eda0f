//! Captures as text: their encoding, their lines, and what stands before each line.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

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
        let (line, next) = super::split_line(rest);
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
    pub(super) column: usize,
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
pub(super) struct Lines<'a>(pub(super) Vec<&'a str>);

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.split_inclusive('\n').collect())
    }

    /// The lines after this one, each without what stands before this column in this one. A line that
    /// begins otherwise is left as it is.
    pub(super) fn after(&self, place: usize, column: usize) -> Vec<&'a str> {
        let prefix = self.0.get(place).and_then(|line| line.get(..column)).unwrap_or_default();
        let rest = self.0.iter().skip(place + 1);
        rest.map(|line| without_prefix(line, prefix)).collect()
    }
}

/// The line without a prefix like this one, in which digits may differ: they are times.
pub(super) fn without_prefix<'a>(line: &'a str, prefix: &str) -> &'a str {
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
