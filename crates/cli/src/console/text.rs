//! Words for people, in both languages: the page can be switched without asking again.

use serde::Serialize;

use crate::lang::Lang;

/// The same in English and in Korean.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Text {
    en: String,
    ko: String,
}

impl Text {
    pub(super) fn new(en: impl Into<String>, ko: impl Into<String>) -> Self {
        Self { en: en.into(), ko: ko.into() }
    }

    /// What something says in each language.
    pub(super) fn of(say: impl Fn(Lang) -> String) -> Self {
        Self { en: say(Lang::En), ko: say(Lang::Ko) }
    }
}
