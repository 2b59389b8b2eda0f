//! Connections that send one byte per second, and never the declared number.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Tally;
use crate::Result;
use crate::keys::Key;
use crate::wire::{Answer, Connection, Request};

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
    pub(crate) fn start(server: SocketAddr, count: usize, attacker: &Arc<Key>) -> Self {
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
    async fn drip(&self, server: SocketAddr, attacker: &Key) -> Result<Answer> {
        let mut connection = Connection::open(server).await?;
        connection.send(&Request::signed(&attacker.signer, b"").head(PROMISED)).await?;
        let dripping = self.dripping.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(dripping, Ordering::Relaxed);
        let sent = until_answered(&mut connection).await;
        self.dripping.fetch_sub(1, Ordering::Relaxed);
        sent?;
        let answer = connection.answer().await;
        connection.reset()?;
        answer
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn until_answered(connection: &mut Connection) -> Result<()> {
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
