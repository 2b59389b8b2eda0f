//! Runs the built program, without the variables of the developer's environment.

#![allow(dead_code)] // Each test takes what it needs.

use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tokio::net::TcpSocket;

/// The key of the vendor's sample.
pub(crate) const KEY: &str = "bf7769e5321448de88838cdb";

/// The moment of the examples.
pub(crate) const MOMENT: &str = "1732400000000";

/// A command line, with the key in the environment and English answers.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = bare(args);
    command.env("OC_SECURITY_KEY", KEY);
    command
}

/// A command line without a key.
pub(crate) fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_online-contact"));
    command.args(args).stdin(Stdio::null());
    for name in ["OC_SECURITY_KEY", "LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE"] {
        command.env_remove(name);
    }
    for name in ["OC_CONFIG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "http_proxy", "https_proxy"]
    {
        command.env_remove(name);
    }
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

    /// Everything that was written.
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

pub(crate) fn finish(mut command: Command) -> Run {
    command.output().expect("the program starts").into()
}

/// Runs with this on stdin. The program may end without having read it.
pub(crate) fn run_with_stdin(mut command: Command, stdin: &[u8]) -> Run {
    let mut child = spawn(&mut command);
    let written = child.stdin.take().expect("stdin is a pipe").write_all(stdin);
    if let Err(error) = written {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
    child.wait_with_output().expect("it ends").into()
}

/// A port without a listener. It stays reserved until this is dropped.
pub(crate) struct ClosedPort(TcpSocket);

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        Self(socket)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().expect("it is bound").port()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/customer", self.port())
    }
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// The signature that openssl makes.
pub(crate) fn openssl(key: &str, signed: &[u8]) -> String {
    let pipe = "openssl dgst -sha256 -hmac \"$KEY\" -binary | openssl base64 -A";
    let mut sh = Command::new("sh");
    sh.args(["-c", pipe]).env("KEY", key);
    run_with_stdin(sh, signed).stdout
}
