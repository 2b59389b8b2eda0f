//! Scenarios in turn, so that a drift of the machine affects all of them alike. Criterion measures one
//! scenario after the other, between which this machine's speed can double.

use std::time::{Duration, Instant};

use crate::row::{Row, Target};
use crate::scenario::Scenario;

/// The duration of a batch: far above the clock's resolution, far below the machine's drift.
const BATCH: Duration = Duration::from_micros(300);

/// The minimum number of rounds.
const ROUNDS: usize = 21;

/// The time of one run of each scenario, in nanoseconds, by round.
#[derive(Clone, Debug)]
pub struct Rounds<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Rounds<N> {
    /// Runs the scenarios in turn for this time.
    #[must_use]
    pub fn of(mut scenarios: [Scenario; N], time: Duration) -> Self {
        let sizes = scenarios.each_mut().map(batch_size);
        let mut order: [usize; N] = std::array::from_fn(|index| index);
        let mut rounds = Vec::new();
        let start = Instant::now();
        while rounds.len() < ROUNDS || start.elapsed() < time {
            // No scenario always runs on the caches that the same other one has left.
            fastrand::shuffle(&mut order);
            let mut costs = [f64::NAN; N];
            for index in order {
                costs[index] = nanos_each(scenarios[index].batch(sizes[index]), sizes[index]);
            }
            rounds.push(costs);
        }
        Self(rounds)
    }

    /// Returns the median of a value over all rounds.
    pub fn median(&self, value: impl Fn(&[f64; N]) -> f64) -> f64 {
        median(self.0.iter().map(value).collect())
    }

    /// Returns the median of the ratio of two values, taken within each round.
    pub fn row(
        &self,
        names: (&str, &str),
        values: impl Fn(&[f64; N]) -> (f64, f64),
        target: Target,
    ) -> Row {
        let value = self.median(|costs| values(costs).0);
        let reference = self.median(|costs| values(costs).1);
        let ratio = self.median(|costs| values(costs).0 / values(costs).1);
        Row::ratio(names, (value, reference), ratio, "ns", target)
    }
}

fn batch_size(scenario: &mut Scenario) -> usize {
    let mut size = 1;
    while size < 4096 && scenario.batch(size) < BATCH {
        size *= 2;
    }
    size
}

fn nanos_each(batch: Duration, size: usize) -> f64 {
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    batch.as_secs_f64() * 1e9 / f64::from(size)
}

/// Returns the median, or `NaN` of no values.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
