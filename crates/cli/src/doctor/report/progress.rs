//! The findings as they are made, and a bar below them where stderr is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use super::lines;
use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::outcome::Problem;

/// Shows how far it is.
#[derive(Debug)]
pub(in crate::doctor) struct Progress(ProgressBar);

impl Progress {
    pub(in crate::doctor) fn new(probes: usize, cx: &Context) -> Self {
        // Draws to stderr, and not at all where that is no terminal.
        let bar = ProgressBar::new(u64::try_from(probes).unwrap_or(u64::MAX));
        let template = cx
            .lang
            .pick("{bar:30} {pos}/{len} probes, {elapsed}", "{bar:30} 검사 {pos}/{len}, {elapsed}");
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.tick();
        Self(bar)
    }

    /// Machines get all findings at the end.
    pub(in crate::doctor) fn show(&self, finding: &Finding, cx: &Context) -> Result<(), Problem> {
        let shown = if cx.json {
            Ok(())
        } else {
            self.0.suspend(|| cx.print(lines::finding(finding, cx.lang)))
        };
        self.0.inc(1);
        shown
    }

    pub(in crate::doctor) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
