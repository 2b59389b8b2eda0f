//! The table.

mod bodies;
mod connections;
mod grpc;
mod headers;
mod lengths;
mod resources;
mod time;
mod vectors;

use crate::{Case, Expect, Http2, Request, Result};

/// A body that stands for any other.
const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// Every case, each with the one outcome that every adapter must have.
///
/// # Errors
///
/// Returns an error for an invalid table: a vector that HTTP cannot carry, or an unknown reason.
pub fn all() -> Result<Vec<Case>> {
    let groups = [
        vectors::cases()?,
        bodies::cases()?,
        headers::cases()?,
        lengths::cases()?,
        resources::cases()?,
        connections::cases()?,
        time::cases()?,
        grpc::cases()?,
    ];
    Ok(groups.into_iter().flatten().collect())
}

/// One request over HTTP/1.1 in these bytes, one answer.
fn http1(name: impl Into<String>, bytes: Vec<u8>, expect: Expect) -> Case {
    Case::new(name, [expect], async move |target| {
        let reply = target.http1().await?.exchange(&bytes).await?;
        Ok(vec![reply])
    })
}

/// One request over HTTP/2, one answer.
fn http2(name: impl Into<String>, request: Request, expect: Expect) -> Case {
    Case::new(name, [expect], async move |target| {
        let reply = Http2::connect(target).await?.exchange(&request).await?;
        Ok(vec![reply])
    })
    .needs(crate::Need::Http2)
}
