//! Counts of allocations and bytes.
//!
//! The counting allocator slows every allocation down, so a program of its own has it, which the comparison
//! runs.

use serde::{Deserialize, Serialize};

/// The output of the program `counts`, as one line of JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Counts {
    /// The maximum number of allocations of `verify_bytes` with one or two keys.
    pub core: u64,
    /// Allocations of one request to a bare axum route, including the request.
    pub bare: u64,
    /// Allocations with a layer that does nothing.
    pub idle: u64,
    /// Allocations with `VerifyLayer`.
    pub layered: u64,
    /// Allocations with a verifier by hand.
    pub by_hand: u64,
    /// Bytes that `VerifyLayer` allocates beyond the idle layer for a body of 64 KiB.
    pub bytes_of_long_body: u64,
    /// Bytes that a request holds beyond its body while it waits for the rest of it.
    pub waiting: u64,
}
