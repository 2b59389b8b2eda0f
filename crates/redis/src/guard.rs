use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use online_contact::{ClaimFuture, ReplayClaim, ReplayError, ReplayGuard};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::builder::RedisReplayGuardBuilder;
use crate::entry::Entry;
use crate::error::{ConfigError, ConnectError, Fault, GuardError};
use crate::link::Link;

/// A replay guard that stores requests in Redis, for all machines that share it.
///
/// Clones share one connection. The guard needs a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct RedisReplayGuard(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) link: Link,
    /// The address of Redis, without the password.
    pub(crate) address: String,
    pub(crate) prefix: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) command_timeout: Duration,
}

impl RedisReplayGuard {
    /// Creates a guard with the default settings that connects with the first claim, so that a server
    /// can start while Redis restarts.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] for an invalid URL. The error does not contain the URL.
    pub fn lazy(url: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(url).lazy()
    }

    /// Creates a guard with the default settings and connects it.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] for an invalid URL, or if Redis is not available.
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Creates a builder for one Redis server: `redis://user:password@host:6379/0`, `rediss://` for TLS,
    /// `unix:///path?db=0&user=…&pass=…` for a socket.
    pub fn builder(url: impl Into<String>) -> RedisReplayGuardBuilder {
        RedisReplayGuardBuilder::node(url.into())
    }

    /// Creates a builder for a cluster with some of its nodes.
    #[cfg(feature = "cluster")]
    pub fn cluster_builder<U: Into<String>>(
        urls: impl IntoIterator<Item = U>,
    ) -> RedisReplayGuardBuilder {
        RedisReplayGuardBuilder::cluster(urls.into_iter().map(Into::into).collect())
    }

    /// Creates a builder for the master that these sentinels report.
    ///
    /// The URL of the master has the name of the master as its host:
    /// `redis://user:password@mymaster/0`. The usual port of sentinels is 26379.
    #[cfg(feature = "sentinel")]
    pub fn sentinel_builder<U: Into<String>>(
        master: impl Into<String>,
        sentinels: impl IntoIterator<Item = U>,
    ) -> RedisReplayGuardBuilder {
        let sentinels = sentinels.into_iter().map(Into::into).collect();
        RedisReplayGuardBuilder::sentinel(master.into(), sentinels)
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Checks the connection, the login, and the permission to read under the prefix.
    pub(crate) async fn check(&self) -> Result<(), GuardError> {
        Ok(within(self.0.deadline(), self.0.check()).await?)
    }
}

impl ReplayGuard for RedisReplayGuard {
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
        let inner = Arc::clone(&self.0);
        ClaimFuture::new(async move {
            match within(inner.deadline(), inner.claim(&claim)).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(ReplayError::Replayed),
                Err(fault) => Err(ReplayError::Unavailable(Box::new(GuardError(fault)))),
            }
        })
    }
}

impl Inner {
    /// Returns the deadline of a claim: one connection and two tries.
    fn deadline(&self) -> Duration {
        self.connect_timeout.saturating_add(self.command_timeout.saturating_mul(2))
    }

    /// Returns whether the request was claimed by this claim. If the response is lost, the claim is sent
    /// once more on another connection.
    async fn claim(&self, claim: &ReplayClaim) -> Result<bool, Fault> {
        let entry = Entry::new(&self.prefix, claim)?;
        match self.send(&entry, false).await {
            Err(fault) if fault.is_of_the_connection() => self.send(&entry, true).await,
            result => result,
        }
    }

    async fn send(&self, entry: &Entry, sent_before: bool) -> Result<bool, Fault> {
        let mut lease = self.link.lease().await?;
        let claim = entry.claim(&mut lease.connection, sent_before);
        let result = timeout(self.command_timeout, claim)
            .await
            .unwrap_or(Err(Fault::CommandDeadline(self.command_timeout)));
        if result.as_ref().is_err_and(Fault::is_of_the_connection) {
            self.link.replace(&lease);
        }
        result
    }

    async fn check(&self) -> Result<(), Fault> {
        let mut lease = self.link.lease().await?;
        let mut command = redis::cmd("PTTL");
        command.arg(format!("{}check", self.prefix));
        match timeout(self.command_timeout, lease.connection.query::<i64>(&command)).await {
            Ok(result) => result.map(drop).map_err(Fault::Command),
            Err(_) => Err(Fault::CommandDeadline(self.command_timeout)),
        }
    }
}

/// Awaits `work` until the deadline. Returns an error outside of a runtime, where tokio would panic.
async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    if Handle::try_current().is_err() {
        return Err(Fault::NoRuntime);
    }
    timeout(deadline, work).await.unwrap_or(Err(Fault::Deadline(deadline)))
}

impl fmt::Debug for RedisReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplayGuard")
            .field("address", &self.0.address)
            .field("prefix", &self.0.prefix)
            .field("connect_timeout", &self.0.connect_timeout)
            .field("command_timeout", &self.0.command_timeout)
            .finish()
    }
}
