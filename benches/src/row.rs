//! One line of the comparison.

use serde::Serialize;

/// What was measured, against what, and what was hoped for.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What is measured.
    pub name: String,
    /// The measured value.
    pub ours: f64,
    /// What it is compared with.
    pub reference: f64,
    /// What both are counted in.
    pub unit: &'static str,
    /// `ours` by `reference`; the value itself where the target is no ratio.
    pub ratio: f64,
    /// The target.
    pub target: Target,
    /// Whether it is met; `None` where it could not be measured here.
    pub met: Option<bool>,
    /// What the reference is, or why there is no value.
    pub against: String,
}

/// A bound for the ratio.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// As much or less.
    AtMost(f64),
    /// As much or more: how many times faster.
    AtLeast(f64),
}

impl Target {
    /// What the bound is for: `ours` by `reference`, or how many times faster.
    #[must_use]
    pub fn ratio(self, ours: f64, reference: f64) -> f64 {
        match self {
            Self::AtMost(_) => ours / reference,
            Self::AtLeast(_) => reference / ours,
        }
    }

    fn is_met_by(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(bound) => ratio <= bound,
            Self::AtLeast(bound) => ratio >= bound,
        }
    }
}

impl Row {
    /// So many times the reference: nanoseconds.
    #[must_use]
    pub fn times(
        name: &str,
        (ours, reference): (f64, f64),
        ratio: f64,
        against: &str,
        target: Target,
    ) -> Self {
        Self {
            name: name.to_owned(),
            ours,
            reference,
            unit: "ns",
            ratio,
            target,
            met: Some(target.is_met_by(ratio)),
            against: against.to_owned(),
        }
    }

    /// A count with a bound of its own.
    #[must_use]
    pub fn count(
        name: &str,
        value: f64,
        unit: &'static str,
        target: Target,
        against: &str,
    ) -> Self {
        Self { unit, ..Self::times(name, (value, 0.0), value, against, target) }
    }

    /// Could not be measured.
    #[must_use]
    pub fn unmeasured(name: &str, unit: &'static str, target: Target, why: &str) -> Self {
        Self { met: None, ..Self::count(name, f64::NAN, unit, target, why) }
    }

    /// The same in another unit.
    #[must_use]
    pub fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }
}
