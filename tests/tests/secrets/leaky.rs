//! A server that leaks.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use online_contact_tests::adapters::{Serving, Setup};
use online_contact_tests::{Adapter, Need, Result};
use tokio::net::TcpListener;

use crate::needles::Needle;

/// Answers everything with a secret.
pub(crate) struct Leaky {
    header: Vec<u8>,
    body: Vec<u8>,
}

impl Leaky {
    /// In the middle of a header's value.
    pub(crate) fn in_header(needle: &Needle) -> Self {
        Self { header: around(needle), body: Vec::new() }
    }

    /// In the middle of the body.
    pub(crate) fn in_body(needle: &Needle) -> Self {
        Self { header: Vec::new(), body: around(needle) }
    }
}

fn around(needle: &Needle) -> Vec<u8> {
    [b"it is ", &needle.bytes[..], b", and no other"].concat()
}

impl Adapter for Leaky {
    fn name(&self) -> &'static str {
        "leaky"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        &[]
    }

    fn serve(&self, listener: TcpListener, _setup: Setup) -> Result<Serving> {
        let (header, body) = (self.header.clone(), self.body.clone());
        let leak = async move || {
            let response = Response::builder().header("x-leak", header);
            response.body(Body::from(body)).expect("a response")
        };
        let router = Router::new().fallback(leak);
        Ok(Box::pin(async move {
            axum::serve(listener, router).await.ok();
        }))
    }
}
