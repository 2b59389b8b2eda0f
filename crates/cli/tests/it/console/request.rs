//! Requests to the console, byte by byte.

use std::net::SocketAddr;

use online_contact_test_kit::{Reply, Target};
use serde_json::Value;

/// A request. It names its host as the page does, unless a test removes that header.
pub(crate) struct Request {
    to: SocketAddr,
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    pub(crate) fn new(to: SocketAddr, method: &str, path: &str) -> Self {
        let line = format!("{method} {path} HTTP/1.1");
        let headers = vec![("Host".to_owned(), to.to_string())];
        Self { to, line, headers, body: String::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").text(&body.to_string())
    }

    pub(crate) fn text(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub(crate) fn send(self) -> Reply {
        let mut text = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len());
        text += &self.body;
        Target::from(self.to).exchange_blocking(text.as_bytes()).expect("a response")
    }
}

/// Returns the id of the problem in a response.
pub(crate) fn problem(reply: &Reply) -> String {
    reply.json()["problem"]["id"].as_str().expect("a problem").to_owned()
}
