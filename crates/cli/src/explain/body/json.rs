//! JSON serialized again: other white space, other order, the same strings and numbers.
//!
//! The tree keeps every string and number as it was spelled and every object in its order, which
//! `serde_json::Value` does not: a program that serializes a body again may change only its layout.

use serde::de::IgnoredAny;

use crate::text::end_of_string;

/// JSON nested deeper than this is not written again: no sender's parser would read it either, and
/// reading, sorting and dropping it takes a stack as deep as it is.
const DEEPEST: usize = 128;

/// A name and its value.
pub(super) type Member<'a> = (Name<'a>, Node<'a>);

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
