use std::fmt;

pub(crate) type Outcome<T = ()> = Result<T, Problem>;

/// Why a task failed, in words for whoever mends it.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Problem {
    fn from(words: String) -> Self {
        Self(words)
    }
}

impl From<&str> for Problem {
    fn from(words: &str) -> Self {
        Self(words.into())
    }
}

/// Everything that a task found, so that one run tells all.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<String>);

impl Findings {
    pub(crate) fn add(&mut self, finding: impl Into<String>) {
        self.0.push(finding.into());
    }

    /// Adds what went wrong, and goes on.
    pub(crate) fn take<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        outcome.map_err(|problem| self.add(problem.0)).ok()
    }

    pub(crate) fn verdict(self) -> Outcome {
        if self.0.is_empty() { Ok(()) } else { Err(Problem(self.0.join("\n"))) }
    }
}
