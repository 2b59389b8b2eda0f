use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{Request, Result};

/// A server under test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The address.
    pub addr: SocketAddr,
    /// The time that a client waits for each step.
    pub patience: Duration,
}

impl From<SocketAddr> for Target {
    /// Waits 20 seconds for each step.
    fn from(addr: SocketAddr) -> Self {
        Self { addr, patience: Duration::from_secs(20) }
    }
}

impl Target {
    /// Opens an HTTP/1 connection.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing listens.
    pub async fn http1(self) -> Result<Http1> {
        Http1::connect(self).await
    }

    /// Sends a request on a connection of its own and reads the response.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing listens, or if no HTTP/1 response arrives in time.
    pub async fn exchange(self, request: &Request) -> Result<Reply> {
        self.http1().await?.exchange(&request.whole()).await
    }
}

/// A response.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers in order, with names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body without its framing.
    pub body: Vec<u8>,
    /// The trailers.
    pub trailers: Vec<(String, Vec<u8>)>,
    /// `true` if the head ended the response: in HTTP/2, whether its frame ended the stream.
    pub head_only: bool,
    /// The number of `100 Continue` responses in front of it.
    pub continues: usize,
}

impl Reply {
    /// Returns the body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that sends bytes unchanged and reads HTTP/1 responses.
#[derive(Debug)]
pub struct Http1 {
    stream: TcpStream,
    target: Target,
    /// Bytes that were read and not yet parsed.
    buffer: Vec<u8>,
}

impl Http1 {
    async fn connect(target: Target) -> Result<Self> {
        let stream = TcpStream::connect(target.addr).await?;
        // Nagle's algorithm would merge small writes.
        stream.set_nodelay(true)?;
        Ok(Self { stream, target, buffer: Vec::new() })
    }

    /// Sends these bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the server closed or reset the connection.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let sending = self.stream.write_all(bytes);
        in_time(self.target, "room to send", sending)
            .await?
            .map_err(|error| format!("sending failed: {error}").into())
    }

    /// Sends these bytes and reads one response.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send) and [`reply`](Self::reply).
    pub async fn exchange(&mut self, bytes: &[u8]) -> Result<Reply> {
        self.send(bytes).await?;
        self.reply().await
    }

    /// Closes the sending side. Responses can still be read.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is closed.
    pub async fn half_close(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }

    /// Resets the connection.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is closed.
    pub fn reset(self) -> Result<()> {
        Ok(self.stream.set_zero_linger()?)
    }

    /// Reads one final response and counts the `100 Continue` in front of it.
    ///
    /// # Errors
    ///
    /// Returns an error for anything but an HTTP/1 response that arrives in time.
    pub async fn reply(&mut self) -> Result<Reply> {
        in_time(self.target, "a response", self.read_reply()).await?
    }

    /// Reads `100 Continue`.
    ///
    /// # Errors
    ///
    /// Returns an error for anything else.
    pub async fn expect_continue(&mut self) -> Result<()> {
        let (status, _) = in_time(self.target, "100 Continue", self.read_head()).await??;
        if status == 100 {
            return Ok(());
        }
        Err(format!("expected 100 Continue, got {status}").into())
    }

    /// Expects the end of the connection without further bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if bytes arrive or the connection stays open.
    pub async fn ended(&mut self) -> Result<()> {
        let rest = self.rest().await?;
        if rest.is_empty() {
            return Ok(());
        }
        let rest = String::from_utf8_lossy(&rest).into_owned();
        Err(format!("expected the end of the connection, got {rest:?}").into())
    }

    /// Reads to the end of the connection.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection stays open or is reset.
    pub async fn rest(&mut self) -> Result<Vec<u8>> {
        in_time(self.target, "the end of the connection", self.read_rest()).await?
    }

    /// Waits for the first byte of a response. Cancel safe.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection ends without a response.
    pub async fn answered(&mut self) -> Result<()> {
        if self.buffer.is_empty() && !self.read_more().await? {
            return Err("the connection was closed without a response".into());
        }
        Ok(())
    }

    async fn read_reply(&mut self) -> Result<Reply> {
        let mut reply = Reply::default();
        loop {
            (reply.status, reply.headers) = self.read_head().await?;
            if reply.status != 100 {
                break;
            }
            reply.continues += 1;
        }
        if header(&reply, "transfer-encoding")?.as_deref() == Some("chunked") {
            self.read_chunked(&mut reply).await?;
        } else if let Some(length) = header(&reply, "content-length")? {
            reply.body = self.take(length.parse()?).await?;
        } else {
            reply.body = self.read_rest().await?;
        }
        Ok(reply)
    }

    async fn read_head(&mut self) -> Result<(u16, Vec<(String, Vec<u8>)>)> {
        let line = self.line().await?;
        let line = String::from_utf8(line)?;
        let status = match line.split(' ').collect::<Vec<_>>()[..] {
            ["HTTP/1.1" | "HTTP/1.0", status, ..] if status.len() == 3 => status.parse()?,
            _ => return Err(format!("expected a status line, got {line:?}").into()),
        };
        Ok((status, self.read_lines().await?))
    }

    async fn read_lines(&mut self) -> Result<Vec<(String, Vec<u8>)>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(lines);
            }
            let colon = line.iter().position(|byte| *byte == b':');
            let (name, value) = line.split_at(colon.ok_or("a header line without a colon")?);
            let value = value.get(1..).unwrap_or_default().trim_ascii().to_vec();
            lines.push((String::from_utf8(name.to_ascii_lowercase())?, value));
        }
    }

    async fn read_chunked(&mut self, reply: &mut Reply) -> Result<()> {
        loop {
            let size = String::from_utf8(self.line().await?)?;
            let size = usize::from_str_radix(&size, 16)
                .map_err(|_| format!("expected the size of a chunk, got {size:?}"))?;
            if size == 0 {
                reply.trailers = self.read_lines().await?;
                return Ok(());
            }
            reply.body.append(&mut self.take(size).await?);
            if !self.line().await?.is_empty() {
                return Err("a chunk is longer than its declared size".into());
            }
        }
    }

    /// Reads one line, without its line break.
    async fn line(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.take(end).await?;
                self.take(2).await?;
                return Ok(line);
            }
            self.must_read_more().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.must_read_more().await?;
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    async fn read_rest(&mut self) -> Result<Vec<u8>> {
        while self.read_more().await? {}
        Ok(std::mem::take(&mut self.buffer))
    }

    async fn must_read_more(&mut self) -> Result<()> {
        if self.read_more().await? {
            return Ok(());
        }
        let got = String::from_utf8_lossy(&self.buffer);
        Err(format!("the connection was closed within a response, after {got:?}").into())
    }

    async fn read_more(&mut self) -> Result<bool> {
        let read = self.stream.read_buf(&mut self.buffer).await;
        let read = read.map_err(|error| format!("reading failed: {error}"))?;
        Ok(read > 0)
    }
}

fn header(reply: &Reply, name: &str) -> Result<Option<String>> {
    let mut values = reply.headers.iter().filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some((_, value)), None) => Ok(Some(String::from_utf8(value.clone())?)),
        _ => Err(format!("the response has several {name}").into()),
    }
}

/// Fails if a step takes longer than the client waits.
async fn in_time<T>(target: Target, what: &str, step: impl Future<Output = T>) -> Result<T> {
    timeout(target.patience, step)
        .await
        .map_err(|_| format!("waited {:?} for {what}", target.patience).into())
}
