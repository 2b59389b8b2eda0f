//! A mistake that makes a signature differ, and what to do about it.

use serde::Serialize;

use crate::lang::{Lang, Words};

/// A mistake that people make. Each dimension of the search has a table of them.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Stable: scripts read it.
    pub(super) id: &'static str,
    pub(super) side: Side,
    /// The signed form, in English and in Korean.
    pub(super) what: Words,
    /// The change that corrects it.
    pub(super) advice: Words,
}

/// A table of mistakes that are fixed on one side with one advice.
macro_rules! mistakes {
    ($side:ident, $advice:ident: $($name:ident = $id:literal, $en:literal, $ko:literal;)*) => {
        $(pub(super) static $name: $crate::explain::mistake::Mistake =
            $crate::explain::mistake::Mistake {
                id: $id,
                side: $crate::explain::mistake::Side::$side,
                what: $crate::lang::Words::fixed($en, $ko),
                advice: $advice,
            };)*
    };
}
pub(super) use mistakes;

/// The place of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// The code that signs.
    Sender,
    /// A proxy, gateway or firewall on the way, or the log that the capture comes from.
    Between,
    /// The settings of one of both: the key, the scheme.
    Settings,
}

impl Side {
    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Sender => lang.pick("the sender's code", "보내는 쪽 코드"),
            Self::Between => {
                lang.pick("the way between, or the sender's code", "중간 경로 또는 보내는 쪽 코드")
            }
            Self::Settings => lang.pick("the settings", "설정"),
        }
    }
}

/// A mistake as it was made here.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) mistake: &'static Mistake,
    /// The header or the indent. Never anything of a key.
    pub(super) detail: Option<Words>,
}

impl Step {
    pub(super) fn with(mistake: &'static Mistake, detail: impl Into<Words>) -> Self {
        Self { mistake, detail: Some(detail.into()) }
    }
}

impl From<&'static Mistake> for Step {
    fn from(mistake: &'static Mistake) -> Self {
        Self { mistake, detail: None }
    }
}

/// One form of a part of the signed bytes, and the mistakes that lead to it: none for the right one.
#[derive(Clone, Debug)]
pub(super) struct Form<B = Vec<u8>> {
    pub(super) bytes: B,
    pub(super) steps: Vec<Step>,
    /// The number of mistakes it counts for.
    pub(super) cost: usize,
}

impl<B> Form<B> {
    pub(super) fn right(bytes: B) -> Self {
        Self { bytes, steps: Vec::new(), cost: 0 }
    }

    /// One mistake, even if it takes several names to say which.
    pub(super) fn mistaken(bytes: B, steps: Vec<Step>) -> Self {
        Self { bytes, steps, cost: 1 }
    }
}

impl Form {
    /// The same form with its bytes borrowed.
    pub(super) fn as_slice(&self) -> Form<&[u8]> {
        Form { bytes: &self.bytes, steps: self.steps.clone(), cost: self.cost }
    }
}

/// Forms without those whose bytes were there before: the first name of a thing is kept.
#[derive(Debug)]
pub(super) struct Forms<B = Vec<u8>>(pub(super) Vec<Form<B>>);

impl<B: AsRef<[u8]>> Forms<B> {
    pub(super) fn new(right: B) -> Self {
        Self(vec![Form::right(right)])
    }

    pub(super) fn add(&mut self, bytes: B, step: impl Into<Step>) {
        self.push(Form::mistaken(bytes, vec![step.into()]));
    }

    pub(super) fn push(&mut self, form: Form<B>) {
        if !self.0.iter().any(|other| other.bytes.as_ref() == form.bytes.as_ref()) {
            self.0.push(form);
        }
    }
}
