use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Returns a command that runs the program without the variables of the caller's environment that
/// would change it. The program ends when the test does.
#[must_use]
pub fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("OC_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").kill_on_drop(true);
    command
}

/// Awaits `case` for at most one minute, so that a program that hangs fails its test.
pub async fn in_time<T>(case: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), case).await.expect("the program hangs")
}

/// A running program that prints `listening on http://…`. It is killed on drop.
#[derive(Debug)]
pub struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Program {
    /// Starts a server and reads its first line.
    pub async fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program exists");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next_line().await.expect("text").expect("a first line");
        let address = first.strip_prefix("listening on http://").and_then(|text| text.parse().ok());
        let address = address.unwrap_or_else(|| panic!("expected an address: {first:?}"));
        Self { child, lines, address }
    }

    /// Returns the address that the program listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the lines of stdout up to this one, which is included.
    pub async fn lines_to(&mut self, last: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line| line != last) {
            let line = self.lines.next_line().await.expect("text");
            lines.push(line.unwrap_or_else(|| panic!("stdout ended without {last:?}: {lines:?}")));
        }
        lines
    }

    /// Kills the program and returns the lines that it has printed since.
    pub async fn stop_and_read(mut self) -> Vec<String> {
        self.child.kill().await.expect("the program runs");
        let mut lines = Vec::new();
        while let Some(line) = self.lines.next_line().await.expect("text") {
            lines.push(line);
        }
        lines
    }

    /// Sends the program a signal, such as `TERM`.
    #[cfg(unix)]
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().expect("the program runs").to_string();
        // `kill` is a built-in of every shell, but not on every machine a program.
        let kill = ["-c", r#"kill -s "$0" "$1""#, name, &id];
        let sent = Command::new("sh").args(kill).status().await.expect("a shell");
        assert!(sent.success());
    }

    /// Waits for the end of the program.
    pub async fn exit(&mut self) -> ExitStatus {
        self.child.wait().await.expect("the program ends")
    }
}
