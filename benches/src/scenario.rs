//! One thing to measure: requests made ready outside of the clock, then used up under it.

use std::time::{Duration, Instant};

/// Something whose cost is asked for.
pub struct Scenario {
    name: String,
    run: Box<dyn FnMut(usize) -> Duration>,
}

impl Scenario {
    /// `prepare` makes what one run uses up; `run` uses up a batch, and only it is timed.
    pub fn new<I: 'static>(
        name: impl Into<String>,
        mut prepare: impl FnMut() -> I + 'static,
        mut run: impl FnMut(Vec<I>) + 'static,
    ) -> Self {
        let batch = move |size: usize| {
            let inputs = (0..size).map(|_| prepare()).collect();
            measured(inputs, &mut run)
        };
        Self { name: name.into(), run: Box::new(batch) }
    }

    /// What is measured.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The time of a batch of this many.
    pub fn batch(&mut self, size: usize) -> Duration {
        (self.run)(size)
    }
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scenario").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All that is counted happens in here: callgrind knows this function by its name.
#[inline(never)]
fn measured<I>(inputs: Vec<I>, run: &mut impl FnMut(Vec<I>)) -> Duration {
    let start = Instant::now();
    run(inputs);
    start.elapsed()
}
