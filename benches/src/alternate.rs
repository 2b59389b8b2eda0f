//! Several scenarios in turn, so that a drift of the machine meets all of them alike.

use std::time::{Duration, Instant};

use crate::scenario::Scenario;

/// A batch takes about this long: far above the clock's grain, far below the machine's drift.
const BATCH: Duration = Duration::from_micros(300);

/// The least number of rounds, however short the time.
const ROUNDS: usize = 21;

/// The median cost of one run of each scenario, in nanoseconds.
pub fn medians<const N: usize>(mut scenarios: [Scenario; N], time: Duration) -> [f64; N] {
    let sizes = scenarios.each_mut().map(batch_size);
    let mut costs = [const { Vec::new() }; N];
    let start = Instant::now();
    let mut round = 0;
    while round < ROUNDS || start.elapsed() < time {
        // Each round begins with another one: none always runs on a cache that the last one left.
        for index in (0..N).map(|place| (place + round) % N) {
            if let (Some(scenario), Some(&size), Some(costs)) =
                (scenarios.get_mut(index), sizes.get(index), costs.get_mut(index))
            {
                costs.push(nanos_each(scenario.batch(size), size));
            }
        }
        round += 1;
    }
    costs.map(median)
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
