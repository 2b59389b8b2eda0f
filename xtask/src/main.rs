//! The checks of the project itself: `cargo xtask --help` shows them, `cargo xtask all` runs them.

mod config;
mod context;
mod deny;
mod dependencies;
mod deploy;
mod external_types;
mod features;
mod links;
mod manifest;
mod minimal_versions;
mod package;
mod problem;
mod public_api;
mod rustdoc;
mod semver;
mod shell;
mod task;
mod tidy;
mod typos;

use std::process::ExitCode;

use clap::Parser;

use crate::{context::Context, task::Args};

fn main() -> ExitCode {
    if let Some(status) = rustdoc::stand_in() {
        return status;
    }
    let args = Args::parse();
    match Context::load().and_then(|context| args.task.run(&context)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
