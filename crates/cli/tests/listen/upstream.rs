//! A server behind `--forward` that records what it gets.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    /// The requests, byte for byte.
    pub(crate) requests: Receiver<String>,
}

impl Upstream {
    /// Responds to each request with these bytes and closes.
    pub(crate) fn new(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::with(move |stream, requests| {
            requests.send(read(stream)).unwrap();
            stream.write_all(&response).unwrap();
        })
    }

    pub(crate) fn with(
        handle: impl Fn(&mut TcpStream, &mpsc::Sender<String>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                handle(&mut stream.unwrap(), &sender);
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn request(&self) -> String {
        self.requests.recv().unwrap()
    }
}

/// Reads a request to its end.
pub(crate) fn read(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..length]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        if length == 0 || is_whole(&text) {
            return text;
        }
    }
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with("0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// A response with a declared length.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

pub(crate) const JSON: &str = "content-type: application/json; charset=utf-8\r\n";
