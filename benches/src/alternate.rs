//! Several scenarios in turn, so that a drift of the machine meets all of them alike.

use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::row::{Row, Target};
use crate::scenario::Scenario;

/// A batch takes about this long: far above the clock's grain, far below the machine's drift.
const BATCH: Duration = Duration::from_micros(300);

/// The least number of rounds, however short the time.
const ROUNDS: usize = 21;

/// What one run of each scenario cost, in nanoseconds, round by round.
#[derive(Clone, Debug)]
pub struct Rounds<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Rounds<N> {
    /// Lets the scenarios take turns for so long.
    #[must_use]
    pub fn of(mut scenarios: [Scenario; N], time: Duration) -> Self {
        let sizes = scenarios.each_mut().map(batch_size);
        let mut order: [usize; N] = std::array::from_fn(|index| index);
        let (mut rounds, mut dice) = (Vec::new(), Dice::fresh());
        let start = Instant::now();
        while rounds.len() < ROUNDS || start.elapsed() < time {
            // None always runs on the caches that the same other one has left.
            shuffle(&mut order, &mut dice);
            let mut costs = [f64::NAN; N];
            for index in order {
                costs[index] = nanos_each(scenarios[index].batch(sizes[index]), sizes[index]);
            }
            rounds.push(costs);
        }
        Self(rounds)
    }

    /// The median of something that each round tells.
    pub fn median(&self, told: impl Fn(&[f64; N]) -> f64) -> f64 {
        median(self.0.iter().map(told).collect())
    }

    /// Ours beside a reference. The ratio is taken within each round, of which the median counts.
    pub fn row(
        &self,
        name: &str,
        told: impl Fn(&[f64; N]) -> (f64, f64),
        against: &str,
        target: Target,
    ) -> Row {
        let ours = self.median(|costs| told(costs).0);
        let reference = self.median(|costs| told(costs).1);
        let ratio = self.median(|costs| target.ratio(told(costs).0, told(costs).1));
        Row::times(name, (ours, reference), ratio, against, target)
    }
}

fn shuffle(order: &mut [usize], dice: &mut Dice) {
    for end in (1..order.len()).rev() {
        let other = usize::try_from(dice.roll() >> 33).unwrap_or_default() % (end + 1);
        order.swap(end, other);
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

/// The middle one; `NaN` of none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
