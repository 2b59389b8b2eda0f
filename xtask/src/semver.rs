use std::process::Command;

use crate::{
    context::Context,
    problem::Outcome,
    rustdoc,
    shell::{self, cargo},
};

/// Compares each published library with the newest tag behind this commit, where there is one. A tag
/// at this commit is the release itself.
pub(crate) fn run(context: &Context) -> Outcome {
    let mut git = Command::new("git");
    git.args(["tag", "--list", "v*", "--merged", "HEAD", "--no-contains", "HEAD"]);
    git.arg("--sort=-version:refname");
    let tags = shell::output(git.current_dir(&context.root))?;
    let Some(tag) = tags.lines().next() else {
        println!("there is no tag yet to compare with");
        return Ok(());
    };
    if !shell::is_installed("cargo-semver-checks") {
        shell::run(&mut cargo(&["install", "cargo-semver-checks", "--locked"]))?;
    }
    let mut check = cargo(&["semver-checks", "--all-features", "--baseline-rev", tag]);
    for package in rustdoc::libraries(context) {
        check.args(["--package", &package.name]);
    }
    shell::run(check.current_dir(&context.root))
}
