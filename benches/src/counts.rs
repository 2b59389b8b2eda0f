//! Allocations and bytes, counted.
//!
//! The counting allocator slows every allocation down, so the program `counts` has it and the
//! comparison does not: it runs that program.

use serde::{Deserialize, Serialize};

/// What the program `counts` prints, as one line of JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Counts {
    /// Allocations of one verification in the core, with one to four keys: the most.
    pub core: u64,
    /// Allocations of one request, with its own making: a bare route of axum.
    pub bare: u64,
    /// The same behind a layer that does nothing.
    pub idle: u64,
    /// The same behind `VerifyLayer`.
    pub layered: u64,
    /// The same behind the verifier by hand.
    pub by_hand: u64,
    /// Bytes that `VerifyLayer` allocates beyond the idle layer for a body of 64 KiB.
    pub bytes_of_long_body: u64,
    /// Bytes held beyond the body for one request whose body has not ended.
    pub waiting: u64,
}
