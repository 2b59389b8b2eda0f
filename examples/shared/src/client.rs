//! The other side: a request as Online Contact sends it, and what comes back.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use online_contact::{Signer, Timestamp};
use tokio::net::TcpStream;

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A signed request.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    method: Method,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl SignedRequest {
    /// `POST /customer` with this body, signed at this moment.
    #[must_use]
    pub fn new(signer: &Signer, body: &str, at: Timestamp) -> Self {
        let path = "/customer";
        let [(_, timestamp), (_, authorization)] = signer.sign(path, body.as_bytes(), at).headers();
        Self {
            method: Method::POST,
            path,
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("X-TC-Timestamp", timestamp),
                ("Authorization", authorization),
            ],
            body: body.to_owned(),
        }
    }

    /// Sends another body with the same headers: a forgery.
    #[must_use]
    pub fn tampered(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    /// Sends it with another method, which is no part of what is signed.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sends it to another path, which is no part of what is signed either, in the default scheme.
    #[must_use]
    pub const fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// Method and path.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The headers, in the spelling of the vendor's document.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The command that sends this request, ready to be pasted into a shell.
    #[must_use]
    pub fn to_curl(&self, to: SocketAddr) -> String {
        let mut command = format!("curl -i -w '\\n' -X {} \\\n", self.method);
        for (name, value) in &self.headers {
            // Writing to a string can't fail.
            let _ = writeln!(command, "  -H {} \\", quoted(&format!("{name}: {value}")));
        }
        let _ = writeln!(command, "  --data-raw {} \\", quoted(&self.body));
        let _ = write!(command, "  {}", quoted(&format!("http://{to}{}", self.path)));
        command
    }

    /// Sends the request over a connection of its own.
    ///
    /// # Errors
    ///
    /// If the server can't be reached, or sends nothing that is HTTP, or nothing for 20 seconds.
    pub async fn send(&self, to: SocketAddr) -> io::Result<Answer> {
        tokio::time::timeout(PATIENCE, self.exchange(to))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer for 20 seconds"))?
    }

    async fn exchange(&self, to: SocketAddr) -> io::Result<Answer> {
        let stream = TcpStream::connect(to).await?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // It ends when the sender is dropped, and what goes wrong on it the sender is told.
        tokio::spawn(connection);

        let request = self.to_http(to).map_err(io::Error::other)?;
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answer {
            status: head.status.as_u16(),
            content_type: head.headers.get(CONTENT_TYPE).cloned(),
            body: String::from_utf8(body.into()).map_err(io::Error::other)?,
        })
    }

    fn to_http(&self, to: SocketAddr) -> http::Result<Request<Full<Bytes>>> {
        let mut request =
            Request::builder().method(&self.method).uri(self.path).header(HOST, to.to_string());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Full::from(self.body.clone()))
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, if there was one.
    pub content_type: Option<HeaderValue>,
    /// The body.
    pub body: String,
}

/// A word of the shell. Within single quotes only the single quote itself means anything.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
