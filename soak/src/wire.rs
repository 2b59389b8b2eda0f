//! Requests as bytes, and their responses.

use std::net::SocketAddr;
use std::time::Duration;

use online_contact::{Clock as _, Signer, SystemClock, Timestamp};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;

/// The timeout of each step: longer than every deadline of the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// The head of a request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    path: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl Request {
    /// Creates a request to `/customer` without headers.
    pub(crate) const fn new() -> Self {
        Self { path: "/customer", headers: Vec::new() }
    }

    pub(crate) fn signed(signer: &Signer, body: &[u8]) -> Self {
        Self::signed_at(signer, body, SystemClock.now())
    }

    pub(crate) fn signed_at(signer: &Signer, body: &[u8], at: Timestamp) -> Self {
        let headers = signer.sign("/customer", body, at).headers();
        Self { headers: headers.into(), ..Self::new() }
    }

    pub(crate) const fn to(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    /// Returns the head, up to the empty line, with this body length.
    pub(crate) fn head(self, length: u64) -> Vec<u8> {
        self.header("content-length", length.to_string()).bytes()
    }

    /// Returns the head of a request with a chunked body.
    pub(crate) fn chunked(self) -> Vec<u8> {
        self.header("transfer-encoding", "chunked").bytes()
    }

    pub(crate) fn whole(self, body: &[u8]) -> Vec<u8> {
        [self.head(body.len() as u64), body.to_vec()].concat()
    }

    fn bytes(self) -> Vec<u8> {
        let mut head = format!("POST {} HTTP/1.1\r\nhost: soak\r\n", self.path);
        for (name, value) in self.headers {
            head.extend([name, ": ", &value, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Status 200, with the label of the key.
    Passed(String),
    /// Another status, with the reason.
    Rejected(u16, String),
}

/// A connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Received and not yet parsed.
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = in_time("a connection", TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(in_time("sending", self.stream.write_all(bytes)).await??)
    }

    /// Waits until the response begins. Cancel-safe.
    pub(crate) async fn answered(&self) -> Result<()> {
        Ok(self.stream.readable().await?)
    }

    pub(crate) async fn answer(&mut self) -> Result<Answer> {
        in_time("a response", self.read()).await?
    }

    /// Resets the connection, so that a flood does not exhaust the ports of this machine.
    pub(crate) fn reset(self) -> Result<()> {
        Ok(self.stream.set_zero_linger()?)
    }

    async fn read(&mut self) -> Result<Answer> {
        let end = loop {
            if let Some(start) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break start + 4;
            }
            self.read_more().await?;
        };
        let head: Vec<u8> = self.buffer.drain(..end).collect();
        let head = String::from_utf8(head)?.to_ascii_lowercase();
        let status = head.split(' ').nth(1).ok_or("a response without a status")?.parse()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("a response without content-length")?.parse()?;
        while self.buffer.len() < length {
            self.read_more().await?;
        }
        let body: Vec<u8> = self.buffer.drain(..length).collect();
        understood(status, &body)
    }

    async fn read_more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? > 0 {
            return Ok(());
        }
        Err("the server closed the connection".into())
    }
}

fn understood(status: u16, body: &[u8]) -> Result<Answer> {
    let envelope: Value = serde_json::from_slice(body)?;
    let text = |pointer| envelope.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let answer = match status {
        200 => text("/data/key").map(Answer::Passed),
        _ => text("/error/detail").map(|reason| Answer::Rejected(status, reason)),
    };
    answer.ok_or_else(|| format!("{status} with an invalid envelope: {envelope}").into())
}

async fn in_time<T>(what: &str, step: impl Future<Output = T>) -> Result<T> {
    let step = timeout(PATIENCE, step).await;
    step.map_err(|_| format!("{what} took longer than {PATIENCE:?}").into())
}
