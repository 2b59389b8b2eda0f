//! Checks of this repository that no published tool makes: `cargo xtask --help`.

mod prose;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Checks of this repository that no published tool makes
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check manifests and copies of licenses, and the commands and versions that pages name
    Tidy,
    /// Check documentation summaries, wording and the length of the READMEs
    Prose {
        /// Check these paths only
        paths: Vec<String>,
    },
}

/// The names of all tasks.
const TASKS: &[&str] = &["tidy", "prose"];

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = Workspace::load().and_then(|workspace| match args.task {
        Task::Tidy => tidy::run(&workspace),
        Task::Prose { paths } => prose::run(&workspace, &paths),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns all problems as one error, one line each.
fn verdict(problems: &[String]) -> Outcome {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}
