//! Welch's t-test: whether two samples have one mean.

/// The mean and the variance of a sample, kept as it comes in (Welford).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    count: f64,
    mean: f64,
    /// The sum of the squared distances from the mean.
    squares: f64,
}

impl Sample {
    /// Takes one more value.
    pub fn push(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    /// How many values there are.
    #[must_use]
    pub const fn count(&self) -> f64 {
        self.count
    }

    /// Their mean.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The variance of their mean.
    fn uncertainty(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

/// How many standard errors the two means lie apart; positive if that of `a` is the larger one. No
/// number (NaN) where a sample has less than two values, or neither varies.
#[must_use]
pub fn t(a: &Sample, b: &Sample) -> f64 {
    (a.mean - b.mean) / (a.uncertainty() + b.uncertainty()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{Sample, t};
    use crate::dice::Dice;

    fn sample(values: impl IntoIterator<Item = f64>) -> Sample {
        values.into_iter().fold(Sample::default(), |mut sample, value| {
            sample.push(value);
            sample
        })
    }

    /// Of the values below, by the textbook's formula in two passes.
    const EXPECTED: f64 = -0.9210912742821554;

    #[test]
    fn a_known_t() {
        let a = sample([27.5, 21.0, 19.0, 23.6]);
        let b = sample([27.1, 22.0, 20.8, 23.4, 35.3]);
        assert!((a.mean() - 22.775).abs() < 1e-12);
        assert!((t(&a, &b) - EXPECTED).abs() < 1e-9, "{}", t(&a, &b));
        assert!((t(&b, &a) + EXPECTED).abs() < 1e-9);
    }

    /// Times in nanoseconds are large next to what tells them apart.
    #[test]
    fn a_large_mean_costs_no_precision() {
        let far = 1e9;
        let a = sample([27.5, 21.0, 19.0, 23.6].map(|value| value + far));
        let b = sample([27.1, 22.0, 20.8, 23.4, 35.3].map(|value| value + far));
        assert!((t(&a, &b) - EXPECTED).abs() < 1e-6, "{}", t(&a, &b));
    }

    #[test]
    fn one_mean_is_told_from_two() {
        let mut dice = Dice::seeded(1);
        let mut value = || f64::from(dice.roll().to_le_bytes()[0]);
        let mut roll = |shift: f64| sample((0..10_000).map(|_| value() + shift));
        let (a, b, shifted) = (roll(0.0), roll(0.0), roll(10.0));
        assert!(t(&a, &b).abs() < 4.5, "{}", t(&a, &b));
        assert!(t(&shifted, &a) > 4.5, "{}", t(&shifted, &a));
    }

    #[test]
    fn too_few_values_say_nothing() {
        assert!(t(&sample([1.0]), &sample([2.0, 3.0])).is_nan());
        assert!(t(&sample([]), &sample([])).is_nan());
    }
}
