//! Requests to the server, and the meaning of its responses.

use std::net::SocketAddr;
use std::time::Duration;

use online_contact::{Clock as _, Signer, SystemClock, Timestamp};
use online_contact_test_kit::{Http1, Reply, Request, Target};

use crate::Result;

/// The timeout of each step: longer than every deadline of the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Status 200, with the label of the key.
    Passed(String),
    /// Another status, with the reason.
    Rejected(u16, String),
}

/// Opens a connection to the server.
pub(crate) async fn open(addr: SocketAddr) -> Result<Http1> {
    Target { addr, patience: PATIENCE }.http1().await
}

/// Returns a request that is signed now.
pub(crate) fn signed(signer: &Signer, body: &[u8]) -> Request {
    signed_at(signer, body, SystemClock.now())
}

pub(crate) fn signed_at(signer: &Signer, body: &[u8], at: Timestamp) -> Request {
    Request::unsigned(body).sign(signer, at)
}

/// Reads a response.
pub(crate) async fn answer(connection: &mut Http1) -> Result<Answer> {
    understood(&connection.reply().await?)
}

fn understood(reply: &Reply) -> Result<Answer> {
    let envelope: serde_json::Value = serde_json::from_slice(&reply.body)?;
    let text = |pointer| {
        let text = envelope.pointer(pointer).and_then(serde_json::Value::as_str);
        text.map(str::to_owned)
    };
    let answer = match reply.status {
        200 => text("/data/key").map(Answer::Passed),
        status => text("/error/detail").map(|reason| Answer::Rejected(status, reason)),
    };
    answer.ok_or_else(|| format!("{} with an invalid envelope: {envelope}", reply.status).into())
}
