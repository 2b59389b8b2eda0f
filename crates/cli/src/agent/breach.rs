//! The faults of an envelope.

use crate::lang::Lang;

/// A fault of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    /// Stable, for scripts.
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    pub(crate) message: String,
}

/// The severity of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Online Contact may fail to read the response.
    Error,
    /// Online Contact can read it, but the vendor's document differs or the agent is misled.
    Advice,
}

impl Level {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Advice => "advice",
        }
    }
}

/// The faults found so far.
pub(super) struct Breaches {
    pub(super) lang: Lang,
    pub(super) found: Vec<Breach>,
}

impl Breaches {
    pub(super) fn error(&mut self, id: &'static str, en: impl Into<String>, ko: impl Into<String>) {
        self.push(id, Level::Error, en.into(), ko.into());
    }

    pub(super) fn advice(
        &mut self,
        id: &'static str,
        en: impl Into<String>,
        ko: impl Into<String>,
    ) {
        self.push(id, Level::Advice, en.into(), ko.into());
    }

    fn push(&mut self, id: &'static str, level: Level, en: String, ko: String) {
        let message = match self.lang {
            Lang::En => en,
            Lang::Ko => ko,
        };
        self.found.push(Breach { id, level, message });
    }
}
