//! Clients that send what they are told to, and read with care.

mod http1;
mod http2;

pub use http1::Http1;
pub(crate) use http2::read_body;
pub use http2::{Exchange, Http2};
