//! A running console.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::support::{bare, command};
use crate::wire::{Exchange, Request};

/// Is killed when it is dropped.
pub(crate) struct Console {
    child: Child,
    /// Kept open: a program that can't write its lines is another matter.
    stdout: BufReader<ChildStdout>,
    first_line: String,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) address: SocketAddr,
}

impl Console {
    /// With the key in the environment, on any free port.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::spawn(command(&["--json", "console", "--listen", "127.0.0.1:0"]).args(args))
    }

    pub(crate) fn without_key() -> Self {
        Self::spawn(&mut bare(&["--json", "console", "--listen", "127.0.0.1:0"]))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("cargo has built it");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it says where it is");
        // One line of JSON, or the URL by itself.
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let url = told["url"].as_str().unwrap_or(line.trim_end()).to_owned();
        let token = url.split_once("token=").expect("a URL with the token").1.to_owned();
        assert!(told.is_null() || told["token"] == token);
        let address = url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let address = address.expect("an address").parse().expect("an IP address and a port");
        Self { child, stdout, first_line: line, url, token, address }
    }

    /// A request as the page makes it.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.address, method, path).header("X-Console-Token", &self.token)
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Exchange {
        self.request(method, path).json(body).send()
    }

    /// Asks a server for a customer.
    pub(crate) fn look_up(&self, url: &str, number: &str) -> Exchange {
        self.call("POST", "/api/lookup", &ask(url, number))
    }

    pub(crate) fn interrupt(&self) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    }

    /// All that it has printed to stdout until its end.
    pub(crate) fn printed(&mut self) -> String {
        let mut all = self.first_line.clone();
        self.stdout.read_to_string(&mut all).unwrap();
        all
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings of the vendor's example.
pub(crate) fn settings(url: &str) -> Value {
    json!({
        "url": url,
        "scheme": "body_time",
        "lookup": [
            { "name": "고객 번호", "variable": "callNum", "required": true, "maxLength": 20 },
            { "name": "국가", "variable": "nation", "required": false },
        ],
        "result": [
            { "name": "이름", "variable": "userName" },
            { "name": "아이디", "variable": "id" },
        ],
    })
}

pub(crate) fn ask(url: &str, number: &str) -> Value {
    json!({ "settings": settings(url), "values": { "callNum": number } })
}
