//! Output that is safe for a terminal, with color only in a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

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
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
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
    Cow::Owned(safe)
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
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, Safe(PrettyFormatter::new()));
    // Values and plain structs have string keys only, so this cannot fail.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(json).unwrap_or_default()
}

/// Returns the same on one line.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let mut json = Vec::new();
    let mut serializer =
        Serializer::with_formatter(&mut json, Safe(serde_json::ser::CompactFormatter));
    let _ = value.serialize(&mut serializer);
    String::from_utf8(json).unwrap_or_default()
}

/// A formatter that escapes control characters in strings.
struct Safe<F>(F);

macro_rules! forward {
    ($($name:ident($($arg:ident: $type:ty),*)),* $(,)?) => {
        $(
            fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $arg: $type)*) -> io::Result<()> {
                self.0.$name(writer $(, $arg)*)
            }
        )*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    forward! {
        begin_array(),
        end_array(),
        begin_array_value(first: bool),
        end_array_value(),
        begin_object(),
        end_object(),
        begin_object_key(first: bool),
        begin_object_value(),
        end_object_value(),
        write_char_escape(escape: CharEscape),
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for piece in fragment.split_inclusive(steers) {
            let last = piece.chars().next_back().filter(|c| steers(*c));
            writer.write_all(piece.trim_end_matches(steers).as_bytes())?;
            if let Some(c) = last {
                // All these characters are below 0x10000: one unit of UTF-16 is enough.
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }
}
