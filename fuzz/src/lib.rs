//! The bodies of the fuzz targets. Each runs the library on an input and holds the outcome against a
//! model: a few lines that say the same as `docs/protocol.md` in another way.
//!
//! Where library and model disagree, they panic: this is how libFuzzer learns of it. They stand in a
//! library so that the targets are one line each and `examples/seeds.rs` can run the seeds it writes.

pub mod captured;
pub mod contract;
pub mod head;
mod input;
pub mod lookup;
mod model;
pub mod verification;
