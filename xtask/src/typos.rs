use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{context::Context, problem::Outcome, shell};

/// Stated, so that a new dictionary does not fail an old commit.
const VERSION: &str = "1.52.0";

/// Spelling. Without the program on the path, its wheel is taken: to build it takes minutes.
pub(crate) fn run(context: &Context) -> Outcome {
    let Some(program) = program(&context.target.join("tools/typos"))? else {
        return shell::skip("neither typos nor python3 with venv is installed");
    };
    shell::run(Command::new(program).current_dir(&context.root))
}

fn program(tools: &Path) -> Outcome<Option<PathBuf>> {
    if shell::is_installed("typos") {
        return Ok(Some("typos".into()));
    }
    let own = tools.join("bin/typos");
    if !own.exists() {
        let mut venv = Command::new("python3");
        if shell::run_silent(venv.args(["-m", "venv"]).arg(tools)).is_err() {
            return Ok(None);
        }
        let mut pip = Command::new(tools.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check"]);
        shell::run(pip.arg(format!("typos=={VERSION}")))?;
    }
    Ok(Some(own))
}
