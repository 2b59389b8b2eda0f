//! One entry of the list of problems and notes.

use serde::Serialize;

use crate::lang::Words;

/// The number of names that a text lists. All of them are in `names`.
const LISTED: usize = 5;

/// A problem, or a note.
#[derive(Debug, Serialize)]
pub(in crate::console) struct Finding {
    /// Stable, for scripts.
    id: &'static str,
    /// `error`, `advice`, or `note` for what is not a problem.
    level: &'static str,
    text: Words,
    /// The names that the text is about, if it does not list all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
}

impl Finding {
    pub(in crate::console) fn new(id: &'static str, level: &'static str, text: Words) -> Self {
        Self { id, level, text, names: Vec::new() }
    }

    /// Returns an entry about some names, whose text gets a short list of them.
    pub(super) fn about(
        id: &'static str,
        level: &'static str,
        names: &[&str],
        text: impl FnOnce(&str, &str) -> Words,
    ) -> Self {
        let listed = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(LISTED);
        let (en, ko) = if more == 0 {
            (listed.clone(), listed)
        } else {
            (format!("{listed} and {more} more"), format!("{listed} 외 {more}개"))
        };
        let names = if more == 0 { &[][..] } else { names };
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Self { id, level, text: text(&en, &ko), names }
    }
}
