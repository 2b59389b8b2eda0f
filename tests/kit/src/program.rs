//! Programs under test.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The time that a test waits for a line, and for the end of a program. It is only used up by a program that
/// hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Returns a command that runs the program without stdin and without the variables of the caller's environment
/// that would change it.
#[must_use]
pub fn command(path: &str) -> Command {
    let mut command = Command::new(path);
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("OC_")) {
        command.env_remove(name);
    }
    for name in ["RUST_LOG", "LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE", "NO_COLOR"] {
        command.env_remove(name);
    }
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "http_proxy", "https_proxy"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Returns whether a test can run this program. Without the program, the test is skipped and reports it. If the
/// environment variable is set, the test fails.
#[must_use]
pub fn require(program: &str, variable: &str) -> bool {
    let version = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match version {
        Ok(_) => true,
        Err(error) if std::env::var_os(variable).is_some() => {
            panic!("{program}: {error}, and {variable} requires it")
        }
        Err(error) => {
            // The output of `eprintln` is not shown when the test passes.
            let _ = writeln!(io::stderr(), "skipped: {program}: {error}");
            false
        }
    }
}

/// Awaits `case` for at most one minute, so that a case that hangs fails its test.
pub async fn in_time<T>(case: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), case).await.expect("the case hangs")
}

/// A running program. It is killed on drop.
///
/// Its methods block, each for a limited time.
#[derive(Debug)]
pub struct Program {
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    first_line: String,
}

impl Program {
    /// Starts a program. Its stdout and stderr are read all the time, so that it never waits for a reader.
    ///
    /// # Errors
    ///
    /// Returns an error if the program cannot be started.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (sender, child) = mpsc::sync_channel(1);
        let (line, stderr) = mpsc::channel();
        // Envoy stops with the thread that has started it: this one lives as long as the program.
        thread::spawn(move || {
            let mut child = command.spawn();
            let pipe = child.as_mut().ok().and_then(|child| child.stderr.take());
            let _ = sender.send(child);
            pipe.into_iter().for_each(|pipe| send_lines(pipe, &line));
        });
        let mut child = child.recv().expect("the thread sends one")?;
        let pipe = child.stdout.take().expect("stdout is piped");
        let (line, stdout) = mpsc::channel();
        thread::spawn(move || send_lines(pipe, &line));
        Ok(Self { child, stdout, stderr, first_line: String::new() })
    }

    /// Starts a server and reads its first line, which names its address.
    #[must_use]
    pub fn start(command: Command) -> Self {
        Self::try_start(command).unwrap_or_else(|log| panic!("the program ended: {log}"))
    }

    /// Starts a server as [`start`](Self::start) does.
    ///
    /// # Errors
    ///
    /// Returns the text on stderr if the program ends without a line on stdout.
    pub fn try_start(command: Command) -> Result<Self, String> {
        let mut program = Self::spawn(command).expect("the program exists");
        match program.line() {
            Some(line) => program.first_line = line,
            None => return Err(text(program.finish().stderr)),
        }
        Ok(program)
    }

    /// Runs a program to its end, with this on stdin. The program may end without reading it.
    #[must_use]
    pub fn run(mut command: Command, stdin: &[u8]) -> Output {
        command.stdin(Stdio::piped());
        let mut program = Self::spawn(command).expect("the program exists");
        if let Err(error) = program.write(stdin) {
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
        program.finish()
    }

    /// Returns the first line of a server.
    #[must_use]
    pub fn first_line(&self) -> &str {
        &self.first_line
    }

    /// Returns the address of the first URL in the first line.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let host = self.first_line.split_once("://").map_or("", |(_, rest)| rest);
        let end = host.find(|c: char| c == '/' || c == '"' || c.is_whitespace());
        let address = host.get(..end.unwrap_or(host.len())).and_then(|text| text.parse().ok());
        address.unwrap_or_else(|| panic!("expected an address: {:?}", self.first_line))
    }

    /// Returns the id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes to stdin, which the command must have piped.
    ///
    /// # Errors
    ///
    /// Returns an error if the program no longer reads.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.child.stdin.as_mut().expect("stdin is piped").write_all(bytes)
    }

    /// Returns the next line of stdout, or `None` at its end.
    pub fn line(&mut self) -> Option<String> {
        next(&self.stdout, Instant::now() + PATIENCE).map(trimmed)
    }

    /// Returns the next line of stdout that contains this text.
    pub fn line_with(&mut self, text: &str) -> String {
        line_with(&self.stdout, text)
    }

    /// Reads stdout up to a line that contains this text. Returns `false` if there is none.
    pub fn reaches(&mut self, text: &str) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = std::iter::from_fn(|| next(&self.stdout, deadline)).map(trimmed);
        lines.any(|line| line.contains(text))
    }

    /// Returns the next line of stderr that contains this text.
    pub fn log_with(&mut self, text: &str) -> String {
        line_with(&self.stderr, text)
    }

    /// Returns the lines of stdout up to this one, which is included.
    pub fn lines_to(&mut self, last: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line| line != last) {
            let line = self.line();
            lines.push(line.unwrap_or_else(|| panic!("stdout ended without {last:?}: {lines:?}")));
        }
        lines
    }

    /// Sends the program a signal, such as `TERM`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        // `kill` is a built-in of every shell, but not on every machine a program.
        let kill = ["-c", r#"kill -s "$0" "$1""#, name, &id];
        assert!(Command::new("sh").args(kill).status().expect("a shell").success());
    }

    /// Closes stdin and waits for the end of the program. Returns its status and the unread output.
    #[must_use]
    pub fn finish(mut self) -> Output {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        let rest = |from| std::iter::from_fn(|| next(from, deadline)).flatten().collect();
        let (stdout, stderr) = (rest(&self.stdout), rest(&self.stderr));
        Output { status: self.child.wait().expect("a child"), stdout, stderr }
    }

    /// Closes stdin and waits for the end of the program.
    #[must_use]
    pub fn exit(self) -> ExitStatus {
        self.finish().status
    }

    /// Kills the program and returns the unread output.
    #[must_use]
    pub fn kill(mut self) -> Output {
        self.child.kill().expect("a child");
        self.finish()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends the lines of a pipe, each with its line break. Ends with the pipe.
fn send_lines(pipe: impl Read, to: &mpsc::Sender<Vec<u8>>) {
    let mut pipe = BufReader::new(pipe);
    loop {
        let mut line = Vec::new();
        if pipe.read_until(b'\n', &mut line).is_err() || line.is_empty() {
            return;
        }
        // Without a receiver the lines are discarded.
        let _ = to.send(line);
    }
}

/// Returns the next line, or `None` at the end.
fn next(lines: &Receiver<Vec<u8>>, deadline: Instant) -> Option<Vec<u8>> {
    match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("the program printed no line for {PATIENCE:?}"),
    }
}

fn line_with(lines: &Receiver<Vec<u8>>, expected: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    while let Some(line) = next(lines, deadline).map(trimmed) {
        if line.contains(expected) {
            return line;
        }
        seen.push(line);
    }
    panic!("no line with {expected:?}: {seen:?}")
}

fn trimmed(line: Vec<u8>) -> String {
    let mut line = text(line);
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    line
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the output is UTF-8")
}
