use std::fmt::Write as _;

use online_contact::{Signer, Timestamp};

use crate::{NOW, PATH, signer};

/// A request as raw bytes, which nothing corrects.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The header lines in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The trailers.
    pub trailers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// Creates a `POST` to [`PATH`] with no header but the content type.
    #[must_use]
    pub fn unsigned(body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST".to_owned(),
            target: PATH.to_owned(),
            headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
            body: body.into(),
            trailers: Vec::new(),
        }
    }

    /// Creates a request that is signed with [`KEY`](crate::KEY) at [`NOW`].
    #[must_use]
    pub fn signed(body: impl Into<Vec<u8>>) -> Self {
        Self::unsigned(body).sign(&signer(), NOW)
    }

    /// Creates a request whose body was changed after it was signed.
    #[must_use]
    pub fn tampered(body: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::signed(body);
        request.body.push(b' ');
        request
    }

    /// Adds the two headers of a signature.
    #[must_use]
    pub fn sign(mut self, signer: &Signer, at: Timestamp) -> Self {
        for (name, value) in signer.sign(&self.target, &self.body, at).headers() {
            self.headers.push((name.to_owned(), value.into_bytes()));
        }
        self
    }

    /// Replaces the method, which is not signed.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Replaces the path and query.
    #[must_use]
    pub fn to(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a header line before all others.
    #[must_use]
    pub fn header_first(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(0, (name.to_owned(), value.into()));
        self
    }

    /// Removes all lines of a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Replaces all lines of a header with one.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.without(name).header(name, value)
    }

    /// Adds a trailer.
    #[must_use]
    pub fn trailer(mut self, name: &str, value: &str) -> Self {
        self.trailers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    /// Returns the head as HTTP/1.1, with these further lines, up to and including the empty line.
    #[must_use]
    pub fn head(&self, further: &[&str]) -> Vec<u8> {
        self.head_as("HTTP/1.1", further)
    }

    /// Returns the head in a version of HTTP/1.
    #[must_use]
    pub fn head_as(&self, version: &str, further: &[&str]) -> Vec<u8> {
        let mut head =
            format!("{} {} {version}\r\nHost: suite\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            line(&mut head, name, value);
        }
        for text in further {
            head.extend_from_slice(text.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// Returns the line `Content-Length: …`.
    #[must_use]
    pub fn length_line(&self) -> String {
        format!("Content-Length: {}", self.body.len())
    }

    /// Returns the whole request as HTTP/1.1, with a declared length.
    #[must_use]
    pub fn whole(&self) -> Vec<u8> {
        let mut bytes = self.head(&[&self.length_line()]);
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Returns the whole request as HTTP/1.1, in chunks of this size, with the trailers.
    #[must_use]
    pub fn chunked(&self, size: usize) -> Vec<u8> {
        let mut bytes = self.head(&["Transfer-Encoding: chunked"]);
        for chunk in self.body.chunks(size) {
            bytes.extend_from_slice(&framed(chunk));
        }
        bytes.extend_from_slice(b"0\r\n");
        for (name, value) in &self.trailers {
            line(&mut bytes, name, value);
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

/// Returns one chunk of the chunked encoding.
#[must_use]
pub fn framed(chunk: &[u8]) -> Vec<u8> {
    let mut size = String::new();
    // Writing to a string cannot fail.
    let _ = write!(size, "{:x}\r\n", chunk.len());
    [size.as_bytes(), chunk, b"\r\n"].concat()
}

fn line(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
