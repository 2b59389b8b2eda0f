//! Runs the built program, without the variables of the developer's environment.

use std::process::{Command, Output};

use online_contact_test_kit::Program;
use serde_json::Value;

pub(crate) use online_contact_test_kit::KEY;

/// The path of the program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_online-contact");

/// The moment of the examples.
pub(crate) const MOMENT: &str = "1732400000000";

/// Returns a command line with the key in the environment.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = bare(args);
    command.env("OC_SECURITY_KEY", KEY);
    command
}

/// Returns a command line without a key.
pub(crate) fn bare(args: &[&str]) -> Command {
    let mut command = online_contact_test_kit::command(PROGRAM);
    command.args(args);
    command
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns everything that was written.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// Runs with the key in the environment.
pub(crate) fn run(args: &[&str]) -> Run {
    finish(command(args))
}

pub(crate) fn finish(command: Command) -> Run {
    Program::spawn(command).expect("the program exists").finish().into()
}

/// Runs with this on stdin. The program may end without reading it.
pub(crate) fn run_with_stdin(command: Command, stdin: &[u8]) -> Run {
    Program::run(command, stdin).into()
}

/// Returns the signature that openssl makes.
pub(crate) fn openssl(key: &str, signed: &[u8]) -> String {
    let pipe = "openssl dgst -sha256 -hmac \"$KEY\" -binary | openssl base64 -A";
    let mut sh = Command::new("sh");
    sh.args(["-c", pipe]).env("KEY", key);
    run_with_stdin(sh, signed).stdout
}
