//! The two languages of the answers.

use std::env;

use clap::ValueEnum;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 한국어
    Ko,
}

impl Lang {
    /// What the locale asks for; English where it is neither.
    pub(crate) fn of_the_locale() -> Self {
        // As POSIX has it: the first that is not empty. Other systems keep it elsewhere.
        let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
        let mut set = variables.filter_map(|name| env::var(name).ok()).filter(|it| !it.is_empty());
        let locale = set.next().or_else(sys_locale::get_locale).unwrap_or_default();
        match locale.split(['_', '-', '.', '@']).next() {
            Some(language) if language.eq_ignore_ascii_case("ko") => Self::Ko,
            _ => Self::En,
        }
    }

    /// The text in this language. Both stand side by side in the code, so that neither is forgotten.
    pub(crate) const fn pick<T: Copy>(self, en: T, ko: T) -> T {
        match self {
            Self::En => en,
            Self::Ko => ko,
        }
    }

    /// The same for texts that are put together.
    pub(crate) fn either(self, en: String, ko: String) -> String {
        match self {
            Self::En => en,
            Self::Ko => ko,
        }
    }
}
