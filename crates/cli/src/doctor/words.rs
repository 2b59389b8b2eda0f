//! A text in both languages.

use crate::lang::Lang;

/// Side by side, so that neither is forgotten.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    en: &'static str,
    ko: &'static str,
}

impl Words {
    pub(super) const fn new(en: &'static str, ko: &'static str) -> Self {
        Self { en, ko }
    }

    pub(super) const fn in_lang(self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.ko)
    }
}
