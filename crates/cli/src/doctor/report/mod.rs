//! What was found out, for people and for machines.

mod json;
mod junit;
mod lines;
mod list;
mod progress;

pub(super) use self::junit::write as junit;
pub(super) use self::list::list;
pub(super) use self::progress::Progress;

use super::Examination;
use crate::context::Context;
use crate::outcome::Problem;

/// What stands at the end: for machines, that is everything.
pub(super) fn summary(examination: &Examination<'_>, cx: &Context) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&json::examination(examination, cx.lang))
    } else {
        cx.print(lines::summary(examination, cx.lang))
    }
}
