use cargo_metadata::Package;

use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// Checks each feature of each published crate alone, none of them, and all.
pub(crate) fn run(context: &Context) -> Outcome {
    let mut findings = Findings::default();
    for package in context.published() {
        for selection in selections(package) {
            println!("{} {}", package.name, selection.join(" "));
            // With lib and binaries alone, no dev-dependency turns a feature on behind our back.
            let mut cargo = shell::cargo(&["check", "--locked", "-p", &package.name]);
            cargo.args(&selection).current_dir(&context.root);
            findings.take(shell::run_silent(&mut cargo));
        }
    }
    findings.verdict()
}

fn selections(package: &Package) -> Vec<Vec<&str>> {
    let features = || package.features.keys().filter(|feature| *feature != "default");
    if features().next().is_none() {
        // Nothing to choose: the lints have checked it already.
        return Vec::new();
    }
    let alone = features().map(|feature| vec!["--no-default-features", "--features", feature]);
    let mut all = vec![vec!["--no-default-features"]];
    all.extend(alone);
    all.push(vec!["--all-features"]);
    all
}
