//! What every subcommand is told besides its own arguments.

use std::error::Error;
use std::io::{self, Write};

use serde::Serialize;

use crate::lang::Lang;
use crate::outcome::Problem;
use crate::report;

/// In which language and form to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
}

impl Context {
    pub(crate) fn new(lang: Lang, json: bool) -> Self {
        Self { lang, json }
    }

    /// Writes an answer for people to stdout. What came from others must be made
    /// [visible](report::visible) before.
    pub(crate) fn print(&self, text: impl AsRef<str>) -> Result<(), Problem> {
        report::print(text.as_ref()).map_err(|error| self.cannot_write(error))
    }

    /// Writes a text to stdout as it is: a script, a page.
    pub(crate) fn print_plain(&self, text: &str) -> Result<(), Problem> {
        report::print_raw(text.as_bytes()).map_err(|error| self.cannot_write(error))
    }

    /// Writes an answer for machines to stdout: one value, indented.
    pub(crate) fn print_json(&self, value: &impl Serialize) -> Result<(), Problem> {
        self.print_plain(&(report::pretty_json(value) + "\n"))
    }

    /// Says something beside the answer, on stderr: words of ours, then a text of any origin.
    pub(crate) fn note(&self, words: &str, text: &str) {
        let words = report::paint(report::DIM, words);
        // Nobody is left to tell if stderr is gone.
        let _ = writeln!(anstream::stderr(), "{words}{}", report::visible(text));
    }

    /// Says on stderr why the command could not run, with every cause.
    pub(crate) fn report(&self, problem: &Problem) {
        let mut text = problem.to_string();
        let mut cause = problem.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        // Nobody is left to tell if stderr is gone.
        let _ = if self.json {
            let json = report::json_line(&serde_json::json!({ "problem": text }));
            writeln!(anstream::stderr(), "{json}")
        } else {
            let name = report::paint(report::BAD, "online-contact:");
            writeln!(anstream::stderr(), "{name} {}", report::visible(&text))
        };
    }

    fn cannot_write(&self, error: io::Error) -> Problem {
        let text = self.lang.pick("can't write to stdout", "표준 출력에 쓸 수 없습니다");
        Problem::new(text).source(error)
    }
}
