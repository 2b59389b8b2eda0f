//! `online-contact completions` and `online-contact man`, for packagers.

mod completions;
mod man;

pub(crate) use self::completions::{Args as CompletionArgs, run as completions};
pub(crate) use self::man::{Args as ManArgs, run as man};
