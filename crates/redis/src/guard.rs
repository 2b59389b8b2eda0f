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

/// Remembers requests in Redis, for all machines that share it.
///
/// A clone is the same guard: give one to each verifier of a process, so that they share the
/// connection. It needs a tokio runtime whose time and I/O are enabled.
#[derive(Clone)]
pub struct RedisReplayGuard(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) link: Link,
    /// Where Redis is, without the password.
    pub(crate) address: String,
    pub(crate) prefix: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) command_timeout: Duration,
}

impl RedisReplayGuard {
    /// A guard on the Redis at this URL, with the default settings, that connects at the first claim.
    /// A server can start with it while Redis restarts.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] says what is wrong with the URL, and tells nothing of it.
    pub fn lazy(url: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(url).lazy()
    }

    /// A guard on the Redis at this URL, with the default settings, that is connected.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] says what is wrong with the URL, or why Redis can't be asked.
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Settings of a guard on one Redis: `redis://user:password@host:6379/0`, `rediss://` for TLS,
    /// `unix:///path?db=0&user=…&pass=…` for a socket.
    pub fn builder(url: impl Into<String>) -> RedisReplayGuardBuilder {
        RedisReplayGuardBuilder::node(url.into())
    }

    /// Settings of a guard on a cluster, of which these are some nodes.
    #[cfg(feature = "cluster")]
    pub fn cluster_builder<U: Into<String>>(
        urls: impl IntoIterator<Item = U>,
    ) -> RedisReplayGuardBuilder {
        RedisReplayGuardBuilder::cluster(urls.into_iter().map(Into::into).collect())
    }

    /// Settings of a guard on the master that these sentinels name.
    ///
    /// The first URL says how to talk to the master, with the master's name in place of a host:
    /// `redis://user:password@mymaster/0`. The others are those of the sentinels, whose port is 26379
    /// as a rule.
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

    /// Whether Redis can be asked: connected, logged in, and allowed to read under the prefix.
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
    /// For all of a claim: room for a connection that has to be made, and for two tries.
    fn deadline(&self) -> Duration {
        self.connect_timeout.saturating_add(self.command_timeout.saturating_mul(2))
    }

    /// Whether the request is this claim's. One that is lost on the way is sent once more, on another
    /// connection.
    async fn claim(&self, claim: &ReplayClaim) -> Result<bool, Fault> {
        let entry = Entry::new(&self.prefix, claim)?;
        match self.send(&entry, false).await {
            Err(fault) if fault.is_of_the_connection() => self.send(&entry, true).await,
            answer => answer,
        }
    }

    async fn send(&self, entry: &Entry, sent_before: bool) -> Result<bool, Fault> {
        let mut lease = self.link.lease().await?;
        let answer = entry.claim(&mut lease.connection, sent_before);
        let answer = timeout(self.command_timeout, answer)
            .await
            .unwrap_or(Err(Fault::CommandDeadline(self.command_timeout)));
        if answer.as_ref().is_err_and(Fault::is_of_the_connection) {
            self.link.give_up(&lease);
        }
        answer
    }

    async fn check(&self) -> Result<(), Fault> {
        let mut lease = self.link.lease().await?;
        let mut command = redis::cmd("PTTL");
        command.arg(format!("{}check", self.prefix));
        match timeout(self.command_timeout, lease.connection.query::<i64>(&command)).await {
            Ok(answer) => answer.map(drop).map_err(Fault::Command),
            Err(_) => Err(Fault::CommandDeadline(self.command_timeout)),
        }
    }
}

/// Tokio panics where there is no runtime; a guard does not.
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
