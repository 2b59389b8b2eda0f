use std::fmt::Write as _;

use online_contact::Signer;

use crate::{Result, Settings};

/// A request, as bytes that nothing has tidied up.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// The header lines in order. Names are text, values may be anything.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body as it is sent.
    pub body: Vec<u8>,
    /// What follows the body.
    pub trailers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// To `/customer`, with no header but the body's type.
    #[must_use]
    pub fn unsigned(body: impl Into<Vec<u8>>) -> Self {
        Self {
            target: "/customer".to_owned(),
            headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
            body: body.into(),
            trailers: Vec::new(),
        }
    }

    /// A request that must pass under the default settings.
    ///
    /// # Errors
    ///
    /// None but a fault of the suite.
    pub fn signed(body: impl Into<Vec<u8>>) -> Result<Self> {
        let settings = Settings::default();
        Ok(Self::unsigned(body).sign(&settings.signer()?, &settings))
    }

    /// A request whose body was changed after it was signed.
    ///
    /// # Errors
    ///
    /// None but a fault of the suite.
    pub fn tampered(body: impl Into<Vec<u8>>) -> Result<Self> {
        let mut request = Self::signed(body)?;
        request.body.push(b' ');
        Ok(request)
    }

    fn sign(mut self, signer: &Signer, settings: &Settings) -> Self {
        let signed = signer.sign(&self.target, &self.body, settings.now);
        for (name, value) in signed.headers() {
            self.headers.push((name.to_owned(), value.into_bytes()));
        }
        self
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Puts a header line before all others.
    #[must_use]
    pub fn header_first(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(0, (name.to_owned(), value.into()));
        self
    }

    /// Takes all lines of a header away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Gives a header one value in place of all it had.
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

    /// The head as HTTP/1.1, with these further lines, up to and with the empty line.
    #[must_use]
    pub fn head(&self, further: &[&str]) -> Vec<u8> {
        self.head_as("HTTP/1.1", further)
    }

    /// The head in a version of HTTP/1.
    #[must_use]
    pub fn head_as(&self, version: &str, further: &[&str]) -> Vec<u8> {
        let mut head = format!("POST {} {version}\r\nHost: suite\r\n", self.target).into_bytes();
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

    /// `Content-Length: …`
    #[must_use]
    pub fn length_line(&self) -> String {
        format!("Content-Length: {}", self.body.len())
    }

    /// All of it as HTTP/1.1, with the length declared.
    #[must_use]
    pub fn whole(&self) -> Vec<u8> {
        let mut bytes = self.head(&[&self.length_line()]);
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// All of it as HTTP/1.1, in chunks of a size, with the trailers.
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

/// One chunk of the chunked encoding.
#[must_use]
pub(crate) fn framed(chunk: &[u8]) -> Vec<u8> {
    let mut size = String::new();
    // Writing to a string can't fail.
    let _ = write!(size, "{:x}\r\n", chunk.len());
    [size.as_bytes(), chunk, b"\r\n"].concat()
}

fn line(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
