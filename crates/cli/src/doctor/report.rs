//! The report, for people and for programs.

mod json;
mod junit;
mod list;
mod progress;
mod text;

pub(super) use self::junit::write as junit;
pub(super) use self::list::list;
pub(super) use self::progress::Progress;

use super::finding::Examination;
use crate::context::Context;
use crate::outcome::Problem;

pub(super) fn print(examination: &Examination<'_>, cx: &Context) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&json::examination(examination, cx.lang))
    } else {
        cx.print(text::examination(examination, cx.lang))
    }
}
