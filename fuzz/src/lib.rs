//! The bodies of the fuzz targets. Each runs the library on an input and compares the outcome with a model:
//! a few lines that implement `docs/protocol.md` in another way. A difference panics.

pub mod captured;
pub mod envelope;
mod input;
pub mod lookup;
mod model;
mod stream;
pub mod verify;
