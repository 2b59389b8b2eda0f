use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{Request, Result};

/// The time that a client waits for each step, unless a test sets another.
const PATIENCE: Duration = Duration::from_secs(20);

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
        Self { addr, patience: PATIENCE }
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

    /// Sends these bytes on a connection of its own and reads the response. Blocks the thread.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing listens, or if no HTTP/1 response arrives in time.
    pub fn exchange_blocking(self, bytes: &[u8]) -> Result<Reply> {
        // In a thread of its own, because the caller may be in a runtime.
        let exchange = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { self.http1().await?.exchange(bytes).await })
        };
        thread::scope(|scope| scope.spawn(exchange).join().expect("no panic"))
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

    /// Returns the whole response as text: its status, its headers and its body.
    #[must_use]
    pub fn all(&self) -> String {
        let mut all = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            all += &format!("{name}: {}\n", String::from_utf8_lossy(value));
        }
        all + &self.text()
    }

    /// Returns the body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns `error.detail`: the reason of a rejection. Empty if there is none.
    #[must_use]
    pub fn detail(&self) -> String {
        self.json()["error"]["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns the first header with this name, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }
}

/// A connection that sends bytes unchanged and reads HTTP/1 responses.
#[derive(Debug)]
pub struct Http1<S = TcpStream> {
    stream: S,
    patience: Duration,
    /// Bytes that were read and not yet parsed.
    buffer: Vec<u8>,
}

impl Http1 {
    async fn connect(target: Target) -> Result<Self> {
        let stream = timeout(target.patience, TcpStream::connect(target.addr)).await??;
        // Nagle's algorithm would merge small writes.
        stream.set_nodelay(true)?;
        Ok(Self { stream, patience: target.patience, buffer: Vec::new() })
    }

    /// Resets the connection.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection is closed.
    pub fn reset(self) -> Result<()> {
        Ok(self.stream.set_zero_linger()?)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Http1<S> {
    /// Speaks over this stream. Waits 20 seconds for each step.
    pub const fn over(stream: S) -> Self {
        Self { stream, patience: PATIENCE, buffer: Vec::new() }
    }

    /// Sends these bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the server closed or reset the connection.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let sending = self.stream.write_all(bytes);
        in_time(self.patience, "room to send", sending)
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

    /// Reads one final response and counts the `100 Continue` in front of it.
    ///
    /// # Errors
    ///
    /// Returns an error for anything but an HTTP/1 response that arrives in time.
    pub async fn reply(&mut self) -> Result<Reply> {
        in_time(self.patience, "a response", self.read_reply()).await?
    }

    /// Reads `100 Continue`.
    ///
    /// # Errors
    ///
    /// Returns an error for anything else.
    pub async fn expect_continue(&mut self) -> Result<()> {
        let (status, _) = in_time(self.patience, "100 Continue", self.read_head()).await??;
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
        in_time(self.patience, "the end of the connection", self.read_rest()).await?
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
async fn in_time<T>(patience: Duration, what: &str, step: impl Future<Output = T>) -> Result<T> {
    let step = timeout(patience, step).await;
    step.map_err(|_| format!("waited {patience:?} for {what}").into())
}
