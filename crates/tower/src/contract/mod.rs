//! Keeps what leaves to the contract. The rules are the core's; here bodies are read and responses
//! written.

mod body;
mod future;
mod judge;
mod layer;
mod service;

pub use body::ContractBody;
pub use future::ContractFuture;
pub use layer::{ContractLayer, EndpointLayer};
pub use service::KeepContract;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
