//! The text form of inputs with parts: `name: value` lines, an empty line, the body.
//!
//! Inputs can be written by hand, and the fuzzer gets far with a dictionary of names and values.

use std::str::FromStr;

pub(crate) struct Input<'a> {
    /// In the order of the input. Values are any bytes except line feeds.
    pub(crate) fields: Vec<(&'a str, &'a [u8])>,
    pub(crate) body: &'a [u8],
}

impl<'a> Input<'a> {
    /// Ignores lines that are not fields, so that every input is valid.
    pub(crate) fn read(mut data: &'a [u8]) -> Self {
        let mut fields = Vec::new();
        while let Some(end) = data.iter().position(|&byte| byte == b'\n') {
            let line = &data[..end];
            data = &data[end + 1..];
            if line.is_empty() {
                return Self { fields, body: data };
            }
            fields.extend(field(line));
        }
        fields.extend(field(data));
        Self { fields, body: &[] }
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(found, _)| *found == name).map(|(_, value)| *value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.all(name).next()?).ok()
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }
}

fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.windows(2).position(|pair| pair == b": ")?;
    Some((std::str::from_utf8(&line[..colon]).ok()?, &line[colon + 2..]))
}
