//! What every example program does from its start to its end.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub use self::settings::*;
#[cfg(unix)]
pub use self::unix::*;

mod settings;
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
pub(super) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(super) address: SocketAddr,
    introduction: Vec<String>,
}

impl Program {
    async fn start(path: &str, listen: &str) -> Self {
        Self::spawn(command(path).env("OC_LISTEN", listen)).await
    }

    pub(super) async fn start_with(path: &str, listen: &str, replay: &str) -> Self {
        Self::spawn(command(path).env("OC_LISTEN", listen).env("OC_REPLAY", replay)).await
    }

    async fn spawn(command: &mut Command) -> Self {
        let mut child = command
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

    fn says(&self, line: &str) -> bool {
        self.introduction.iter().any(|said| said == line)
    }

    /// What a shell says to the `curl` command; `None` where there is no curl.
    async fn run_curl(&self) -> Option<String> {
        if Command::new("curl").arg("--version").output().await.is_err() {
            eprintln!("skipped: this machine has no curl");
            return None;
        }
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &self.curl()]).env("NO_PROXY", "*").output().await;
        Some(String::from_utf8_lossy(&output.expect("a shell").stdout).into_owned())
    }

    async fn exit(&mut self) -> ExitStatus {
        self.child.wait().await.expect("it ends")
    }
}

fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OC_"));
    for (name, _) in ours {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").kill_on_drop(true);
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

/// A shell runs it as it was printed, and the documented customer comes back; the second time it is a
/// replay.
pub async fn the_printed_curl_passes_once(path: &str) {
    let program = Program::start(path, ANY_PORT).await;
    assert!(program.says("Try it yourself: within the next five minutes this passes once."));
    if let Some(answer) = program.run_curl().await {
        assert_found(&answer);
        let again = program.run_curl().await.expect("curl is there");
        assert!(again.starts_with("HTTP/1.1 403 "), "{again}");
        assert!(again.contains(r#""detail":"replayed""#), "{again}");
    }
}

/// It passes as often as it is sent.
pub async fn without_a_guard_the_printed_curl_passes_again(path: &str) {
    let program = Program::start_with(path, ANY_PORT, "off").await;
    assert_eq!(program.statuses(), ["200", "403", "400"]);
    assert!(program.says("Try it yourself: this passes for the next five minutes."));
    for _ in 0..2 {
        if let Some(answer) = program.run_curl().await {
            assert_found(&answer);
        }
    }
}

/// The server starts, and rejects with status 500 what it can't check. A forgery is rejected as ever.
pub async fn a_redis_that_is_not_there_lets_nothing_pass(path: &str) {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = nobody.local_addr().expect("it is bound");
    drop(nobody);
    let program = Program::start_with(path, ANY_PORT, &format!("redis://{address}")).await;
    assert_eq!(program.statuses(), ["500", "403", "400"]);
}

fn assert_found(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let body = answer.trim_end().lines().last();
    assert_eq!(body, Some(r#"{"data":{"userName":"test","id":"testId"}}"#), "{answer}");
}
