//! The shared connection and its replacement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use redis::AsyncConnectionConfig;
use tokio::time::timeout;

use crate::error::Fault;
use crate::source::{Connection, Source};

/// One connection for all claims. The first claim connects, and so does the first claim after the
/// connection was replaced. Other claims wait for the same attempt.
///
/// `redis::aio::ConnectionManager` keeps a connection that no longer responds, keeps one address after
/// a failover, and waits between attempts for longer than a request can.
pub(crate) struct Link {
    source: Arc<Source>,
    connect_timeout: Duration,
    current: Mutex<Attempt>,
}

#[derive(Clone)]
struct Attempt {
    number: u64,
    connection: Shared<BoxFuture<'static, Result<Connection, Fault>>>,
}

/// A connection and its number.
pub(crate) struct Lease {
    number: u64,
    pub(crate) connection: Connection,
}

impl Link {
    /// Creates a link that is not connected yet.
    pub(crate) fn new(source: Source, connect_timeout: Duration) -> Self {
        let source = Arc::new(source);
        let connection = connect(Arc::clone(&source), connect_timeout);
        Self { source, connect_timeout, current: Mutex::new(Attempt { number: 0, connection }) }
    }

    /// Returns the connection. After a failure, the next call connects again.
    pub(crate) async fn lease(&self) -> Result<Lease, Fault> {
        let Attempt { number, connection } = self.lock().clone();
        match connection.await {
            Ok(connection) => Ok(Lease { number, connection }),
            Err(fault) => {
                self.renew(number);
                Err(fault)
            }
        }
    }

    /// Replaces a connection. Claims that wait for a response on it keep waiting.
    pub(crate) fn replace(&self, lease: &Lease) {
        self.renew(lease.number);
    }

    fn renew(&self, number: u64) {
        let mut current = self.lock();
        // Several claims see a connection fail. The first of them replaces it.
        if current.number == number {
            let connection = connect(Arc::clone(&self.source), self.connect_timeout);
            *current = Attempt { number: number.wrapping_add(1), connection };
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Attempt> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns an attempt that starts when it is first awaited. It runs as a task, so that it also ends
/// if that claim is dropped.
fn connect(
    source: Arc<Source>,
    connect_timeout: Duration,
) -> Shared<BoxFuture<'static, Result<Connection, Fault>>> {
    let attempt = async move {
        let limit = connect_timeout.saturating_mul(source.steps());
        // The guard has its own timeout for commands.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect_timeout))
            .set_response_timeout(None);
        match timeout(limit, source.connect(&config)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) if error.is_timeout() => Err(Fault::ConnectDeadline(connect_timeout)),
            Ok(Err(error)) => Err(Fault::Connect(error)),
            Err(_) => Err(Fault::ConnectDeadline(limit)),
        }
    };
    async { tokio::spawn(attempt).await.unwrap_or(Err(Fault::ConnectAbandoned)) }.boxed().shared()
}
