//! Replaces `metrics.rs` without the feature `metrics`.

use std::sync::Arc;

use crate::envelope::status::Status;
use crate::rejection::Rejection;

pub(crate) struct KeyCounters;

impl KeyCounters {
    pub(crate) const fn new(_label: &Arc<str>) -> Self {
        Self
    }

    pub(crate) const fn passed(&self, _is_guarded: bool, _age_ms: i64) {}
}

pub(crate) const fn rejected(_rejection: &Rejection) {}

pub(crate) const fn body(_bytes: u64) {}

pub(crate) const fn buffered(_bytes: u64, _limit: u64) {}

pub(crate) const fn released(_bytes: u64) {}

pub(crate) const fn response_replaced(_status: Status) {}

pub(crate) const fn keys_replaced() {}

#[cfg(feature = "key-file")]
pub(crate) const fn key_change_failed() {}
