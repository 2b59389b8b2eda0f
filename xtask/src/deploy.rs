use std::process::Command;

use crate::{context::Context, problem::Outcome, shell};

/// Runs the linter that `deploy/` brings for its own files.
pub(crate) fn run(context: &Context) -> Outcome {
    let lint = context.root.join("deploy/lint");
    if !lint.exists() {
        println!("there is no deploy/lint");
        return Ok(());
    }
    shell::run(Command::new(lint).current_dir(&context.root))
}
