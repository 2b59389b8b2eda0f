//! The sizes of a soak.

use std::time::Duration;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The sizes of a soak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The argument that selects this plan for the server.
    pub(crate) flag: Option<&'static str>,
    /// Connections that send a byte a second.
    pub(crate) drips: usize,
    /// Uploads at once, each a byte under the body limit.
    pub(crate) uploads: usize,
    /// The rounds of uploads.
    pub(crate) upload_rounds: usize,
    /// The maximum rate of rejected requests, per second.
    pub(crate) rejected_per_second: u32,
    /// The duration of each kind of rejected request.
    pub(crate) each_kind: Duration,
    /// The duration of a phase.
    pub(crate) phase: Duration,
    /// Connections of honest requests.
    pub(crate) honest: usize,
    /// The pause between two requests of a connection, and between two key replacements.
    pub(crate) pace: Duration,
    /// The server's settings.
    pub(crate) body_limit: u64,
    pub(crate) body_timeout: Duration,
    pub(crate) budget: u64,
    /// The memory allowed beyond the budget. Most of it is hyper's read buffers, up to 400 KiB for a fast
    /// connection and 200 MiB for 500 uploads; the rest is other connections, the replay guard and the allocator.
    pub(crate) allowance: u64,
    /// The timeout of the whole soak.
    pub(crate) at_most: Duration,
}

impl Plan {
    /// The long form, with the verifier's default limit, deadline and budget.
    pub(crate) const LONG: Self = Self {
        flag: None,
        drips: 2_000,
        uploads: 500,
        upload_rounds: 5,
        rejected_per_second: 10_000,
        each_kind: Duration::from_secs(3),
        phase: Duration::from_secs(15),
        honest: 8,
        pace: Duration::from_millis(20),
        body_limit: MIB,
        body_timeout: Duration::from_secs(10),
        budget: 256 * MIB,
        allowance: 384 * MIB,
        at_most: Duration::from_secs(290),
    };

    /// The short form, for a debug build in CI.
    pub(crate) const SHORT: Self = Self {
        flag: Some("--short"),
        drips: 200,
        uploads: 50,
        upload_rounds: 2,
        rejected_per_second: 2_000,
        each_kind: Duration::from_millis(300),
        phase: Duration::from_secs(4),
        honest: 4,
        body_limit: 32 * KIB,
        body_timeout: Duration::from_secs(3),
        budget: MIB,
        allowance: 64 * MIB,
        at_most: Duration::from_secs(55),
        ..Self::LONG
    };

    /// Returns the descriptors that each side needs.
    pub(crate) fn descriptors(&self) -> u64 {
        (self.drips + self.uploads + self.honest) as u64 + 400
    }
}
