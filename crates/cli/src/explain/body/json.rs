//! JSON serialized again: with other white space, in another order, or with its strings and numbers
//! written in another way.
//!
//! The tree keeps every string and number as it was spelled and every object in its order, which
//! `serde_json::Value` does not: a program that serializes a body again may change only its layout.

use serde::de::IgnoredAny;

use crate::text::end_of_string;

/// JSON nested deeper than this is not written again: no sender's parser would read it either, and
/// reading, sorting and dropping it takes a stack as deep as it is.
const DEEPEST: usize = 128;

/// A name and its value.
type Member<'a> = (Name<'a>, Node<'a>);

/// A value; strings and numbers as they were spelled.
pub(super) enum Node<'a> {
    Scalar(&'a [u8]),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// The name of a member, with its quotes.
#[derive(Clone, Copy)]
pub(super) struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    pub(super) fn text(self) -> &'a [u8] {
        let text = self.0.strip_prefix(b"\"").unwrap_or(self.0);
        text.strip_suffix(b"\"").unwrap_or(text)
    }
}

/// The layout that a serializer gives JSON.
pub(super) struct Layout {
    /// For each level; `None` for a single line.
    indent: Option<&'static [u8]>,
    comma: &'static [u8],
    colon: &'static [u8],
    /// Between the brackets of an array on one line, or of an empty one.
    inside: &'static [u8],
    /// `true` if arrays stay on one line where objects do not.
    flat_arrays: bool,
}

const fn layout(
    indent: Option<&'static [u8]>,
    comma: &'static [u8],
    colon: &'static [u8],
) -> Layout {
    Layout { indent, comma, colon, inside: b"", flat_arrays: false }
}

pub(super) const COMPACT: Layout = layout(None, b",", b":");
/// Python's `json.dumps`.
pub(super) const SPACED: Layout = layout(None, b", ", b": ");
pub(super) const TWO: Layout = layout(Some(b"  "), b",", b": ");
pub(super) const FOUR: Layout = layout(Some(b"    "), b",", b": ");
pub(super) const TAB: Layout = layout(Some(b"\t"), b",", b": ");
/// Only colons have a blank after them.
pub(super) const LOOSE: Layout = layout(None, b",", b": ");
/// `{ "a": 1 }`
pub(super) const PADDED: Layout = Layout { inside: b" ", ..layout(None, b", ", b": ") };
pub(super) const JACKSON: Layout =
    Layout { indent: Some(b"  "), comma: b",", colon: b" : ", inside: b" ", flat_arrays: true };

/// The tree of a body; `None` if it is not JSON, or nested too deep.
pub(super) fn parsed(body: &[u8]) -> Option<Node<'_>> {
    // What serde_json has read is well-formed, so the reader below need not check. The depth it does
    // not limit where nothing is kept.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    Reader { rest: body, depth: 0 }.node()
}

/// The body in another layout, with its tree changed; `None` if it is not JSON, or nested too deep.
pub(super) fn relaid(body: &[u8], layout: &Layout, change: fn(&mut Node<'_>)) -> Option<Vec<u8>> {
    let mut node = parsed(body)?;
    change(&mut node);
    written(&node, layout, body.len())
}

/// A tree in a layout; `None` if it becomes many times as long as the body was.
pub(super) fn written(node: &Node<'_>, layout: &Layout, length: usize) -> Option<Vec<u8>> {
    let longest = 64 * 1024 + 8 * length;
    let mut writer = Writer { layout, out: Vec::with_capacity(length), longest };
    writer.node(node, 0);
    Some(writer.out).filter(|out| out.len() <= longest)
}

struct Writer<'l> {
    layout: &'l Layout,
    out: Vec<u8>,
    /// Deep nesting can make the indents many times as long as the body, which no client sends.
    longest: usize,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node<'_>, depth: usize) {
        match node {
            Node::Scalar(text) => self.out.extend_from_slice(text),
            Node::Array(items) if self.layout.flat_arrays => {
                self.items(*b"[]", items, None, |writer, item| writer.node(item, depth));
            }
            Node::Array(items) => {
                self.items(*b"[]", items, Some(depth), |writer, item| writer.node(item, depth + 1));
            }
            Node::Object(members) => {
                self.items(*b"{}", members, Some(depth), |writer, (name, value)| {
                    writer.out.extend_from_slice(name.0);
                    writer.out.extend_from_slice(writer.layout.colon);
                    writer.node(value, depth + 1);
                });
            }
        }
    }

    /// Brackets and what is between them; on one line if no depth is given.
    fn items<T>(
        &mut self,
        [open, close]: [u8; 2],
        items: &[T],
        depth: Option<usize>,
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.out.push(open);
        for (place, item) in items.iter().enumerate() {
            if self.out.len() > self.longest {
                return;
            }
            if place > 0 {
                self.out.extend_from_slice(self.layout.comma);
            }
            self.line(depth.map(|depth| depth + 1));
            write(self, item);
        }
        self.line(depth.filter(|_| !items.is_empty()));
        self.out.push(close);
    }

    fn line(&mut self, depth: Option<usize>) {
        match (depth, self.layout.indent) {
            (Some(depth), Some(indent)) => {
                self.out.push(b'\n');
                (0..depth).for_each(|_| self.out.extend_from_slice(indent));
            }
            _ => self.out.extend_from_slice(self.layout.inside),
        }
    }
}

/// Reads JSON that is known to be well-formed.
struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    fn node(&mut self) -> Option<Node<'a>> {
        self.rest = self.rest.trim_ascii_start();
        match self.rest.first()? {
            b'{' => self.items(b'}', Self::member).map(Node::Object),
            b'[' => self.items(b']', Self::node).map(Node::Array),
            b'"' => self.string().map(Node::Scalar),
            _ => {
                let ends = |byte: &u8| b",]} \t\r\n".contains(byte);
                let length = self.rest.iter().position(ends).unwrap_or(self.rest.len());
                self.take(length).map(Node::Scalar)
            }
        }
    }

    fn member(&mut self) -> Option<Member<'a>> {
        self.rest = self.rest.trim_ascii_start();
        let name = self.string().map(Name)?;
        self.rest = self.rest.trim_ascii_start();
        self.take(1)?;
        Some((name, self.node()?))
    }

    fn items<T>(&mut self, close: u8, read: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut items = Vec::new();
        self.take(1)?;
        loop {
            self.rest = self.rest.trim_ascii_start();
            match *self.rest.first()? {
                byte if byte == close => {
                    self.take(1)?;
                    self.depth -= 1;
                    return Some(items);
                }
                b',' => {
                    self.take(1)?;
                }
                _ => items.push(read(self)?),
            }
        }
    }

    /// With its quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        let end = end_of_string(self.rest.get(1..)?)?;
        self.take(end + 2)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Leaves the tree as it is.
pub(super) fn kept(_: &mut Node<'_>) {}

/// Sorts the members of every object by their names.
pub(super) fn sorted(node: &mut Node<'_>) {
    reorder(node, &|members| members.sort_by_key(|(name, _)| name.text()));
}

/// Sorts them without regard to case.
pub(super) fn sorted_without_case(node: &mut Node<'_>) {
    reorder(node, &|members| members.sort_by_key(|(name, _)| name.text().to_ascii_lowercase()));
}

/// Turns their order round.
pub(super) fn reversed(node: &mut Node<'_>) {
    reorder(node, &|members| members.reverse());
}

/// Puts them in the order of a `HashMap` of Java.
pub(super) fn hashed(node: &mut Node<'_>) {
    reorder(node, &|members| {
        let mut buckets: u32 = 16;
        while members.len() > usize::try_from(buckets / 4 * 3).unwrap_or(usize::MAX) {
            buckets = buckets.saturating_mul(2);
        }
        members.sort_by_key(|(name, _)| {
            let hash = java_hash(name.text());
            (hash ^ (hash >> 16)) & (buckets - 1)
        });
    });
}

/// `String.hashCode` of a name without escapes.
fn java_hash(name: &[u8]) -> u32 {
    let name = String::from_utf8_lossy(name);
    name.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// Removes the members that are `null`.
pub(super) fn without_nulls(node: &mut Node<'_>) {
    retain(node, &|value| !matches!(value, Node::Scalar(b"null")));
}

/// Removes the members that are `null`, an empty string, an empty array or an empty object.
pub(super) fn without_empties(node: &mut Node<'_>) {
    retain(node, &|value| match value {
        Node::Scalar(text) => !matches!(*text, b"null" | b"\"\""),
        Node::Array(items) => !items.is_empty(),
        Node::Object(members) => !members.is_empty(),
    });
}

fn reorder<'a>(node: &mut Node<'a>, order: &dyn Fn(&mut Vec<Member<'a>>)) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter_mut().for_each(|item| reorder(item, order)),
        Node::Object(members) => {
            order(members);
            members.iter_mut().for_each(|(_, value)| reorder(value, order));
        }
    }
}

fn retain(node: &mut Node<'_>, keeps: &dyn Fn(&Node<'_>) -> bool) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter_mut().for_each(|item| retain(item, keeps)),
        Node::Object(members) => {
            members.iter_mut().for_each(|(_, value)| retain(value, keeps));
            members.retain(|(_, value)| keeps(value));
        }
    }
}

/// More members than this have too many orders.
const MOST_MEMBERS: usize = 6;

/// A longer body is not written hundreds of times.
const LONGEST: usize = 16 * 1024;

/// Every order of the outermost members, as a set or a map without order may have given them.
pub(super) fn orders(body: &[u8], layouts: &[&Layout]) -> Vec<Vec<u8>> {
    if body.len() > LONGEST {
        return Vec::new();
    }
    let Some(Node::Object(mut members)) = parsed(body) else { return Vec::new() };
    if members.len() > MOST_MEMBERS {
        return Vec::new();
    }
    let mut all = Vec::new();
    // Heap's algorithm, without recursion.
    let mut counts = vec![0; members.len()];
    let mut place = 0;
    while let Some(&count) = counts.get(place) {
        if count >= place {
            if let Some(count) = counts.get_mut(place) {
                *count = 0;
            }
            place += 1;
            continue;
        }
        members.swap(if place % 2 == 0 { 0 } else { count }, place);
        let node = Node::Object(members);
        all.extend(layouts.iter().filter_map(|layout| written(&node, layout, body.len())));
        let Node::Object(same) = node else { return all };
        members = same;
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        place = 0;
    }
    all
}

/// A string or a number of a JSON text, as it is spelled.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// With its quotes.
    String(&'a str),
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
}

/// The text with each value replaced by what `write` returns for it. Names of members are left alone.
pub(super) fn mapped(body: &[u8], write: fn(Token<'_>) -> Option<String>) -> Option<Vec<u8>> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let text = std::str::from_utf8(body).ok()?;
    let mut out = String::with_capacity(body.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => end_of_string(rest.as_bytes().get(1..)?)? + 2,
            b'-' | b'0'..=b'9' => run(rest, |c| c.is_ascii_digit() || "+-.eE".contains(c)),
            b'a'..=b'z' => run(rest, |c| c.is_ascii_lowercase()),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let (token, after) = rest.split_at_checked(length)?;
        let is_name = first == b'"' && after.trim_ascii_start().starts_with(':');
        let written = match first {
            _ if is_name => None,
            b'"' => write(Token::String(token)),
            b'-' | b'0'..=b'9' => write(Token::Number(token)),
            b'a'..=b'z' => write(Token::Word(token)),
            _ => None,
        };
        out.push_str(written.as_deref().unwrap_or(token));
        rest = after;
    }
    Some(out.into_bytes())
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Numbers as JavaScript and Go write them: `1.0` is `1`, `1e3` is `1000`, and what is too long for a
/// floating point number has lost its last digits.
pub(super) fn javascript_numbers(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    let number: f64 = token.parse().ok()?;
    Some(match number.abs() {
        // JSON has no infinity, and no sign before a zero survives.
        _ if !number.is_finite() => "null".to_owned(),
        0.0 => "0".to_owned(),
        1e-6..1e21 => number.to_string(),
        1e21.. => format!("{number:e}").replace('e', "e+"),
        _ => format!("{number:e}"),
    })
}

/// Every number as a `double` of Java, which Gson makes of it: `1` is `1.0`, `10000000` is `1.0E7`.
pub(super) fn java_doubles(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    java_double(token.parse().ok()?)
}

/// Numbers with a fraction or an exponent as Java and Jackson write a `double`.
pub(super) fn java_fractions(token: Token<'_>) -> Option<String> {
    match token {
        Token::Number(text) if text.contains(['.', 'e', 'E']) => java_doubles(token),
        _ => None,
    }
}

fn java_double(number: f64) -> Option<String> {
    let with_point = |text: String| if text.contains('.') { text } else { text + ".0" };
    match number.abs() {
        _ if !number.is_finite() => None,
        0.0 => Some("0.0".to_owned()),
        1e-3..1e7 => Some(with_point(number.to_string())),
        _ => {
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e')?;
            Some(format!("{}E{exponent}", with_point(digits.to_owned())))
        }
    }
}

/// Numbers with a fraction or an exponent as Python writes a `float`: `1e3` is `1000.0`.
pub(super) fn python_floats(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    let number: f64 = token.contains(['.', 'e', 'E']).then(|| token.parse().ok()).flatten()?;
    let text = match number.abs() {
        _ if !number.is_finite() => return None,
        0.0 | 1e-4..1e16 => number.to_string(),
        _ => {
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e')?;
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            return Some(format!("{digits}e{sign}{exponent:0>2}"));
        }
    };
    Some(if text.contains('.') { text } else { text + ".0" })
}

/// Every number with a decimal point, but none with an exponent.
pub(super) fn decimals(token: Token<'_>) -> Option<String> {
    match token {
        Token::Number(text) if !text.contains(['.', 'e', 'E']) => Some(format!("{text}.0")),
        _ => None,
    }
}

/// Strings that look like numbers as numbers.
pub(super) fn unquoted_numbers(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.trim_matches('"');
    let leading_zero = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    let number = serde_json::from_str::<serde_json::Number>(text).ok();
    number.filter(|_| !leading_zero).map(|_| text.to_owned())
}

/// The same with leading zeros lost, as `parseInt` and SQL do it: `"010"` is `10`.
pub(super) fn parsed_integers(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.trim_matches('"');
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| match text.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    })
}

/// Strings that look like numbers, truth values or null without their quotes.
pub(super) fn unquoted_values(token: Token<'_>) -> Option<String> {
    match token {
        Token::String(text @ ("\"true\"" | "\"false\"" | "\"null\"")) => {
            Some(text.trim_matches('"').to_owned())
        }
        other => unquoted_numbers(other),
    }
}

/// Numbers as strings.
pub(super) fn quoted_numbers(token: Token<'_>) -> Option<String> {
    let Token::Number(text) = token else { return None };
    Some(format!("\"{text}\""))
}

/// Numbers and truth values as strings.
pub(super) fn quoted_values(token: Token<'_>) -> Option<String> {
    match token {
        Token::Word(text @ ("true" | "false")) => Some(format!("\"{text}\"")),
        other => quoted_numbers(other),
    }
}

/// `null` as an empty string.
pub(super) fn nulls_emptied(token: Token<'_>) -> Option<String> {
    matches!(token, Token::Word("null")).then(|| "\"\"".to_owned())
}

/// `null` as the word in quotes.
pub(super) fn nulls_quoted(token: Token<'_>) -> Option<String> {
    matches!(token, Token::Word("null")).then(|| "\"null\"".to_owned())
}

/// Empty strings as `null`.
pub(super) fn empties_nulled(token: Token<'_>) -> Option<String> {
    matches!(token, Token::String("\"\"")).then(|| "null".to_owned())
}

/// Strings without blanks around them.
pub(super) fn trimmed_strings(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.strip_prefix('"')?.strip_suffix('"')?;
    Some(format!("\"{}\"", text.trim()))
}
