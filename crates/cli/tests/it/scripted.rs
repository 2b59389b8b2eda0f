//! A server with scripted responses, which records the requests byte for byte.

use std::io::{self, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// The time that the server waits for a client, and a test for a request.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves one connection after the other until the test process ends.
pub(crate) struct Scripted {
    address: SocketAddr,
    /// A URL of the server, with the path `/customer`.
    pub(crate) url: String,
    requests: Receiver<Received>,
}

/// A request as it arrived.
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Returns the whole request.
    pub(crate) fn text(&self) -> String {
        format!("{}\r\n\r\n{}", self.head, String::from_utf8_lossy(&self.body))
    }
}

impl Scripted {
    /// Responds to one request of each connection with these bytes and closes the connection.
    pub(crate) fn new(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::after_a_request(move |stream| stream.write_all(&response))
    }

    /// Sends this head, and this piece again and again until the client closes the connection.
    pub(crate) fn endless(head: &'static str, piece: &'static [u8]) -> Self {
        Self::after_a_request(move |stream| {
            stream.write_all(head.as_bytes())?;
            loop {
                stream.write_all(piece)?;
            }
        })
    }

    /// Reads a request and never responds.
    pub(crate) fn silent() -> Self {
        Self::after_a_request(|stream| stream.read(&mut [0]).map(drop))
    }

    /// Greets each client at once, as servers of other protocols do.
    pub(crate) fn greeting(greeting: &'static str) -> Self {
        Self::serving(|stream, _| {
            stream.write_all(greeting.as_bytes())?;
            stream.read(&mut [0; 4096]).map(drop)
        })
    }

    fn after_a_request(
        respond: impl Fn(&mut TcpStream) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self::serving(move |stream, requests| {
            let request = read_request(stream)?;
            // A test may ignore the requests.
            let _ = requests.send(request);
            respond(stream)
        })
    }

    /// Serves each connection with this function.
    pub(crate) fn serving(
        serve: impl Fn(&mut TcpStream, &Sender<Received>) -> io::Result<()> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                // The client may close the connection at any time.
                let _ = serve(&mut stream, &sender);
            }
        });
        Self { address, url: format!("http://{address}/customer"), requests }
    }

    /// Returns the URL without a path.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the next request.
    pub(crate) fn request(&self) -> Received {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    pub(crate) fn has_no_request(&self) -> bool {
        self.requests.try_recv().is_err()
    }
}

/// Reads a request to its end, so that closing the connection resets nothing.
fn read_request(stream: &mut TcpStream) -> io::Result<Received> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let body = &bytes[end + 4..];
            if is_whole(&head.to_ascii_lowercase(), body) {
                return Ok(Received { head, body: body.to_vec() });
            }
        }
        read_more(stream, &mut bytes)?;
    }
}

fn is_whole(head: &str, body: &[u8]) -> bool {
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with(b"0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// Reads until the bytes contain this text.
pub(crate) fn read_until(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    text: &str,
) -> io::Result<()> {
    while !bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
        read_more(stream, bytes)?;
    }
    Ok(())
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut piece = [0; 4096];
    let length = stream.read(&mut piece)?;
    bytes.extend_from_slice(&piece[..length]);
    if length == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Returns a response of this status line, these headers and this body, with a declared length.
pub(crate) fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The content type of the envelope.
pub(crate) const JSON: &str = "content-type: application/json; charset=utf-8\r\n";
