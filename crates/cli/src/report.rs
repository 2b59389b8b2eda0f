//! How answers are written: safe for a terminal, in color only where one looks at it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

/// What is good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What breaks the contract.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What could be better.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// What names a part of the answer.
pub(crate) const TITLE: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A text in a style.
pub(crate) fn paint(style: Style, text: impl AsRef<str>) -> String {
    format!("{style}{}{style:#}", text.as_ref())
}

/// Writes to stdout, in color if that is a terminal and `NO_COLOR` is not set.
///
/// A reader that has gone away, as `head` does, is no error: nobody is left to tell.
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

/// A text of others with everything escaped that would steer a terminal or turn the writing round.
/// New lines are escaped too.
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
                // Writing to a string can't fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// Like [`visible`], but each line stays one.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Control characters of ASCII and of Latin-1, separators of lines, and marks of direction.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{61c}' | '\u{feff}')
}

/// Indented JSON that is safe on a terminal: what steers one is written as `\u` and four digits.
pub(crate) fn pretty_json(value: &impl Serialize) -> String {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, Safe(PrettyFormatter::new()));
    // Values and plain structs have string keys only, so there is no way for this to fail.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(json).unwrap_or_default()
}

/// The same on one line, for a stream of values.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let mut json = Vec::new();
    let mut serializer =
        Serializer::with_formatter(&mut json, Safe(serde_json::ser::CompactFormatter));
    let _ = value.serialize(&mut serializer);
    String::from_utf8(json).unwrap_or_default()
}

/// Writes strings so that a terminal can show them.
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
                // All that steers lies below 0x10000, so one unit of UTF-16 is enough.
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }
}
