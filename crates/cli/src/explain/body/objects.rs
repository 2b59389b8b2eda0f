//! The parsed body as something other than JSON: as the text of a value of some language, as the
//! fields of a form, or as its values alone.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::text::form_encoded;

/// Longer bodies are not searched.
const LONGEST: usize = 64 * 1024;

/// Nesting beyond this is not written.
const DEEPEST: usize = 16;

/// A form and its name.
pub(super) type Named = (&'static str, Vec<u8>);

type Members = Map<String, Value>;

fn members(body: &[u8]) -> Option<Members> {
    if body.len() > LONGEST {
        return None;
    }
    match serde_json::from_slice(body).ok()? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// The text form of a map in a language.
struct Style {
    open: &'static str,
    close: &'static str,
    colon: &'static str,
    comma: &'static str,
    list: [&'static str; 2],
    name: fn(&str) -> String,
    text: fn(&str) -> String,
    words: [&'static str; 3],
}

const PYTHON: Style = Style {
    open: "{",
    close: "}",
    colon: ": ",
    comma: ", ",
    list: ["[", "]"],
    name: single_quoted,
    text: single_quoted,
    words: ["True", "False", "None"],
};
const JAVA: Style = Style {
    open: "{",
    close: "}",
    colon: "=",
    comma: ", ",
    list: ["[", "]"],
    name: str::to_owned,
    text: str::to_owned,
    words: ["true", "false", "null"],
};
const JAVASCRIPT: Style = Style {
    open: "{ ",
    close: " }",
    colon: ": ",
    list: ["[ ", " ]"],
    name: script_name,
    text: single_quoted,
    words: ["true", "false", "null"],
    ..PYTHON
};
const GO: Style = Style {
    open: "map[",
    close: "]",
    colon: ":",
    comma: " ",
    words: ["true", "false", "<nil>"],
    ..JAVA
};
const RUBY: Style = Style {
    colon: "=>",
    name: double_quoted,
    text: double_quoted,
    words: ["true", "false", "nil"],
    ..PYTHON
};
const RUBY_3_4: Style = Style { colon: " => ", ..RUBY };
const SCALA: Style = Style { open: "Map(", close: ")", colon: " -> ", ..JAVA };

/// Names, and how each writes the body.
pub(super) fn texts(body: &[u8]) -> Vec<Named> {
    let Some(mut members) = members(body) else { return Vec::new() };
    let styles = [
        ("Python dict", &PYTHON),
        ("Java Map.toString", &JAVA),
        ("JavaScript", &JAVASCRIPT),
        ("Ruby", &RUBY),
        ("Ruby", &RUBY_3_4),
        ("Scala", &SCALA),
    ];
    let mut all: Vec<_> = styles
        .iter()
        .map(|(name, style)| (*name, style.object(&members, 0).into_bytes()))
        .collect();
    members.sort_keys();
    all.push(("Go map", GO.object(&members, 0).into_bytes()));
    all.push(("Java Map.toString", JAVA.object(&members, 0).into_bytes()));
    all
}

impl Style {
    fn object(&self, members: &Members, depth: usize) -> String {
        let item = |(name, value): (&String, &Value)| {
            format!("{}{}{}", (self.name)(name), self.colon, self.value(value, depth + 1))
        };
        let items: Vec<_> = members.iter().map(item).collect();
        format!("{}{}{}", self.open, items.join(self.comma), self.close)
    }

    fn value(&self, value: &Value, depth: usize) -> String {
        if depth > DEEPEST {
            return String::new();
        }
        let [yes, no, null] = self.words;
        match value {
            Value::String(text) => (self.text)(text),
            Value::Bool(true) => yes.to_owned(),
            Value::Bool(false) => no.to_owned(),
            Value::Null => null.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Object(members) => self.object(members, depth),
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item, depth + 1)).collect();
                let [open, close] = self.list;
                format!("{open}{}{close}", items.join(self.comma))
            }
        }
    }
}

fn single_quoted(text: &str) -> String {
    if text.contains('\'') && !text.contains('"') {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn double_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn script_name(name: &str) -> String {
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(&byte));
    if is_name { name.to_owned() } else { single_quoted(name) }
}

/// A flat object's names and values as texts.
fn pairs(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = |(name, value): (&String, &Value)| Some((name.clone(), scalar(value)?));
    members(body)?.iter().map(text).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) | Value::Null => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// The members of a flat object as the fields of a form or a query: in their order and sorted, encoded
/// and not.
pub(super) fn form_fields(body: &[u8]) -> Vec<Vec<u8>> {
    let Some(mut pairs) = pairs(body) else { return Vec::new() };
    let mut all = Vec::new();
    for _ in 0..2 {
        let encoded = |(name, value): &(String, String)| {
            [form_encoded(name.as_bytes()), form_encoded(value.as_bytes())].join(&b'=')
        };
        let plain = |(name, value): &(String, String)| format!("{name}={value}").into_bytes();
        all.push(pairs.iter().map(encoded).collect::<Vec<_>>().join(&b'&'));
        all.push(pairs.iter().map(plain).collect::<Vec<_>>().join(&b'&'));
        pairs.sort();
    }
    all
}

/// The body as the parameter of a form, or as the name of one, which is what a servlet makes of it.
pub(super) fn form_parameters(body: &[u8]) -> Vec<Vec<u8>> {
    const NAMES: [&str; 12] = [
        "body", "data", "json", "payload", "param", "params", "request", "req", "content", "input",
        "message", "jsonData",
    ];
    if body.len() > LONGEST {
        return Vec::new();
    }
    let encoded = form_encoded(body);
    let mut all = vec![[&encoded, &b"="[..]].concat(), [body, b"="].concat()];
    for name in NAMES {
        all.push([name.as_bytes(), b"=", &encoded].concat());
        all.push([name.as_bytes(), b"=", body].concat());
    }
    all
}

/// The values of a flat object, one after the other.
pub(super) fn values(body: &[u8]) -> Vec<Vec<u8>> {
    let Some(mut pairs) = pairs(body) else { return Vec::new() };
    let mut all = Vec::new();
    for _ in 0..2 {
        for between in ["", "&", ",", "|", ":", " ", "\n", ";", "-", "_", ".", "/"] {
            let values: Vec<_> = pairs.iter().map(|(_, value)| &**value).collect();
            all.push(values.join(between).into_bytes());
        }
        let joined = |colon: &str| {
            let pair = |(name, value): &(String, String)| format!("{name}{colon}{value}");
            pairs.iter().map(pair).collect::<String>().into_bytes()
        };
        all.extend([joined(""), joined("="), joined(":")]);
        pairs.sort();
    }
    all
}

/// PHP's `print_r` of the parsed body.
pub(super) fn php(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = "Array\n(\n".to_owned();
    for (name, value) in pairs(body)? {
        // Writing to a string can't fail.
        let _ = writeln!(out, "    [{name}] => {value}");
    }
    Some((out + ")\n").into_bytes())
}

/// The bytes of the body as Python writes them: `b'…'`.
pub(super) fn python_bytes(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() > LONGEST {
        return None;
    }
    let quote = if body.contains(&b'\'') && !body.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = vec![b'b', quote];
    for &byte in body {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b' '..=b'~' if byte == quote => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            _ => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    out.push(quote);
    Some(out)
}
