//! The report.

use std::fmt::{self, Display, Write as _};
use std::time::Duration;

use crate::attack::Tally;
use crate::attack::rejections::Flood;
use crate::attack::uploads::Uploads;
use crate::honest::{Phase, Record};

/// The results of a soak.
pub(crate) struct Report {
    pub(crate) honest: Vec<(Phase, Record)>,
    pub(crate) replacements: usize,
    pub(crate) drips: Tally,
    pub(crate) most_drips: usize,
    pub(crate) uploads: Uploads,
    pub(crate) rejections: Vec<Flood>,
    pub(crate) mixed: Tally,
    pub(crate) mixed_per_second: u64,
    pub(crate) checks: Vec<Check>,
}

/// A check and its outcome.
pub(crate) struct Check {
    pub(crate) passed: bool,
    pub(crate) text: String,
}

impl Check {
    pub(crate) fn new(passed: bool, text: impl Into<String>) -> Self {
        Self { passed, text: text.into() }
    }
}

impl Report {
    pub(crate) fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }

    /// Adds up a count of all phases.
    pub(crate) fn honest(&self, count: impl Fn(&Record) -> usize) -> usize {
        self.honest.iter().map(|(_, record)| count(record)).sum()
    }

    /// Returns the number of attacking requests with an unexpected response.
    pub(crate) fn wrong(&self) -> usize {
        let rejections: usize = self.rejections.iter().map(|flood| flood.tally.wrong).sum();
        self.drips.wrong + self.uploads.rejected.wrong + self.mixed.wrong + rejections
    }

    fn write_honest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| honest requests | passed | overloaded | wrongly rejected | lost | p50 | p99 | max |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        for (phase, record) in &self.honest {
            let Record { passed, overloaded, wrongly_rejected, lost } = record;
            let [p50, p99, max] = percentiles(passed.clone()).map(millis);
            let (name, passed) = (phase.name(), passed.len());
            writeln!(
                f,
                "| {name} | {passed} | {overloaded} | {wrongly_rejected} | {lost} | {p50} | {p99} | {max} |"
            )?;
        }
        writeln!(f, "\nThe keys were replaced {} times.\n", self.replacements)
    }

    fn write_attack(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| attack | rejected as expected | otherwise | per second |")?;
        writeln!(f, "|---|---|---|---|")?;
        let mut row = |what: &str, Tally { right, wrong }: &Tally, rate: &dyn Display| {
            writeln!(f, "| {what} | {right} | {wrong} | {rate} |")
        };
        row("drips: body_timeout", &self.drips, &"–")?;
        row("uploads: signature_mismatch, overloaded", &self.uploads.rejected, &"–")?;
        for flood in &self.rejections {
            row(flood.reason, &flood.tally, &flood.per_second)?;
        }
        row("all kinds at once", &self.mixed, &self.mixed_per_second)?;
        let Uploads { overloaded, timed_out, most_held, .. } = &self.uploads;
        writeln!(
            f,
            "\n{overloaded} uploads were overloaded and {timed_out} timed out; up to {} of the budget were in use. \
             Up to {} connections dripped at once.\n",
            mib(*most_held),
            self.most_drips,
        )
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_honest(f)?;
        self.write_attack(f)?;
        for Check { passed, text } in &self.checks {
            let verdict = if *passed { "pass" } else { "MISS" };
            writeln!(f, "{verdict}  {text}")?;
        }
        Ok(())
    }
}

/// Returns the median, the 99th percentile and the maximum.
fn percentiles(mut times: Vec<Duration>) -> [Option<Duration>; 3] {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    [50, 99, 100].map(|percent| times.get(last * percent / 100).copied())
}

fn millis(time: Option<Duration>) -> String {
    let mut text = String::new();
    if let Some(time) = time {
        // Writing to a string does not fail.
        let _ = write!(text, "{:.1} ms", time.as_secs_f64() * 1_000.0);
    }
    text
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1024 * 1024))
}
