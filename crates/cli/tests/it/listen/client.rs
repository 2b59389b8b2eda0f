//! Requests as Online Contact sends them, byte for byte.

use std::net::SocketAddr;

use online_contact::{Clock as _, Signer, SystemClock, Timestamp};
use online_contact_test_kit::{KEY, Reply, Target, key};

/// Returns the two headers for a body.
pub(crate) fn headers(text: &str, body: &str, at: Timestamp) -> String {
    let signed = Signer::new(&key(text)).sign("/customer", body.as_bytes(), at);
    let authorization = signed.signature().to_base64();
    format!("X-TC-Timestamp: {at}\r\nAuthorization: {authorization}\r\n")
}

pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// Returns a request with a declared length.
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

/// Sends a request on a connection of its own and reads the response.
pub(crate) fn post(address: SocketAddr, request: &[u8]) -> Reply {
    Target::from(address).exchange_blocking(request).expect("a response")
}
