//! Text for the log: escaped in one place, so that no error or response can forge a log line.

use std::error::Error;
use std::fmt::{self, Write as _};

/// A text with its control characters escaped, for the log.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                // Line and paragraph separators, and the marks that reorder a line on a terminal.
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    write!(f, "{}", c.escape_unicode())?;
                }
                _ if c.is_control() => write!(f, "{}", c.escape_debug())?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// An error and its sources, outermost first, escaped.
///
/// Some errors print their source themselves; it is not printed twice.
pub(crate) struct ErrorChain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = self.0.to_string();
        Escaped(&printed).fmt(f)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            let text = error.to_string();
            if !printed.ends_with(&text) {
                write!(f, ": {}", Escaped(&text))?;
                printed = text;
            }
            source = error.source();
        }
        Ok(())
    }
}
