//! The checks of the project itself: `cargo xtask list` shows them, `cargo xtask all` runs them.

mod config;
mod context;
mod deny;
mod dependencies;
mod deploy;
mod external_types;
mod features;
mod links;
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

use crate::{context::Context, problem::Outcome, task::TASKS};

/// The checks of the project itself.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Args {
    /// The name of a task, `list`, or `all`
    task: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// Write down what is found as what is expected (`public-api`)
    #[arg(long)]
    bless: bool,
    /// Build each package from what it holds (`package`)
    #[arg(long)]
    verify: bool,
}

fn main() -> ExitCode {
    if let Some(status) = rustdoc::stand_in() {
        return status;
    }
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Outcome {
    if args.task == "list" {
        task::list();
        return Ok(());
    }
    let context = Context::load(args.options)?;
    if args.task == "all" {
        return task::run_all(&context);
    }
    let found = TASKS.iter().find(|task| task.name == args.task);
    let task = found.ok_or_else(|| {
        format!("there is no task {:?}: `cargo xtask list` shows them all", args.task)
    })?;
    (task.run)(&context)
}
