//! Whether the time of an operation tells two classes of input apart, after *Dude, is my code constant
//! time?* (Reparaz, Balasch, Verbauwhede, 2017).

use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::welch::{Sample, t};

/// From here on the two classes are not taken for one.
pub const THRESHOLD: f64 = 4.5;

/// So many measurements tell what is an interruption and not the operation.
const WARM_UP: usize = 20_000;

/// Of a hundred measurements the slowest are left out: they measure the machine.
const KEPT_PERCENT: usize = 90;

/// What was found out about a pair of classes.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The times of each class, in nanoseconds.
    pub samples: [Sample; 2],
}

impl Report {
    /// Welch's t.
    #[must_use]
    pub fn t(&self) -> f64 {
        t(&self.samples[0], &self.samples[1])
    }
}

/// Measures one class or the other, by chance, until the time is over.
///
/// `operation` is told the class, 0 or 1; `prepare` comes before it and is not measured.
pub fn measure<T, R>(
    lasting: Duration,
    mut prepare: impl FnMut(usize) -> T,
    mut operation: impl FnMut(T) -> R,
) -> Report {
    let mut dice = Dice::fresh();
    let mut once = || {
        let class = usize::from(dice.roll() & 1 == 1);
        let prepared = prepare(class);
        let begin = Instant::now();
        let outcome = std::hint::black_box(operation(std::hint::black_box(prepared)));
        let time = begin.elapsed();
        drop(outcome);
        (class, time)
    };

    let end = Instant::now() + lasting;
    let mut times: Vec<_> = (0..WARM_UP).map(|_| once().1).collect();
    times.sort_unstable();
    let slowest = times.get(WARM_UP * KEPT_PERCENT / 100).copied().unwrap_or(Duration::MAX);

    let mut report = Report { samples: [Sample::default(); 2] };
    while Instant::now() < end {
        let (class, time) = once();
        if time <= slowest
            && let Some(sample) = report.samples.get_mut(class)
        {
            // Far from the 52 bits that are exact.
            sample.push(time.as_nanos() as f64);
        }
    }
    report
}
