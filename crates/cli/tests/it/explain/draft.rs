//! A sender that makes mistakes: its own few lines, which share nothing with the search.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::support::{KEY, Run, command, run_with_stdin};

/// The moment of signing. Not a whole second.
pub(crate) const MOMENT: u64 = 1_732_400_000_123;
pub(crate) const PATH: &str = "/api/%EA%B3%A0%EA%B0%9D";
pub(crate) const TARGET: &str = "/api/%EA%B3%A0%EA%B0%9D?src=oc";

/// The signed parts, and the computation and the spelling of the MAC.
pub(crate) struct Draft {
    pub(crate) key: Vec<u8>,
    pub(crate) uri: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) delimiter: Vec<u8>,
    pub(crate) time: Vec<u8>,
    pub(crate) end: Vec<u8>,
    pub(crate) time_first: bool,
    pub(crate) mac: fn(&[u8], &[u8]) -> Vec<u8>,
    pub(crate) write: fn(&[u8]) -> String,
}

/// The rest of the request.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) uri_scheme: bool,
    pub(crate) timestamp: u64,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(body: impl Into<Vec<u8>>, uri_scheme: bool) -> Self {
        Self { uri_scheme, timestamp: MOMENT, body: body.into() }
    }

    /// The draft of an honest signature.
    pub(crate) fn draft(&self) -> Draft {
        Draft {
            key: KEY.into(),
            uri: if self.uri_scheme { PATH.into() } else { Vec::new() },
            body: self.body.clone(),
            delimiter: Vec::new(),
            time: self.timestamp.to_string().into_bytes(),
            end: Vec::new(),
            time_first: false,
            mac: hmac_sha256,
            write: base64,
        }
    }

    /// As a log would have it, with some headers that carry times and paths of their own.
    pub(crate) fn capture(&self, authorization: &str) -> Vec<u8> {
        let head = format!(
            "POST {TARGET} HTTP/1.1\r\nHost: crm.example.com\r\n\
             Date: Sat, 23 Nov 2024 22:13:19 GMT\r\nX-Request-Start: 1732399999777\r\n\
             X-Forwarded-Prefix: /gateway\r\nX-Original-URI: /original/customer?a=b\r\n\
             X-TC-Timestamp: {}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
            self.timestamp,
            self.body.len(),
        );
        [head.as_bytes(), &self.body].concat()
    }

    /// Returns the output of the command.
    pub(crate) fn explain(&self, authorization: &str) -> Run {
        self.explain_with(authorization, &[])
    }

    pub(crate) fn explain_with(&self, authorization: &str, more: &[&str]) -> Run {
        let scheme = if self.uri_scheme { "uri_body_time" } else { "body_time" };
        let now = self.timestamp.to_string();
        let mut args = vec!["explain", "--request", "-", "--json", "--now", &now];
        args.extend(["--scheme", scheme, "--time-limit", "300"]);
        args.extend(more);
        run_with_stdin(command(&args), &self.capture(authorization))
    }
}

impl Draft {
    pub(crate) fn authorization(&self) -> String {
        let Self { uri, body, delimiter, time, end, .. } = self;
        let message = if self.time_first {
            [time, delimiter, uri, body, end].map(Vec::as_slice).concat()
        } else {
            [uri, body, delimiter, time, end].map(Vec::as_slice).concat()
        };
        (self.write)(&(self.mac)(&self.key, &message))
    }
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hmac_sha512(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn key_then_message(key: &[u8], message: &[u8]) -> Vec<u8> {
    Sha256::digest([key, message].concat()).to_vec()
}

pub(crate) fn message_then_key(key: &[u8], message: &[u8]) -> Vec<u8> {
    Sha256::digest([message, key].concat()).to_vec()
}

pub(crate) fn message_alone(_key: &[u8], message: &[u8]) -> Vec<u8> {
    Sha256::digest(message).to_vec()
}

pub(crate) fn base64(mac: &[u8]) -> String {
    STANDARD.encode(mac)
}

pub(crate) fn hex(mac: &[u8]) -> String {
    mac.iter().map(|byte| format!("{byte:02x}")).collect()
}
