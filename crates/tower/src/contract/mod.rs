//! Keeps what leaves to the contract. The rules are the core's; here bodies are read and responses
//! written.

mod body;
mod future;
mod judge;
mod layer;
mod service;

pub use body::EnvelopeBody;
pub use future::EnvelopeFuture;
pub use layer::{EnvelopeLayer, OnlineContactLayer};
pub use service::Envelope;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
