//! `online-contact completions` and `online-contact man`: what packagers want.

mod completions;
mod man;

pub(crate) use self::completions::{Args as CompletionArgs, run as completions};
pub(crate) use self::man::{Args as ManArgs, run as man};
