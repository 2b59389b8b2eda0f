use cargo_metadata::Package;

use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// Lints each published crate with each of its features alone, with none of them, and with all.
pub(crate) fn run(context: &Context) -> Outcome {
    let mut findings = Findings::default();
    for package in context.published() {
        for selection in selections(package) {
            println!("{} {}", package.name, selection.join(" "));
            // With lib and binaries alone, no dev-dependency turns a feature on behind our back.
            let mut cargo = shell::cargo(&["clippy", "--locked", "-p", &package.name]);
            cargo.args(&selection).args(["--", "-D", "warnings"]).current_dir(&context.root);
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
    // One alone is all, where none is on by default.
    if all.len() > 2 {
        all.push(vec!["--all-features"]);
    }
    all
}
