//! What every example program does from its start to its end.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

#[cfg(unix)]
pub use self::unix::*;

#[cfg(unix)]
mod unix;

const ANY_PORT: &str = "127.0.0.1:0";
const LAST_LINE: &str = "Ctrl-C stops the server.";

/// Gives a case a minute, so that a program that hangs is a failure.
pub async fn in_time(case: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_secs(60), case).await.expect("the program hangs");
}

/// A running program, which has said all it has to say at its start.
#[derive(Debug)]
struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
    introduction: Vec<String>,
}

impl Program {
    async fn start(path: &str, listen: &str) -> Self {
        let mut child = command(path)
            .env("OC_LISTEN", listen)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo has built it");
        let stdout = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines();

        let mut introduction = Vec::new();
        while introduction.last().is_none_or(|last| last != LAST_LINE) {
            introduction.push(next(&mut lines).await.expect("the introduction goes on"));
        }
        let address = introduction
            .first()
            .and_then(|line| line.strip_prefix("listening on http://"))
            .expect("the first line says where it listens")
            .parse()
            .expect("an address");
        Self { child, lines, address, introduction }
    }

    /// The statuses that came back in the three exchanges.
    fn statuses(&self) -> Vec<&str> {
        let came_back =
            self.introduction.iter().filter_map(|line| line.strip_prefix("   came back"));
        came_back.filter_map(|answer| answer.split_whitespace().next()).collect()
    }

    /// The `curl` command: its lines end in a backslash, but for the last.
    fn curl(&self) -> String {
        let start = self.introduction.iter().skip_while(|line| !line.starts_with("curl "));
        let command: Vec<_> =
            start.map(String::as_str).take_while(|line| !line.is_empty()).collect();
        command.join("\n")
    }

    async fn exit(&mut self) -> ExitStatus {
        self.child.wait().await.expect("it ends")
    }
}

fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env_remove("OC_SECURITY_KEY")
        .env_remove("OC_LISTEN")
        .env_remove("RUST_LOG")
        .kill_on_drop(true);
    command
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    lines.next_line().await.expect("its output is text")
}

/// Honest, tampered, expired: 200, 403, 400.
pub async fn shows_itself_at_work(path: &str) {
    let program = Program::start(path, ANY_PORT).await;
    assert_eq!(program.statuses(), ["200", "403", "400"]);
}

/// 0.0.0.0 is no address to send anything to.
pub async fn shows_itself_at_work_on_all_addresses(path: &str) {
    let program = Program::start(path, "0.0.0.0:0").await;
    assert!(program.address.ip().is_unspecified());
    assert_eq!(program.statuses(), ["200", "403", "400"]);
    let port = program.address.port();
    let url = format!("'http://127.0.0.1:{port}/customer'");
    assert!(program.curl().contains(&url), "{}", program.curl());
}

/// A shell runs it as it was printed, and the documented customer comes back.
pub async fn the_printed_curl_works(path: &str) {
    if Command::new("curl").arg("--version").output().await.is_err() {
        eprintln!("skipped: this machine has no curl");
        return;
    }
    let program = Program::start(path, ANY_PORT).await;
    let output = Command::new("sh")
        .args(["-c", &program.curl()])
        .env("NO_PROXY", "*")
        .output()
        .await
        .expect("a shell");
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let body = answer.trim_end().lines().last();
    assert_eq!(body, Some(r#"{"data":{"userName":"test","id":"testId"}}"#), "{answer}");
}

/// Status 1, and a line that names the variable, the value and what was expected.
pub async fn a_bad_address_is_named(path: &str) {
    let output = failing(command(path).env("OC_LISTEN", "localhost")).await;
    let expected = "error: OC_LISTEN is \"localhost\": expected an IP address and a port, like ";
    assert!(last_line(&output).starts_with(expected), "{output:?}");
}

/// Status 1, and a line that names the address.
pub async fn an_address_in_use_is_named(path: &str) {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let output = failing(command(path).env("OC_LISTEN", &address)).await;
    let expected = format!("error: can't listen on {address}: ");
    assert!(last_line(&output).starts_with(&expected), "{output:?}");
}

/// A variable that is set to nothing is a mistake, and must not bring in the sample key.
pub async fn an_empty_key_is_no_missing_key(path: &str) {
    let output = failing(command(path).env("OC_SECURITY_KEY", "")).await;
    let expected = "error: OC_SECURITY_KEY: the security key is empty";
    assert!(last_line(&output).starts_with(expected), "{output:?}");
}

async fn failing(command: &mut Command) -> Output {
    let output = command.output().await.expect("cargo has built it");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    output
}

fn last_line(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    stderr.lines().last().unwrap_or_default().to_owned()
}
