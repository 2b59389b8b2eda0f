//! Counts for the summary.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Counts of a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    pub(super) unknown: u64,
    /// Rejections by their reason.
    pub(super) rejected: BTreeMap<&'static str, u64>,
    /// Requests that came faster than they could be reported.
    pub(super) unreported: u64,
    pub(super) saved: u64,
    pub(super) folder: Option<PathBuf>,
    pub(super) elapsed: Duration,
}
