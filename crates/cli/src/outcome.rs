//! The end of a subcommand.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

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

/// The reason why a subcommand could not run, in the user's language.
#[derive(Debug)]
pub(crate) struct Problem {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause, which is printed too.
    pub(crate) fn source(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(error.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}
