use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use online_contact::Success;

use crate::rejections::{REJECTIONS, Rejection};
use crate::{Echo, Reply, Request, Result};

/// An answer as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The name of it: `accepted`, or the reason of the rejection.
    pub verdict: &'static str,
    status: u16,
    headers: Vec<(&'static str, String)>,
    trailers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    head_only: bool,
}

const JSON: &str = "application/json; charset=utf-8";

impl Expect {
    /// The echo of a request whose handler sees this body and this trailer.
    ///
    /// # Errors
    ///
    /// None but a fault of the suite.
    pub fn echo(body: &[u8], trailer: &[u8]) -> Result<Self> {
        let echo = Success(Echo::of("suite", body, trailer)).to_json()?;
        Ok(Self {
            verdict: "accepted",
            status: 200,
            headers: vec![("content-type", JSON.to_owned())],
            trailers: Vec::new(),
            body: echo,
            head_only: false,
        })
    }

    /// The echo of a request that passes as it was sent.
    ///
    /// # Errors
    ///
    /// None but a fault of the suite.
    pub fn accepted(request: &Request) -> Result<Self> {
        Self::echo(&request.body, b"")
    }

    /// The rejection for a reason, as JSON.
    ///
    /// # Errors
    ///
    /// A reason that is not in [`REJECTIONS`].
    pub fn rejected(reason: &str) -> Result<Self> {
        let rejection = find(reason)?;
        Ok(Self {
            verdict: rejection.reason,
            status: rejection.status,
            headers: vec![("content-type", JSON.to_owned())],
            trailers: Vec::new(),
            body: rejection.envelope().into_bytes(),
            head_only: false,
        })
    }

    /// The echo of a unary call with this message.
    ///
    /// # Errors
    ///
    /// None but a fault of the suite.
    pub fn grpc_echo(message: &[u8]) -> Result<Self> {
        let echo = Self::echo(message, b"")?;
        Ok(Self {
            headers: vec![("content-type", "application/grpc".to_owned())],
            trailers: vec![("grpc-status", "0".to_owned())],
            body: grpc_frame(&echo.body)?,
            ..echo
        })
    }

    /// The rejection for a reason, as gRPC: all of it is in the headers.
    ///
    /// # Errors
    ///
    /// A reason that is not in [`REJECTIONS`].
    pub fn grpc_rejected(reason: &str) -> Result<Self> {
        let rejection = find(reason)?;
        Ok(Self {
            verdict: rejection.reason,
            status: 200,
            headers: vec![
                ("content-type", "application/grpc".to_owned()),
                ("grpc-status", rejection.grpc.to_string()),
                // None of the messages has a character that would have to be encoded.
                ("grpc-message", rejection.message.to_owned()),
                ("oc-error-bin", STANDARD_NO_PAD.encode(rejection.envelope())),
            ],
            trailers: Vec::new(),
            body: Vec::new(),
            head_only: true,
        })
    }

    /// Compares, and says what differs.
    ///
    /// # Errors
    ///
    /// The expected and the received response.
    pub fn check(&self, reply: &Reply) -> Result<()> {
        if reply.status != self.status || reply.body != self.body {
            let (expected, got) = (text(&self.body), text(&reply.body));
            let (status, other) = (self.status, reply.status);
            return Err(format!("expected {status} {expected}, got {other} {got}").into());
        }
        if self.head_only && !reply.head_only {
            return Err("expected an answer of headers alone, got more frames".into());
        }
        if self.trailers.is_empty() && !reply.trailers.is_empty() {
            return Err(format!("expected no trailers, got {:?}", reply.trailers).into());
        }
        compare("header", &self.headers, &reply.headers)?;
        compare("trailer", &self.trailers, &reply.trailers)
    }
}

/// A message as gRPC frames it: not compressed, its length, itself.
///
/// # Errors
///
/// A message of 4 GiB or more.
pub(crate) fn grpc_frame(message: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(message.len())?.to_be_bytes();
    Ok([&[0], &length[..], message].concat())
}

fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body)
}

fn find(reason: &str) -> Result<&'static Rejection> {
    REJECTIONS
        .iter()
        .find(|rejection| rejection.reason == reason)
        .ok_or_else(|| format!("no rejection is called {reason:?}").into())
}

/// Each expected line must be there once, with its value. Others (`date`, …) are the framework's.
fn compare(what: &str, expected: &[(&str, String)], got: &[(String, Vec<u8>)]) -> Result<()> {
    for (name, value) in expected {
        let values: Vec<_> = got
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| String::from_utf8_lossy(value))
            .collect();
        if values != [value.as_str()] {
            return Err(format!("expected {what} {name}: {value}, got {values:?}").into());
        }
    }
    Ok(())
}
