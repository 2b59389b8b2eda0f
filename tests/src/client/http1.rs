use std::future::Future;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::case::Target;
use crate::{Reply, Result};

/// A connection that sends bytes as they are and reads HTTP/1 answers.
pub struct Http1 {
    stream: TcpStream,
    target: Target,
    /// Read and not yet understood.
    buffer: Vec<u8>,
}

impl Http1 {
    pub(crate) async fn connect(target: Target) -> Result<Self> {
        let stream = TcpStream::connect(target.addr).await?;
        // Or the kernel would hold small writes back and glue them together.
        stream.set_nodelay(true)?;
        Ok(Self { stream, target, buffer: Vec::new() })
    }

    /// Sends all of these bytes, whether anybody reads them or not.
    ///
    /// # Errors
    ///
    /// The other side closed or reset the connection.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let sending = self.stream.write_all(bytes);
        in_time(self.target, "leave to send", sending)
            .await?
            .map_err(|error| format!("sending failed: {error}").into())
    }

    /// Sends, and reads one answer.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send) and [`reply`](Self::reply).
    pub async fn exchange(&mut self, bytes: &[u8]) -> Result<Reply> {
        self.send(bytes).await?;
        self.reply().await
    }

    /// Says that nothing more is sent. Answers can still come.
    ///
    /// # Errors
    ///
    /// The connection is gone.
    pub async fn half_close(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }

    /// Tears the connection down with a reset.
    ///
    /// # Errors
    ///
    /// The connection is gone already.
    pub fn reset(self) -> Result<()> {
        Ok(self.stream.set_zero_linger()?)
    }

    /// Reads one final answer and counts the `100 Continue` before it.
    ///
    /// # Errors
    ///
    /// Anything that is no HTTP/1 answer, the end of the connection, or silence.
    pub async fn reply(&mut self) -> Result<Reply> {
        in_time(self.target, "an answer", self.read_reply()).await?
    }

    /// Reads `100 Continue` and nothing else.
    ///
    /// # Errors
    ///
    /// Anything else came.
    pub async fn leave_to_continue(&mut self) -> Result<()> {
        let (status, _) = in_time(self.target, "100 Continue", self.read_head()).await??;
        if status == 100 {
            return Ok(());
        }
        Err(format!("expected 100 Continue, got {status}").into())
    }

    /// Reads to the end of the connection: nothing may come before it.
    ///
    /// # Errors
    ///
    /// Something came, or the connection stays open.
    pub async fn ended(&mut self) -> Result<()> {
        let rest = self.rest().await?;
        if rest.is_empty() {
            return Ok(());
        }
        let rest = String::from_utf8_lossy(&rest).into_owned();
        Err(format!("expected the end of the connection, got {rest:?}").into())
    }

    /// Reads all there is to the end of the connection.
    ///
    /// # Errors
    ///
    /// The connection stays open, or is reset.
    pub async fn rest(&mut self) -> Result<Vec<u8>> {
        in_time(self.target, "the end of the connection", self.read_rest()).await?
    }

    /// Whether an answer has come. Safe to give up on at any await: nothing read is lost.
    pub(crate) async fn answered(&mut self) -> Result<()> {
        if self.buffer.is_empty() && !self.read_more().await? {
            return Err("the connection was closed without an answer".into());
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
                return Err("a chunk is longer than it says".into());
            }
        }
    }

    /// One line, without its end.
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
        Err(format!("the connection was closed in mid-answer, after {got:?}").into())
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
        _ => Err(format!("the answer has several {name}").into()),
    }
}

/// Fails when a step takes longer than the client's patience.
pub(super) async fn in_time<T>(
    target: Target,
    what: &str,
    step: impl Future<Output = T>,
) -> Result<T> {
    timeout(target.patience, step)
        .await
        .map_err(|_| format!("waited {:?} for {what} in vain", target.patience).into())
}
