//! How much of everything.

use std::time::Duration;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The sizes of a soak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// What the program is called with for it.
    pub(crate) flag: Option<&'static str>,
    /// Connections that send a byte a second.
    pub(crate) drips: usize,
    /// Uploads at once, each a byte under the body limit.
    pub(crate) uploads: usize,
    /// How often they all come.
    pub(crate) upload_rounds: usize,
    /// The most rejected requests in a second.
    pub(crate) rejected_per_second: u32,
    /// How long each kind of them is sent.
    pub(crate) each_kind: Duration,
    /// How long a phase without an end of its own takes.
    pub(crate) phase: Duration,
    /// Connections of honest requests.
    pub(crate) honest: usize,
    /// The pause between two requests of one of them, and between two replacements of the keys.
    pub(crate) pace: Duration,
    /// The server's settings.
    pub(crate) body_limit: u64,
    pub(crate) body_timeout: Duration,
    pub(crate) budget: u64,
    /// What the server may take beside the budget. Most of it are the buffers that hyper reads into:
    /// up to 400 KiB for a connection that sends fast, so 200 MiB for 500 uploads. The rest are the
    /// other connections, the replay guard, and what the allocator keeps.
    pub(crate) allowance: u64,
    /// The whole soak is given up after this.
    pub(crate) at_most: Duration,
}

impl Plan {
    /// Limit, deadline and budget are the defaults of the verifier.
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

    /// Small enough for a debug build in CI.
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

    /// Descriptors that either side needs: all connections at once, and some to spare.
    pub(crate) fn descriptors(&self) -> u64 {
        (self.drips + self.uploads + self.honest) as u64 + 400
    }
}
