//! The deadline of a search, and its progress on a terminal.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::effort::{Stop, Tally};
use crate::lang::Lang;

/// A search that is over sooner needs no progress.
const SLOW: Duration = Duration::from_millis(400);

/// Stops a search at a deadline. indicatif draws on stderr, and only where that is a terminal.
pub(super) struct Clockwork {
    started: Instant,
    deadline: Option<Instant>,
    spinner: Option<ProgressBar>,
    /// `None` where nothing is to be drawn.
    lang: Option<Lang>,
}

impl Clockwork {
    pub(super) fn new(time_limit: Duration, lang: Option<Lang>) -> Self {
        let started = Instant::now();
        Self { started, deadline: started.checked_add(time_limit), spinner: None, lang }
    }

    pub(super) fn tick(&mut self, tally: &Tally) -> Result<(), Stop> {
        let now = Instant::now();
        if let Some(lang) = self.lang.filter(|_| now.duration_since(self.started) > SLOW) {
            let spinner = self.spinner.get_or_insert_with(ProgressBar::new_spinner);
            let words = lang.pick("combinations tried", "가지 조합을 시도했습니다");
            spinner.set_message(format!("{} {words}", tally.tried));
            spinner.tick();
        }
        // The first candidates are tried however long a body is, or there would be no answer at all.
        let is_late = self.deadline.is_some_and(|deadline| now > deadline);
        if is_late && tally.hashed_bodies > 0 { Err(Stop::Deadline) } else { Ok(()) }
    }
}

impl Drop for Clockwork {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}
