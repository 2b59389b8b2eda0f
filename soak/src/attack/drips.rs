//! Connections that send a byte a second, and never as many as they promised.

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

/// Connections at work; dropped, they all break off in mid-body.
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
    /// Each connection that is refused, at the deadline, is followed by another.
    pub(crate) fn start(server: SocketAddr, count: usize, stranger: &Arc<Key>) -> Self {
        let shared = Arc::<Shared>::default();
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let (shared, stranger) = (Arc::clone(&shared), Arc::clone(stranger));
            tasks.spawn(async move {
                loop {
                    let answer = shared.drip(server, &stranger).await;
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

    /// Breaks all of them off: how many were answered, and how many dripped at once at most.
    pub(crate) async fn stop(mut self) -> (Tally, usize) {
        self.tasks.shutdown().await;
        let tally = self.shared.tally().clone();
        (tally, self.shared.most.load(Ordering::Relaxed))
    }
}

impl Shared {
    async fn drip(&self, server: SocketAddr, stranger: &Key) -> Result<Answer> {
        let mut connection = Connection::open(server).await?;
        connection.send(&Request::signed(&stranger.signer, b"").head(PROMISED)).await?;
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
    Err("nothing was said to a body of a byte a second".into())
}
