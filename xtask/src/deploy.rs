use std::process::Command;

use crate::{context::Context, problem::Outcome, shell};

/// Runs the linter that `deploy/` brings for its own files.
pub(crate) fn run(context: &Context) -> Outcome {
    shell::run(Command::new(context.root.join("deploy/lint")).current_dir(&context.root))
}
