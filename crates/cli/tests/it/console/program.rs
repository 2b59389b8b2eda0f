//! A running console.

use std::net::SocketAddr;
use std::process::Command;

use online_contact_test_kit::{Program, Reply};
use serde_json::{Value, json};

use super::request::Request;
use crate::support::{Run, bare, command};

pub(crate) struct Console {
    program: Program,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) address: SocketAddr,
}

impl Console {
    /// Starts with the key in the environment, on any free port.
    pub(crate) fn start(args: &[&str]) -> Self {
        let fixed = ["--json", "console", "--listen", "127.0.0.1:0"];
        Self::spawn(command(&[&fixed, args].concat()))
    }

    pub(crate) fn without_key() -> Self {
        Self::spawn(bare(&["--json", "console", "--listen", "127.0.0.1:0"]))
    }

    pub(crate) fn spawn(command: Command) -> Self {
        let program = Program::start(command);
        let line = program.first_line();
        // One line of JSON, or the URL by itself.
        let json: Value = serde_json::from_str(line).unwrap_or_default();
        let url = json["url"].as_str().unwrap_or(line).to_owned();
        let token = url.split_once("token=").expect("a URL with the token").1.to_owned();
        assert!(json.is_null() || json["token"] == token);
        let address = program.address();
        Self { program, url, token, address }
    }

    pub(crate) fn first_line(&self) -> &str {
        self.program.first_line()
    }

    /// Returns a request as the page makes it.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.address, method, path).header("X-Console-Token", &self.token)
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.request(method, path).json(body).send()
    }

    /// Looks up a customer.
    pub(crate) fn look_up(&self, url: &str, number: &str) -> Reply {
        self.call("POST", "/api/lookup", &ask(url, number))
    }

    /// Presses Ctrl-C. Returns the status and the output after the first line.
    pub(crate) fn interrupt(self) -> Run {
        self.program.signal("INT");
        self.program.finish().into()
    }
}

/// Returns the settings of the vendor's example.
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
