//! One thing to measure: inputs that are prepared outside of the measured time, then consumed.

use std::time::{Duration, Instant};

/// An operation whose cost is measured.
pub struct Scenario {
    name: String,
    run: Box<dyn FnMut(usize) -> Duration>,
}

impl Scenario {
    /// Creates a scenario. `prepare` creates the input of one run; `run` consumes a batch, and only it is
    /// measured.
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

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the time of a batch of this size.
    pub fn batch(&mut self, size: usize) -> Duration {
        (self.run)(size)
    }
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scenario").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The measured part. `benches/instructions.rs` names this function as the entry point of callgrind.
#[inline(never)]
fn measured<I>(inputs: Vec<I>, run: &mut impl FnMut(Vec<I>)) -> Duration {
    let start = Instant::now();
    run(inputs);
    start.elapsed()
}
