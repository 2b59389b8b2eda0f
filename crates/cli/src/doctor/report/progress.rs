//! A progress bar on stderr, if that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use crate::lang::Lang;

/// The progress bar. Wiped when dropped.
#[derive(Debug)]
pub(in crate::doctor) struct Progress(ProgressBar);

impl Progress {
    pub(in crate::doctor) fn new(probes: usize, lang: Lang) -> Self {
        let bar = ProgressBar::new(u64::try_from(probes).unwrap_or(u64::MAX));
        let template = lang
            .pick("{bar:30} {pos}/{len} probes, {elapsed}", "{bar:30} 검사 {pos}/{len}, {elapsed}");
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.tick();
        Self(bar)
    }

    pub(in crate::doctor) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
