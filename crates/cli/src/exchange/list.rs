//! The latest exchanges, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::record::Exchange;

/// The number of exchanges that stay in memory.
pub(crate) const MOST: usize = 200;

/// The number of bytes of each body that stay in memory.
pub(crate) const LONGEST_BODY: usize = 64 * 1024;

/// The latest exchanges. Changes can be waited for.
#[derive(Debug)]
pub(crate) struct Exchanges {
    kept: Mutex<VecDeque<Arc<Exchange>>>,
    /// Grows with each change.
    version: watch::Sender<u64>,
}

impl Exchanges {
    pub(crate) fn new() -> Self {
        Self { kept: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// Adds an exchange with its bodies cut, and drops the oldest one if there are too many.
    pub(crate) fn add(&self, mut exchange: Exchange) {
        if let Some(body) = &mut exchange.request.body {
            body.truncate(LONGEST_BODY);
            body.shrink_to_fit();
        }
        if let Ok(answer) = &mut exchange.response
            && answer.body.len() > LONGEST_BODY
        {
            // A slice would keep the whole body in memory.
            answer.body = answer.body.get(..LONGEST_BODY).unwrap_or_default().to_vec().into();
            answer.truncated = true;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back(Arc::new(exchange));
        drop(kept);
        self.version.send_modify(|version| *version += 1);
    }

    /// Returns all of them, the newest first.
    pub(crate) fn newest_first(&self) -> Vec<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = kept.iter().cloned().collect();
        // A slow exchange ends after those that came later.
        all.sort_by_key(|exchange| std::cmp::Reverse(exchange.number));
        all
    }

    pub(crate) fn get(&self, number: u64) -> Option<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|exchange| exchange.number == number).cloned()
    }

    /// Returns a receiver of the version, which changes with the list.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
