//! The forms of a body: what may have been signed in place of the captured bytes.
//!
//! Each form works both ways. The sender may have signed another form than it sent, or something on
//! the way may have changed the body after it was signed.

mod encoded;
mod json;
mod objects;
mod table;
mod text;

pub(super) use self::table::LINE_ENDS_REMOVED;
use self::table::{Apply, Kind, ROWS, Reach, Row};
use super::mistake::{Form, Step};
use crate::lang::Words;

/// A form with one mistake or two, and how far it is combined.
pub(super) struct BodyForm {
    pub(super) form: Form,
    pub(super) common: bool,
}

/// Every form with one mistake that is combined with mistakes in other parts, made when the iterator
/// is advanced; `None` for each that is not possible, so that the caller can look at the clock.
pub(super) fn singles(body: &[u8]) -> impl Iterator<Item = Option<BodyForm>> + '_ {
    ROWS.iter().flat_map(|row| row.made(body, |reach| reach != Reach::Alone))
}

/// The forms that are combined with nothing before the body.
pub(super) fn rare(body: &[u8]) -> impl Iterator<Item = Option<BodyForm>> + '_ {
    ROWS.iter().flat_map(|row| row.made(body, |reach| reach == Reach::Alone))
}

/// Every form with two mistakes of different stages, as [`singles`] gives them.
pub(super) fn pairs(body: &[u8]) -> impl Iterator<Item = Option<BodyForm>> + '_ {
    pairs_of(body, |row| row.kind != Kind::Replaced, |reach| reach != Reach::Alone)
}

fn pairs_of(
    body: &[u8],
    takes: fn(&Row) -> bool,
    reaches: fn(Reach) -> bool,
) -> impl Iterator<Item = Option<BodyForm>> + '_ {
    let rows = move || ROWS.iter().filter(move |row| takes(row));
    rows().flat_map(move |first| {
        first.made(body, reaches).flatten().flat_map(move |once| {
            let later = rows().filter(move |second| second.kind > first.kind);
            let pairs: Vec<_> = later.map(|second| (once.form.clone(), second)).collect();
            std::iter::once(None).chain(pairs.into_iter().flat_map(move |(once, second)| {
                let made: Vec<_> = second.made(&once.bytes, reaches).collect();
                made.into_iter().map(move |twice| twice.map(|twice| twice.after(&once)))
            }))
        })
    })
}

/// Forms that programs change for display.
const DISPLAYED: [&str; 16] = [
    "body_json_compact",
    "body_log_escaped",
    LINE_ENDS_REMOVED,
    "body_lf",
    "body_crlf",
    "body_json_spaced",
    "body_json_string",
    "body_unescaped",
    "body_ascii_escaped",
    "body_json_pretty",
    "body_trimmed",
    "body_url_decoded",
    "body_latin_1",
    "body_byte_order_mark",
    "body_json_order",
    "body_base64",
];

fn is_display(row: &Row) -> bool {
    DISPLAYED.contains(&row.mistake.id)
}

/// The bytes of which a display may have made this body, the likeliest first. They have the length, if
/// one is given. Displays add white space to JSON; only one of a parsed value removes it.
pub(super) fn displayed(body: &[u8], length: Option<usize>, is_parsed: bool) -> Vec<Form> {
    const ADDED_SPACE: [&str; 2] = ["body_json_spaced", "body_json_pretty"];
    let adds_space =
        |form: &Form| form.steps.iter().any(|step| ADDED_SPACE.contains(&step.mistake.id));
    let mut all = Vec::new();
    let mut add = |form: Form| {
        let grows = form.bytes.len() > body.len() && adds_space(&form) && !is_parsed;
        let fits = !grows && length.is_none_or(|length| length == form.bytes.len());
        if fits && !all.iter().any(|known: &Form| known.bytes == form.bytes) {
            all.push(form);
        }
    };
    add(Form::right(body.to_vec()));
    let rows = || DISPLAYED.iter().flat_map(|id| ROWS.iter().filter(|row| row.mistake.id == *id));
    for made in rows().flat_map(|row| row.made(body, |_| true)).flatten() {
        add(made.form);
    }
    // A tool that sorts and indents, or indents and unescapes. A long body is not displayed so.
    if body.len() <= 16 * 1024 {
        pairs_of(body, is_display, |_| true).flatten().for_each(|made| add(made.form));
    }
    all
}

impl Row {
    /// The forms of this reach that change something.
    fn made<'a>(
        &'static self,
        body: &'a [u8],
        reaches: fn(Reach) -> bool,
    ) -> impl Iterator<Item = Option<BodyForm>> + use<'a> {
        let variants = self.forms.iter().filter(move |variant| reaches(self.reach(variant)));
        variants.flat_map(move |variant| {
            let form = |(en, ko): (&'static str, &'static str), bytes| {
                let detail = (!en.is_empty()).then(|| Words::fixed(en, ko));
                let step = Step { mistake: &self.mistake, detail };
                let common = self.reach(variant) == Reach::Common;
                BodyForm { form: Form::mistaken(bytes, vec![step]), common }
            };
            let detail = (variant.en, variant.ko);
            let made: Vec<BodyForm> = match variant.apply {
                Apply::One(make) => {
                    make(body).into_iter().map(|bytes| form(detail, bytes)).collect()
                }
                Apply::Many(make) => {
                    make(body).into_iter().map(|bytes| form(detail, bytes)).collect()
                }
                Apply::Named(make) => {
                    make(body).into_iter().map(|(name, bytes)| form((name, name), bytes)).collect()
                }
            };
            let changed = made.into_iter().filter(move |made| made.form.bytes != body).map(Some);
            std::iter::once(None).chain(changed)
        })
    }
}

impl BodyForm {
    /// The same of a body that was changed already.
    fn after(mut self, once: &Form) -> Self {
        self.form.steps.splice(0..0, once.steps.iter().cloned());
        self.form.cost = once.cost + 1;
        self
    }
}
