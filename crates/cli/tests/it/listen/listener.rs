//! A running `listen`.

use std::net::SocketAddr;
use std::process::Command;

use online_contact_test_kit::Program;
use serde_json::Value;

use crate::support::{Run, command};

pub(crate) struct Listener {
    program: Program,
    pub(crate) address: SocketAddr,
}

impl Listener {
    /// Starts on any free port, with the key in the environment.
    pub(crate) fn spawn(args: &[&str]) -> Self {
        Self::start(command(&[&["listen", "--listen", "127.0.0.1:0"], args].concat()))
    }

    pub(crate) fn start(command: Command) -> Self {
        let program = Program::start(command);
        let address = program.address();
        Self { program, address }
    }

    pub(crate) fn first_line(&self) -> &str {
        self.program.first_line()
    }

    /// Returns the address of the page, with `--json`.
    pub(crate) fn page(&self) -> String {
        let line: Value = serde_json::from_str(self.first_line()).expect("JSON");
        line["console"]["url"].as_str().expect("a page").to_owned()
    }

    /// Waits for the next line, which is JSON.
    pub(crate) fn next(&mut self) -> Value {
        let line = self.program.line().expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Waits for a line that contains a text.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        self.program.line_with(text)
    }

    /// Presses Ctrl-C. Returns the status and the output that was not read.
    pub(crate) fn interrupt(self) -> Run {
        self.program.signal("INT");
        self.program.finish().into()
    }
}
