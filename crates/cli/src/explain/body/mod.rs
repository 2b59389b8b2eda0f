//! The forms of a body: what may have been signed in place of what was caught.
//!
//! Each form works both ways. The sender may have signed another form than it sent, or something on
//! the way may have changed the body after it was signed.

mod charset;
mod json;
mod mistakes;
mod numbers;
mod text;

use json::{COMPACT, FOUR, JACKSON, Layout, SPACED, TAB, TWO};
use mistakes::{
    ASCII_ESCAPED, BYTE_ORDER_MARK, CRLF, EMPTY, EUC_KR, FORM_FIELDS, HTML_ESCAPED, JSON_COMPACT,
    JSON_NUMBERS, JSON_PRETTY, JSON_SORTED, JSON_SPACED, JSON_STRING, LATIN_1, LF, LOSSY,
    NO_LINE_ENDS, OBJECT_OBJECT, PAST_LENGTH, QUESTION_MARKS, SLASH_ESCAPED, UNESCAPED,
    URL_DECODED, URL_ENCODED, UTF_16,
};

use super::mistake::{Form, Mistake, Step};
use crate::lang::Words;

/// One thing that is done to a body.
pub(super) struct Change {
    /// Changes of one kind exclude each other.
    kind: Kind,
    /// Whether it is common enough to be tried early in combinations.
    pub(super) common: bool,
    steps: &'static [(&'static Mistake, &'static str)],
    apply: fn(&[u8]) -> Option<Vec<u8>>,
}

/// In the order in which a program does them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Numbers,
    Order,
    Layout,
    Escapes,
    Slashes,
    LineEnds,
    Charset,
    Mark,
    Wrapped,
}

const fn common(
    kind: Kind,
    steps: &'static [(&'static Mistake, &'static str)],
    apply: fn(&[u8]) -> Option<Vec<u8>>,
) -> Change {
    Change { kind, common: true, steps, apply }
}

const fn rare(
    kind: Kind,
    steps: &'static [(&'static Mistake, &'static str)],
    apply: fn(&[u8]) -> Option<Vec<u8>>,
) -> Change {
    Change { kind, common: false, steps, apply }
}

/// All of them. Those that change nothing cost nothing.
pub(super) static CHANGES: [Change; 39] = [
    rare(Kind::Numbers, &[(&JSON_NUMBERS, "")], numbers::normalised),
    common(Kind::Layout, &[(&JSON_COMPACT, "")], |body| laid(body, &COMPACT)),
    common(Kind::Layout, &[(&JSON_SPACED, "")], |body| laid(body, &SPACED)),
    common(Kind::Layout, &[(&JSON_PRETTY, "2")], |body| laid(body, &TWO)),
    common(Kind::Layout, &[(&JSON_PRETTY, "4")], |body| laid(body, &FOUR)),
    rare(Kind::Layout, &[(&JSON_PRETTY, "tab")], |body| laid(body, &TAB)),
    rare(Kind::Layout, &[(&JSON_PRETTY, "Jackson")], |body| laid(body, &JACKSON)),
    common(Kind::Order, &[(&JSON_SORTED, "")], |body| sorted(body, &COMPACT)),
    common(Kind::Order, &[(&JSON_SORTED, "a blank behind commas and colons")], |body| {
        sorted(body, &SPACED)
    }),
    rare(Kind::Order, &[(&JSON_SORTED, "2")], |body| sorted(body, &TWO)),
    rare(Kind::Order, &[(&JSON_SORTED, "4")], |body| sorted(body, &FOUR)),
    common(Kind::Escapes, &[(&ASCII_ESCAPED, "")], |body| text::ascii_escaped(body, false)),
    rare(Kind::Escapes, &[(&ASCII_ESCAPED, "upper case")], |body| text::ascii_escaped(body, true)),
    common(Kind::Escapes, &[(&UNESCAPED, "")], text::unescaped),
    // What Python's `json.dumps` makes of it, as it is and with `sort_keys`.
    common(Kind::Escapes, &[(&JSON_SPACED, ""), (&ASCII_ESCAPED, "")], |body| {
        text::ascii_escaped(&laid(body, &SPACED)?, false)
    }),
    common(Kind::Escapes, &[(&JSON_SORTED, ""), (&ASCII_ESCAPED, "")], |body| {
        text::ascii_escaped(&sorted(body, &SPACED)?, false)
    }),
    common(Kind::Slashes, &[(&SLASH_ESCAPED, "")], slashes),
    // PHP's `json_encode`.
    common(Kind::Slashes, &[(&SLASH_ESCAPED, ""), (&ASCII_ESCAPED, "")], |body| {
        text::ascii_escaped(&slashes(body)?, false)
    }),
    rare(Kind::Slashes, &[(&HTML_ESCAPED, "")], html_escaped),
    common(Kind::LineEnds, &[(&CRLF, "")], text::crlf),
    common(Kind::LineEnds, &[(&LF, "")], text::lf),
    rare(Kind::LineEnds, &[(&NO_LINE_ENDS, "")], |body| {
        text::replaced(body, &[(b'\r', b""), (b'\n', b"")])
    }),
    common(Kind::Charset, &[(&EUC_KR, "")], charset::euc_kr),
    common(Kind::Charset, &[(&EUC_KR, "decoded")], charset::of_euc_kr),
    rare(Kind::Charset, &[(&UTF_16, "big-endian, marked")], |body| {
        charset::utf_16(body, false, true)
    }),
    rare(Kind::Charset, &[(&UTF_16, "little-endian")], |body| charset::utf_16(body, true, false)),
    common(Kind::Charset, &[(&LATIN_1, "")], charset::mojibake),
    rare(Kind::Charset, &[(&LATIN_1, "Windows-1252")], charset::windows_mojibake),
    rare(Kind::Charset, &[(&LATIN_1, "undone")], charset::unmojibake),
    rare(Kind::Charset, &[(&QUESTION_MARKS, "")], charset::question_marks),
    rare(Kind::Charset, &[(&LOSSY, "")], charset::lossy),
    common(Kind::Mark, &[(&BYTE_ORDER_MARK, "added")], charset::marked),
    common(Kind::Mark, &[(&BYTE_ORDER_MARK, "removed")], charset::unmarked),
    common(Kind::Wrapped, &[(&URL_ENCODED, "")], |body| Some(text::component(body))),
    common(Kind::Wrapped, &[(&URL_ENCODED, "a blank as +")], |body| Some(text::form_encoded(body))),
    rare(Kind::Wrapped, &[(&URL_ENCODED, "RFC 3986")], |body| Some(text::quoted(body))),
    common(Kind::Wrapped, &[(&URL_DECODED, "")], text::percent_decoded),
    rare(Kind::Wrapped, &[(&URL_DECODED, "+ as a blank")], text::form_decoded),
    rare(Kind::Wrapped, &[(&JSON_STRING, "")], text::json_string),
];

/// Forms that nothing else is done to.
static REPLACEMENTS: [Change; 4] = [
    common(Kind::Wrapped, &[(&EMPTY, "")], |_| Some(Vec::new())),
    common(Kind::Wrapped, &[(&FORM_FIELDS, "")], text::form_fields),
    rare(Kind::Wrapped, &[(&OBJECT_OBJECT, "")], |_| Some(b"[object Object]".to_vec())),
    rare(Kind::Wrapped, &[(&JSON_STRING, "undone")], text::of_json_string),
];

/// A form, and whether it is a common one.
pub(super) struct BodyForm {
    pub(super) form: Form,
    pub(super) common: bool,
}

/// Every form with one mistake, made when it is asked for; `None` for each that is none, so that whoever
/// asks can look at the clock in between.
pub(super) fn singles<'a>(
    body: &'a [u8],
    surplus: &'a [u8],
) -> impl Iterator<Item = Option<BodyForm>> + 'a {
    let past = (!surplus.trim_ascii().is_empty()).then(|| BodyForm {
        form: Form::mistaken([body, surplus].concat(), vec![(&PAST_LENGTH).into()]),
        common: true,
    });
    let changes = CHANGES.iter().chain(&REPLACEMENTS);
    std::iter::once(past).chain(changes.map(move |change| change.form(body)))
}

/// Every form with two mistakes of different kinds, as [`singles`] gives them.
pub(super) fn pairs(body: &[u8]) -> impl Iterator<Item = Option<BodyForm>> {
    let with_first = move |first: &'static Change| {
        let once = first.form(body).map(|once| (first, once));
        let pairs = once.into_iter().flat_map(|(first, once)| {
            let later = CHANGES.iter().filter(move |second| second.kind > first.kind);
            later.map(move |second| second.after(&once))
        });
        std::iter::once(None).chain(pairs)
    };
    CHANGES.iter().flat_map(with_first)
}

impl Change {
    /// The changed body; `None` where the change can't be made or changes nothing.
    fn form(&self, body: &[u8]) -> Option<BodyForm> {
        let bytes = (self.apply)(body).filter(|changed| changed != body)?;
        let step = |&(mistake, detail): &(&'static Mistake, &'static str)| match detail {
            "" => Step::from(mistake),
            detail => Step::with(mistake, Words::fixed(detail, mistakes::in_korean(detail))),
        };
        let steps = self.steps.iter().map(step).collect();
        Some(BodyForm { form: Form::mistaken(bytes, steps), common: self.common })
    }

    /// The same of a body that was changed already.
    fn after(&self, once: &BodyForm) -> Option<BodyForm> {
        let mut twice = self.form(&once.form.bytes)?;
        twice.form.steps.splice(0..0, once.form.steps.iter().cloned());
        twice.form.cost = 2;
        Some(twice)
    }
}

fn laid(body: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    json::relaid(body, layout, false)
}

fn sorted(body: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    json::relaid(body, layout, true)
}

fn slashes(body: &[u8]) -> Option<Vec<u8>> {
    text::replaced(body, &[(b'/', b"\\/")])
}

/// As Go's `encoding/json` does.
fn html_escaped(body: &[u8]) -> Option<Vec<u8>> {
    text::replaced(body, &[(b'<', b"\\u003c"), (b'>', b"\\u003e"), (b'&', b"\\u0026")])
}
