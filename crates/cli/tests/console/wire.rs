//! Requests byte by byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

/// A request in the making. It names its host rightly unless told otherwise.
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

    pub(crate) fn send(self) -> Exchange {
        let mut text = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len());
        text += &self.body;
        let mut stream = TcpStream::connect(self.to).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        Exchange::parse(answer)
    }
}

/// A response, with its head.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) status: u16,
    pub(crate) all: String,
}

impl Exchange {
    fn parse(all: String) -> Self {
        let status = all.split(' ').nth(1).expect("a status line").parse().expect("a status");
        Self { status, all }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.all.split_once("\r\n\r\n")?;
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn body(&self) -> &str {
        self.all.split_once("\r\n\r\n").expect("a head").1
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The id of the complaint.
    pub(crate) fn problem(&self) -> String {
        self.json()["problem"]["id"].as_str().expect("a problem").to_owned()
    }
}
