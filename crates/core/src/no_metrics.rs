//! In place of `metrics.rs` without its feature: nothing, at no cost.

use std::sync::Arc;

use crate::rejection::Rejection;
use crate::reply::Status;

pub(crate) struct KeyCounters;

impl KeyCounters {
    pub(crate) const fn new(_label: &Arc<str>) -> Self {
        Self
    }

    pub(crate) const fn accepted(&self, _age_ms: i64) {}

    pub(crate) const fn passed_without_replay_guard(&self, _age_ms: i64) {}
}

pub(crate) const fn rejected(_rejection: &Rejection) {}

pub(crate) const fn body(_bytes: u64) {}

pub(crate) const fn buffered(_bytes: u64, _limit: u64) {}

pub(crate) const fn given_back(_bytes: u64) {}

pub(crate) const fn answer_replaced(_status: Status) {}

pub(crate) const fn keys_replaced() {}

#[cfg(feature = "key-file")]
pub(crate) const fn key_change_failed() {}
