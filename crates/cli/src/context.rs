//! The output of all subcommands: its language, its form, and how a subcommand ends.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::lang::{Lang, Words};
use crate::report;

/// The language and the form of the output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
}

impl Context {
    pub(crate) fn new(lang: Lang, json: bool) -> Self {
        Self { lang, json }
    }

    /// Writes a text for people to stdout. Foreign text in it must be made
    /// [visible](report::visible) before.
    pub(crate) fn print(&self, text: impl AsRef<str>) -> Result<(), Problem> {
        report::print(text.as_ref()).map_err(cannot_write)
    }

    /// Writes a text to stdout as it is, for example a script.
    pub(crate) fn print_plain(&self, text: &str) -> Result<(), Problem> {
        report::print_raw(text.as_bytes()).map_err(cannot_write)
    }

    /// Writes one indented JSON value to stdout.
    pub(crate) fn print_json(&self, value: &impl Serialize) -> Result<(), Problem> {
        self.print_plain(&(report::pretty_json(value) + "\n"))
    }

    /// Writes a note to stderr: words of the command, then a text of any origin.
    pub(crate) fn note(&self, words: &str, text: &str) {
        let words = report::paint(report::DIM, words);
        // A closed stderr cannot be reported.
        let _ = writeln!(anstream::stderr(), "{words}{}", report::visible(text));
    }

    /// Writes a problem and all its causes to stderr.
    pub(crate) fn report(&self, problem: &Problem) {
        let mut text = problem.message(self.lang).to_owned();
        let mut cause = problem.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        // A closed stderr cannot be reported.
        let _ = if self.json {
            let json = report::json_line(&serde_json::json!({ "problem": text }));
            writeln!(anstream::stderr(), "{json}")
        } else {
            let name = report::paint(report::BAD, "online-contact:");
            writeln!(anstream::stderr(), "{name} {}", report::visible(&text))
        };
    }
}

fn cannot_write(error: io::Error) -> Problem {
    Problem::new("cannot write to stdout", "표준 출력에 쓸 수 없습니다").source(error)
}

/// The subcommand ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No problem was found.
    Good,
    /// Problems were found and reported.
    Finding,
}

impl Outcome {
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Good => ExitCode::SUCCESS,
            Self::Finding => ExitCode::FAILURE,
        }
    }
}

/// The reason why a subcommand could not run.
#[derive(Debug)]
pub(crate) struct Problem {
    message: Words,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    pub(crate) fn new(en: impl Into<Cow<'static, str>>, ko: impl Into<Cow<'static, str>>) -> Self {
        Words::new(en, ko).into()
    }

    /// Adds the cause, which is printed too.
    pub(crate) fn source(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(error.into());
        self
    }

    /// Returns the reason without its causes.
    pub(crate) fn message(&self, lang: Lang) -> &str {
        self.message.in_lang(lang)
    }
}

impl From<Words> for Problem {
    fn from(message: Words) -> Self {
        Self { message, source: None }
    }
}

/// The English reason, without its causes.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}
