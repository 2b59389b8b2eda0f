//! Online Contact's side of the wire, byte for byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use online_contact::{Clock as _, SecurityKey, Signer, SystemClock, Timestamp};

use crate::support::KEY;

/// The two headers for a body.
pub(crate) fn headers(key: &str, body: &str, at: Timestamp) -> String {
    let key = SecurityKey::new(key).unwrap();
    let signed = Signer::new(&key).sign("/customer", body.as_bytes(), at);
    let authorization = signed.signature().to_base64();
    format!("X-TC-Timestamp: {at}\r\nAuthorization: {authorization}\r\n")
}

pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// A request with a declared length.
pub(crate) fn request(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /customer HTTP/1.1\r\nHost: crm.example.com\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) fn signed(body: &str) -> Vec<u8> {
    signed_with(KEY, body)
}

pub(crate) fn signed_with(key: &str, body: &str) -> Vec<u8> {
    request(&headers(key, body, now()), body)
}

/// A response, as far as it came.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Response {
    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").expect("a head").1
    }
}

/// Sends a request on a connection of its own and reads the response to the end of the connection.
pub(crate) fn post(address: SocketAddr, request: &[u8]) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    response(&mut stream)
}

pub(crate) fn response(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let status = text.split(' ').nth(1).expect("a status line").parse().expect("a status");
    Response { status, text }
}
