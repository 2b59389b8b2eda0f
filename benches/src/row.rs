//! One line of the comparison.

use serde::Serialize;

/// A measured value beside its reference.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The thing that is measured.
    pub name: String,
    /// The thing that it is compared with.
    pub against: String,
    /// The measured value; `None` if it could not be measured.
    pub value: Option<f64>,
    /// The value of the reference.
    pub reference: f64,
    /// The unit of both: `ns`, `1/s`, `bytes` or `allocations`.
    pub unit: &'static str,
    /// `value` by `reference`, or the value itself if there is no reference.
    pub ratio: f64,
    /// The bound for the ratio.
    pub target: Target,
    /// `true` if the target is met; `None` without a target or a value.
    pub met: Option<bool>,
}

/// A bound for a ratio.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// An upper bound.
    AtMost(f64),
    /// A lower bound.
    AtLeast(f64),
    /// No bound: the row only informs.
    Open,
}

impl Target {
    fn is_met_by(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtMost(bound) => Some(ratio <= bound),
            Self::AtLeast(bound) => Some(ratio >= bound),
            Self::Open => None,
        }
    }
}

impl Row {
    /// A ratio of two values.
    #[must_use]
    pub fn ratio(
        (name, against): (&str, &str),
        (value, reference): (f64, f64),
        ratio: f64,
        unit: &'static str,
        target: Target,
    ) -> Self {
        Self {
            name: name.to_owned(),
            against: against.to_owned(),
            value: Some(value),
            reference,
            unit,
            ratio,
            target,
            met: target.is_met_by(ratio),
        }
    }

    /// A count without a reference.
    #[must_use]
    pub fn count(names: (&str, &str), value: f64, unit: &'static str, target: Target) -> Self {
        Self { reference: 0.0, ..Self::ratio(names, (value, 0.0), value, unit, target) }
    }

    /// A row that could not be measured, with the reason in place of the reference.
    #[must_use]
    pub fn unmeasured(name: &str, reason: &str, unit: &'static str, target: Target) -> Self {
        Self { value: None, met: None, ..Self::count((name, reason), 0.0, unit, target) }
    }
}
