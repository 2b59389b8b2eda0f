//! The one connection, and its replacement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use redis::AsyncConnectionConfig;
use tokio::time::timeout;

use crate::error::Fault;
use crate::source::{Connection, Source};

/// Holds one connection for all claims. It is made when the first of them asks for it, and made anew
/// when the first asks after it was given up; all others wait for the same attempt.
///
/// `redis::aio::ConnectionManager` is close to this, but keeps a connection whose answers no longer
/// come, keeps to one address after a failover, and waits between attempts for longer than a request
/// can.
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

/// A connection, and which of them it is.
pub(crate) struct Lease {
    number: u64,
    pub(crate) connection: Connection,
}

impl Link {
    /// Connects to nothing yet.
    pub(crate) fn new(source: Source, connect_timeout: Duration) -> Self {
        let source = Arc::new(source);
        let connection = connect(Arc::clone(&source), connect_timeout);
        Self { source, connect_timeout, current: Mutex::new(Attempt { number: 0, connection }) }
    }

    /// The connection. After a failure the next one who asks tries again.
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

    /// Gives a connection up. Claims that wait for an answer on it go on waiting.
    pub(crate) fn give_up(&self, lease: &Lease) {
        self.renew(lease.number);
    }

    fn renew(&self, number: u64) {
        let mut current = self.lock();
        // Of all who saw it fail, the first has replaced it.
        if current.number == number {
            let connection = connect(Arc::clone(&self.source), self.connect_timeout);
            *current = Attempt { number: number.wrapping_add(1), connection };
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Attempt> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt that starts when the first asks for its result. It is a task of its own, so that it
/// comes to its end also if that one goes away.
fn connect(
    source: Arc<Source>,
    connect_timeout: Duration,
) -> Shared<BoxFuture<'static, Result<Connection, Fault>>> {
    let attempt = async move {
        let limit = connect_timeout.saturating_mul(source.steps());
        // The deadline of a command is the guard's.
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
