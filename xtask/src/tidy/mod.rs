mod commands;
mod lengths;
mod manifests;
mod versions;

use crate::{
    context::Context,
    problem::{Findings, Outcome},
};

/// Habits that no compiler holds us to.
pub(crate) fn run(context: &Context) -> Outcome {
    let mut findings = Findings::default();
    manifests::check(context, &mut findings)?;
    commands::check(context, &mut findings)?;
    lengths::check(context, &mut findings)?;
    versions::check(context, &mut findings)?;
    findings.verdict()
}
