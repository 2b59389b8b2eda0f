//! Keeps responses to the envelope. The policy is the core's; here bodies are read and responses written.

mod body;
mod layer;
mod service;

pub use body::EnvelopeBody;
pub use layer::{EnvelopeLayer, OnlineContactLayer};
pub use service::{Envelope, EnvelopeFuture};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
