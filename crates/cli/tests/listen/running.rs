//! A running `listen`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::support::command;

/// Is killed when it is dropped.
pub(crate) struct Listener {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) first_line: String,
    pub(crate) address: SocketAddr,
}

impl Listener {
    /// Starts on any free port, with the key in the environment.
    pub(crate) fn spawn(args: &[&str]) -> Self {
        Self::start(command(&["listen", "--listen", "127.0.0.1:0"]).args(args))
    }

    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo has built it");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the first line");
        let address = line.split_once("http://").expect("an address").1;
        let address = address.trim_end().split('"').next().expect("an address");
        let address = address.parse().expect("an IP address and a port");
        Self { child, stdout, first_line: line, address }
    }

    /// The address of the page, with `--json`.
    pub(crate) fn page(&self) -> String {
        let line: Value = serde_json::from_str(&self.first_line).expect("JSON");
        line["console"]["url"].as_str().expect("a page").to_owned()
    }

    /// Waits for the next line, which is JSON.
    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Waits for a line that contains a text.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).expect("a line") > 0, "no line with {text}");
            if line.contains(text) {
                return line;
            }
        }
    }

    pub(crate) fn interrupt(&self) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    }

    /// All that is left on stdout until the end.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        rest
    }

    pub(crate) fn stderr(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().expect("it is piped").read_to_string(&mut text).unwrap();
        text
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
