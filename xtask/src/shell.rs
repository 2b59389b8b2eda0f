use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::problem::{Outcome, Problem};

/// Cargo, quiet unless something is wrong.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).env("CARGO_TERM_QUIET", "true");
    // What `cargo run` tells us of xtask: the build script of ring would take it for a change.
    for (name, _) in std::env::vars_os() {
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if name.to_str().is_some_and(|name| about_us.iter().any(|start| name.starts_with(start))) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs the command with its output where ours goes.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed: {status}", words(command)).into())
    }
}

/// Runs a command whose words on stderr are warnings. (Denying them with `RUSTFLAGS` would build all
/// dependencies anew.)
pub(crate) fn run_silent(command: &mut Command) -> Outcome {
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| cannot_start(command, &error))?;
    if output.status.success() && output.stderr.is_empty() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}\n{said}", words(command), output.status).into())
}

/// What the command writes to stdout.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", words(command), output.status).into());
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("{} wrote something that is not UTF-8", words(command)).into())
}

/// What a machine lacks is no fault of the project, but where nobody would notice it.
pub(crate) fn skip(reason: &str) -> Outcome {
    if std::env::var_os("CI").is_some() {
        return Err(reason.into());
    }
    println!("skipped: {reason}");
    Ok(())
}

pub(crate) fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

pub(crate) fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("{} can't be read: {error}", path.display()).into())
}

pub(crate) fn write(path: &Path, text: &str) -> Outcome {
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    written
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{} can't be written: {error}", path.display()).into())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Problem {
    format!("{} can't be started: {error}", words(command)).into()
}

fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
