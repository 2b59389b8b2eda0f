//! Output that is safe for a terminal, with color only in a terminal.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// The style of good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// The style of failures.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// The style of advice.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// The style of names.
pub(crate) const TITLE: Style = Style::new().bold();
/// The style of details.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Returns a text in a style.
pub(crate) fn paint(style: Style, text: impl AsRef<str>) -> String {
    format!("{style}{}{style:#}", text.as_ref())
}

/// Writes to stdout, in color if that is a terminal and `NO_COLOR` is not set.
///
/// A reader that closes the pipe, as `head` does, is not an error.
pub(crate) fn print(text: impl AsRef<[u8]>) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    quiet(stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()))
}

/// Writes bytes to stdout as they are.
pub(crate) fn print_raw(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    quiet(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

fn quiet(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Escapes every character of a foreign text that would control a terminal or change the direction of
/// writing. Line breaks are escaped too.
pub(crate) fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if steers(c) => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Like [`visible`], but keeps the line breaks.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Returns whether a character is a control character, a separator of lines, or a mark of direction.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{61c}' | '\u{feff}')
}

/// Returns indented JSON that is safe for a terminal: control characters are escaped.
pub(crate) fn pretty_json(value: &impl Serialize) -> String {
    // Values and plain structs have string keys only, so this cannot fail.
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Returns the same on one line.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    escaped(&serde_json::to_string(value).unwrap_or_default())
}

/// Escapes control characters. Outside of its strings, JSON has none but line breaks.
fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && steers(c) {
            // All these characters are below 0x10000: one unit of UTF-16 is enough.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}
