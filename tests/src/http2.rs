use std::future::poll_fn;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{Reply, Request, Result, Target};

/// A connection that speaks HTTP/2 without having asked.
#[derive(Clone)]
pub struct Http2 {
    sender: SendRequest<Bytes>,
    target: Target,
}

/// A request on its way: its body can be sent, and its answer awaited.
pub struct Exchange {
    body: SendStream<Bytes>,
    response: ResponseFuture,
    target: Target,
}

impl Http2 {
    /// Opens an HTTP/2 connection without negotiation.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing listens or the server does not speak HTTP/2.
    pub async fn connect(target: Target) -> Result<Self> {
        let stream = TcpStream::connect(target.addr).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = in_time(target, "a handshake", h2::client::handshake(stream))
            .await?
            .map_err(|error| format!("no HTTP/2: {error}"))?;
        // It ends with the case; what goes wrong with it is seen by the streams.
        tokio::task::spawn_local(async move { connection.await.ok() });
        Ok(Self { sender, target })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// A stream or connection error, or silence.
    pub async fn exchange(&mut self, request: &Request) -> Result<Reply> {
        let mut exchange = self.begin(request).await?;
        exchange.finish(&request.body, &request.trailers).await?;
        exchange.reply().await
    }

    /// Sends the head of a request.
    ///
    /// # Errors
    ///
    /// The connection is gone.
    pub async fn begin(&mut self, request: &Request) -> Result<Exchange> {
        let mut head = http::Request::post(format!("http://suite{}", request.target)).body(())?;
        *head.headers_mut() = header_map(&request.headers)?;
        let mut sender =
            in_time(self.target, "room for a stream", self.sender.clone().ready()).await??;
        let (response, body) = sender.send_request(head, false)?;
        Ok(Exchange { body, response, target: self.target })
    }
}

impl Exchange {
    /// Sends a piece of the body. Once the other side does not want more, the rest is dropped: the
    /// response has the reason.
    ///
    /// # Errors
    ///
    /// The other side neither takes it nor answers.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let mut left = Bytes::copy_from_slice(bytes);
        while !left.is_empty() {
            self.body.reserve_capacity(left.len());
            let capacity = poll_fn(|cx| self.body.poll_capacity(cx));
            match in_time(self.target, "leave to send", capacity).await? {
                Some(Ok(capacity)) => {
                    let piece = left.split_to(capacity.min(left.len()));
                    self.body.send_data(piece, false)?;
                }
                Some(Err(_)) | None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Sends the rest of the body and the trailers.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub async fn finish(&mut self, rest: &[u8], trailers: &[(String, Vec<u8>)]) -> Result<()> {
        self.send(rest).await?;
        let ended = if trailers.is_empty() {
            self.body.send_data(Bytes::new(), true)
        } else {
            self.body.send_trailers(header_map(trailers)?)
        };
        // A stream that the server has already answered and closed takes no more.
        ended.or(Ok(()))
    }

    /// Breaks the stream off.
    pub fn reset(&mut self) {
        self.body.send_reset(h2::Reason::CANCEL);
    }

    /// Reads the answer.
    ///
    /// # Errors
    ///
    /// A stream or connection error, or silence.
    pub async fn reply(self) -> Result<Reply> {
        in_time(self.target, "an answer", read(self.response)).await?
    }

    /// Returns whether the head of the answer has come.
    pub(crate) async fn answered(&mut self) -> Result<http::Response<RecvStream>> {
        Ok((&mut self.response).await?)
    }
}

async fn read(response: ResponseFuture) -> Result<Reply> {
    read_body(response.await?).await
}

/// Reads what follows the head of an answer.
pub(crate) async fn read_body(response: http::Response<RecvStream>) -> Result<Reply> {
    let (head, mut stream) = response.into_parts();
    let mut reply = Reply {
        status: head.status.as_u16(),
        headers: lines(&head.headers),
        head_only: stream.is_end_stream(),
        ..Reply::default()
    };
    while let Some(data) = stream.data().await {
        let data = data?;
        stream.flow_control().release_capacity(data.len())?;
        reply.body.extend_from_slice(&data);
    }
    if let Some(trailers) = stream.trailers().await? {
        reply.trailers = lines(&trailers);
    }
    Ok(reply)
}

/// HTTP/2 has header names in lower case only.
fn header_map(lines: &[(String, Vec<u8>)]) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes())?;
        map.append(name, HeaderValue::from_bytes(value)?);
    }
    Ok(map)
}

fn lines(map: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let lines = map.iter();
    lines.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect()
}

/// Fails if a step takes longer than the client waits.
async fn in_time<T>(target: Target, what: &str, step: impl Future<Output = T>) -> Result<T> {
    timeout(target.patience, step)
        .await
        .map_err(|_| format!("waited {:?} for {what}", target.patience).into())
}
