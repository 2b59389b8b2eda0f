//! The settings of a guard.

use std::fmt;
use std::time::Duration;

use redis::Client;

use crate::address;
use crate::error::{ConfigError, ConnectError};
use crate::guard::{Inner, RedisReplayGuard};
use crate::link::Link;
use crate::source::Source;

const PREFIX: &str = "online-contact:replay:";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);

/// A builder of [`RedisReplayGuard`].
///
/// ```
/// use std::time::Duration;
/// use online_contact_redis::RedisReplayGuard;
///
/// let guard = RedisReplayGuard::builder("redis://:secret@redis.example/0")
///     .prefix("shop:replay:")
///     .command_timeout(Duration::from_millis(200))
///     .lazy()?;
///
/// let error = RedisReplayGuard::builder("redis://:secret@redis.example/first").lazy().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid Redis URL: invalid database: expected a number, as in redis://host:6379/0",
/// );
/// # Ok::<(), online_contact_redis::ConfigError>(())
/// ```
#[must_use = "call `lazy` or `connect` to create the guard"]
pub struct RedisReplayGuardBuilder {
    nodes: Nodes,
    prefix: String,
    connect_timeout: Duration,
    command_timeout: Duration,
}

enum Nodes {
    Node(String),
    #[cfg(feature = "cluster")]
    Cluster(Vec<String>),
    #[cfg(feature = "sentinel")]
    Sentinel {
        master: String,
        sentinels: Vec<String>,
    },
}

impl RedisReplayGuardBuilder {
    pub(crate) fn node(url: String) -> Self {
        Self::new(Nodes::Node(url))
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn cluster(urls: Vec<String>) -> Self {
        Self::new(Nodes::Cluster(urls))
    }

    #[cfg(feature = "sentinel")]
    pub(crate) fn sentinel(master: String, sentinels: Vec<String>) -> Self {
        Self::new(Nodes::Sentinel { master, sentinels })
    }

    fn new(nodes: Nodes) -> Self {
        Self {
            nodes,
            prefix: PREFIX.to_owned(),
            connect_timeout: CONNECT_TIMEOUT,
            command_timeout: COMMAND_TIMEOUT,
        }
    }

    /// Sets the prefix of all keys in Redis. Verifiers that share requests need the same prefix.
    /// Default: `online-contact:replay:`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the timeout for a connection, including TLS and login. Default: 1 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the timeout for a response of Redis. Default: 500 ms.
    ///
    /// A claim without a response is sent once more on another connection, so a claim takes at most the
    /// [connect timeout](Self::connect_timeout) plus twice this timeout: 2 s by default.
    pub fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    /// Creates a guard that connects with the first claim.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] for an invalid setting.
    pub fn lazy(self) -> Result<RedisReplayGuard, ConfigError> {
        if self.connect_timeout.is_zero() {
            return Err(ConfigError::NoConnectTimeout);
        }
        if self.command_timeout.is_zero() {
            return Err(ConfigError::NoCommandTimeout);
        }
        let (source, address) = match self.nodes {
            Nodes::Node(url) => node(&url)?,
            #[cfg(feature = "cluster")]
            Nodes::Cluster(urls) => cluster(&urls, self.connect_timeout)?,
            #[cfg(feature = "sentinel")]
            Nodes::Sentinel { master, sentinels } => sentinel(&master, &sentinels)?,
        };
        Ok(RedisReplayGuard::new(Inner {
            link: Link::new(source, self.connect_timeout),
            address,
            prefix: self.prefix,
            connect_timeout: self.connect_timeout,
            command_timeout: self.command_timeout,
        }))
    }

    /// Creates a guard and connects it. The Redis user needs read permission for the prefix.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError::Config`] for an invalid setting, and [`ConnectError::Unavailable`] if
    /// Redis is not available.
    pub async fn connect(self) -> Result<RedisReplayGuard, ConnectError> {
        let guard = self.lazy()?;
        guard.check().await?;
        Ok(guard)
    }
}

fn node(url: &str) -> Result<(Source, String), ConfigError> {
    let info = address::parse(url)?;
    let address = info.addr().to_string();
    let client = Client::open(info).map_err(|error| ConfigError::Nodes(error.to_string()))?;
    Ok((Source::Node(Box::new(client)), address))
}

#[cfg(feature = "cluster")]
fn cluster(urls: &[String], connect_timeout: Duration) -> Result<(Source, String), ConfigError> {
    let (nodes, address) = several(urls)?;
    let client = redis::cluster::ClusterClient::builder(nodes)
        .connection_timeout(connect_timeout)
        .build()
        .map_err(|error| ConfigError::Nodes(error.to_string()))?;
    Ok((Source::Cluster(Box::new(client)), address))
}

#[cfg(feature = "sentinel")]
fn sentinel(master: &str, sentinels: &[String]) -> Result<(Source, String), ConfigError> {
    use redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
    use redis::{ConnectionAddr, TlsMode};

    let (sentinels, address) = several(sentinels)?;
    let info = address::parse(master)?;
    let node = SentinelNodeConnectionInfo::default()
        .set_redis_connection_info(info.redis_settings().clone())
        .set_tcp_settings(info.tcp_settings().clone());
    let (name, node) = match info.addr() {
        ConnectionAddr::Tcp(name, _) => (name, node),
        ConnectionAddr::TcpTls { host: name, .. } => (name, node.set_tls_mode(TlsMode::Secure)),
        _ => {
            return Err(ConfigError::Url(
                "socket in place of a master: expected redis://mymaster".to_owned(),
            ));
        }
    };
    let address = format!("{name} by {address}");
    let client =
        SentinelClient::build(sentinels, name.clone(), Some(node), SentinelServerType::Master)
            .map_err(|error| ConfigError::Nodes(error.to_string()))?;
    Ok((Source::Sentinel(Box::new(tokio::sync::Mutex::new(client))), address))
}

#[cfg(any(feature = "cluster", feature = "sentinel"))]
fn several(urls: &[String]) -> Result<(Vec<redis::ConnectionInfo>, String), ConfigError> {
    if urls.is_empty() {
        return Err(ConfigError::NoNodes);
    }
    let nodes = urls.iter().map(|url| address::parse(url)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<_> = nodes.iter().map(|node| node.addr().to_string()).collect();
    Ok((nodes, names.join(", ")))
}

impl fmt::Debug for RedisReplayGuardBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplayGuardBuilder")
            .field("prefix", &self.prefix)
            .field("connect_timeout", &self.connect_timeout)
            .field("command_timeout", &self.command_timeout)
            .finish_non_exhaustive()
    }
}
