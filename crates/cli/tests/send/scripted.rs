//! A server with scripted responses.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// Answers one request after another with these bytes and closes.
pub(crate) struct Scripted {
    pub(crate) url: String,
    /// The heads of the requests, as they came.
    pub(crate) heads: Receiver<String>,
    /// Their bodies.
    pub(crate) bodies: Receiver<Vec<u8>>,
}

impl Scripted {
    pub(crate) fn new(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::with(move |stream| stream.write_all(&answer))
    }

    /// Goes on with this after the head and for ever, until the client has gone.
    pub(crate) fn endless(head: &'static str, piece: &'static [u8]) -> Self {
        Self::with(move |stream| {
            stream.write_all(head.as_bytes())?;
            loop {
                stream.write_all(piece)?;
            }
        })
    }

    /// Takes the request and says no more, until the client has gone.
    pub(crate) fn silent() -> Self {
        Self::with(|stream| stream.read(&mut [0]).map(drop))
    }

    /// Greets each client at once, as servers of other protocols do.
    pub(crate) fn greeting(greeting: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/customer", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // The client may have gone already.
                let _ = stream.write_all(greeting.as_bytes());
                let _ = stream.read(&mut [0; 4096]);
            }
        });
        Self { url, heads: mpsc::channel().1, bodies: mpsc::channel().1 }
    }

    fn with(answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/customer", listener.local_addr().unwrap());
        let (heads, received) = mpsc::channel();
        let (bodies, received_bodies) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (head, body) = read_request(&mut stream);
                let _ = heads.send(head);
                let _ = bodies.send(body);
                // The client may have gone already.
                let _ = answer(&mut stream);
            }
        });
        Self { url, heads: received, bodies: received_bodies }
    }
}

/// Head and body. It reads to the end of the body, so that closing resets nothing.
fn read_request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap_or(0);
        request.extend_from_slice(&piece[..read]);
        let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let head = &request[..end.unwrap_or(request.len())];
        let head = String::from_utf8_lossy(head).into_owned();
        let body = end.map_or(&[][..], |end| &request[end + 4..]);
        if read == 0 || end.is_some() && body.len() >= content_length(&head) {
            return (head, body.to_vec());
        }
    }
}

fn content_length(head: &str) -> usize {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.map_or(0, |(_, value)| value.parse().unwrap())
}

/// An answer with a length, of this status line, these headers and this body.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The header of an honest answer.
pub(crate) const JSON: &str = "content-type: application/json; charset=utf-8\r\n";
