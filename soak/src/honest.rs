//! The honest requests and their outcomes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use online_contact_test_kit::Http1;
use online_contact_test_kit::rotation::RotatingKeys;
use tokio::time::{MissedTickBehavior, interval};

use crate::progress;
use crate::wire::{self, Answer};

/// A phase of the attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Rest,
    Drips,
    Uploads,
    Rejections,
    Everything,
    Afterwards,
}

impl Phase {
    pub(crate) const ALL: [Self; 6] = [
        Self::Rest,
        Self::Drips,
        Self::Uploads,
        Self::Rejections,
        Self::Everything,
        Self::Afterwards,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rest => "at rest",
            Self::Drips => "drips",
            Self::Uploads => "drips, uploads",
            Self::Rejections => "drips, rejections",
            Self::Everything => "everything",
            Self::Afterwards => "afterwards",
        }
    }

    /// Returns whether uploads fill the budget, so that an honest request may be `overloaded`.
    const fn fills_the_budget(self) -> bool {
        matches!(self, Self::Uploads | Self::Everything)
    }
}

/// The outcomes of the honest requests of a phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// The latencies of those that passed.
    pub(crate) passed: Vec<Duration>,
    /// Rejected as `overloaded` in a phase that fills the budget.
    pub(crate) overloaded: usize,
    /// Rejected otherwise.
    pub(crate) wrongly_rejected: usize,
    /// Without a response.
    pub(crate) lost: usize,
}

/// The honest clients.
pub(crate) struct Honest {
    server: SocketAddr,
    keys: Arc<RotatingKeys>,
    phase: AtomicUsize,
    sent: AtomicUsize,
    records: Mutex<[Record; Phase::ALL.len()]>,
}

impl Honest {
    pub(crate) fn new(server: SocketAddr, keys: Arc<RotatingKeys>) -> Self {
        let (phase, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { server, keys, phase, sent, records: Mutex::default() }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as usize, Ordering::Relaxed);
    }

    pub(crate) fn records(&self) -> Vec<(Phase, Record)> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Phase::ALL.into_iter().zip(records).collect()
    }

    /// Sends requests on one connection until `stopped`, and reconnects if necessary.
    pub(crate) async fn send(&self, pace: Duration, stopped: impl Fn() -> bool) {
        let mut tick = interval(pace);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = None;
        while !stopped() {
            tick.tick().await;
            let phase = self.phase();
            let began = Instant::now();
            let outcome = self.exchange(&mut connection).await;
            let took = began.elapsed();
            if outcome.is_err() {
                connection = None;
            }
            self.note(phase, outcome, took);
        }
    }

    /// Sends one request. Returns whether the response is the expected one.
    async fn exchange(&self, connection: &mut Option<Http1>) -> crate::Result<Result<(), Answer>> {
        let turn = self.sent.fetch_add(1, Ordering::Relaxed);
        // Kept until the response arrives: see `RotatingKeys`.
        let key = self.keys.to_sign_with(turn);
        // Two equal requests would be a replay.
        let body = format!(r#"{{"callNum":"{turn}","nation":"korea"}}"#).into_bytes();
        let request = wire::signed(&key.signer, &body).whole();

        let connection = match connection {
            Some(open) => open,
            None => connection.insert(wire::open(self.server).await?),
        };
        connection.send(&request).await?;
        let answer = wire::answer(connection).await?;
        let right = Answer::Passed(key.label.clone());
        Ok(if answer == right { Ok(()) } else { Err(answer) })
    }

    fn note(&self, began_in: Phase, outcome: crate::Result<Result<(), Answer>>, took: Duration) {
        let full = began_in.fills_the_budget() || self.phase().fills_the_budget();
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(record) = records.get_mut(began_in as usize) else {
            return;
        };
        match outcome {
            Ok(Ok(())) => record.passed.push(took),
            Ok(Err(Answer::Rejected(_, reason))) if full && reason == "overloaded" => {
                record.overloaded += 1;
            }
            Ok(Err(answer)) => {
                progress(&format!("{}: an honest request got {answer:?}", began_in.name()));
                record.wrongly_rejected += 1;
            }
            Err(error) => {
                progress(&format!("{}: an honest request got nothing: {error}", began_in.name()));
                record.lost += 1;
            }
        }
    }

    fn phase(&self) -> Phase {
        let index = self.phase.load(Ordering::Relaxed);
        Phase::ALL.get(index).copied().unwrap_or(Phase::Afterwards)
    }
}
