//! The two languages of the output.

use std::borrow::Cow;
use std::env;
use std::error::Error;
use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 한국어
    Ko,
}

impl Lang {
    /// The language of the locale, or English.
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

    /// The language with a name of the option `--lang`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::from_str(name, false).ok()
    }

    /// Returns the value for this language. Both values are arguments, so that none is forgotten.
    pub(crate) fn pick<T>(self, en: T, ko: T) -> T {
        match self {
            Self::En => en,
            Self::Ko => ko,
        }
    }
}

/// A text in both languages, for code that does not know the language yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Words {
    en: Cow<'static, str>,
    ko: Cow<'static, str>,
}

impl Words {
    pub(crate) fn new(en: impl Into<Cow<'static, str>>, ko: impl Into<Cow<'static, str>>) -> Self {
        Self { en: en.into(), ko: ko.into() }
    }

    /// The same, for tables.
    pub(crate) const fn fixed(en: &'static str, ko: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), ko: Cow::Borrowed(ko) }
    }

    /// Calls a function for each language.
    pub(crate) fn of(say: impl Fn(Lang) -> String) -> Self {
        Self::new(say(Lang::En), say(Lang::Ko))
    }

    pub(crate) fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.ko)
    }
}

/// A text that is the same in both languages: a name, a number.
impl From<&str> for Words {
    fn from(same: &str) -> Self {
        Self::new(same.to_owned(), same.to_owned())
    }
}

impl From<String> for Words {
    fn from(same: String) -> Self {
        Self::new(same.clone(), same)
    }
}

/// The English text. As an error it is clap's reason for an invalid value.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl Error for Words {}
