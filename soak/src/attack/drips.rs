//! Connections that send one byte per second, and never the declared number.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use online_contact_test_kit::Http1;
use online_contact_test_kit::rotation::LabeledKey;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Tally;
use crate::Result;
use crate::wire::{self, Answer};

const PAUSE: Duration = Duration::from_secs(1);
const PROMISED: u64 = 1_000;

/// Running connections. Dropping them ends all in mid-body.
pub(crate) struct Drips {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    dripping: AtomicUsize,
    most: AtomicUsize,
    tally: Mutex<Tally>,
}

impl Drips {
    /// Replaces each connection that is rejected at the deadline.
    pub(crate) fn start(server: SocketAddr, count: usize, attacker: &Arc<LabeledKey>) -> Self {
        let shared = Arc::<Shared>::default();
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let (shared, attacker) = (Arc::clone(&shared), Arc::clone(attacker));
            tasks.spawn(async move {
                loop {
                    let answer = shared.drip(server, &attacker).await;
                    let failed = answer.is_err();
                    shared.tally().count(&answer, 400, "body_timeout");
                    if failed {
                        sleep(PAUSE).await;
                    }
                }
            });
        }
        Self { shared, tasks }
    }

    /// Ends all connections. Returns the outcomes and the maximum number of concurrent drips.
    pub(crate) async fn stop(mut self) -> (Tally, usize) {
        self.tasks.shutdown().await;
        let tally = self.shared.tally().clone();
        (tally, self.shared.most.load(Ordering::Relaxed))
    }
}

impl Shared {
    async fn drip(&self, server: SocketAddr, attacker: &LabeledKey) -> Result<Answer> {
        let mut connection = wire::open(server).await?;
        let length = format!("Content-Length: {PROMISED}");
        connection.send(&wire::signed(&attacker.signer, b"").head(&[&length])).await?;
        let dripping = self.dripping.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(dripping, Ordering::Relaxed);
        let sent = until_answered(&mut connection).await;
        self.dripping.fetch_sub(1, Ordering::Relaxed);
        sent?;
        let answer = wire::answer(&mut connection).await;
        connection.reset()?;
        answer
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn until_answered(connection: &mut Http1) -> Result<()> {
    for _ in 1..PROMISED {
        tokio::select! {
            biased;
            answered = connection.answered() => return answered,
            () = sleep(PAUSE) => {}
        }
        connection.send(b"x").await?;
    }
    Err("no response to a body of one byte per second".into())
}
