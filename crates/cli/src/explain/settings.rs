//! The settings of an explanation.

use std::time::Duration;

use online_contact::{Scheme, Timestamp};

/// The server's settings, and how long to search.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) scheme: Scheme,
    /// The moment of the verdict; the present one without it.
    pub(crate) now: Option<Timestamp>,
    pub(crate) window: Duration,
    pub(crate) body_limit: u64,
    pub(crate) proxy_prefix: Option<String>,
    pub(crate) time_limit: Duration,
    /// `true` if progress may be drawn on a terminal.
    pub(crate) shows_progress: bool,
}

/// Knowledge beside the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    /// The MAC that the integrator's own server computed.
    pub(crate) computed: Option<String>,
    /// The organization ID of the vendor's Open API.
    pub(crate) organization: Option<String>,
}
