//! The kinds of Redis and their connections.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisResult};

/// A single server, a cluster or sentinels.
pub(crate) enum Source {
    Node(Box<Client>),
    #[cfg(feature = "cluster")]
    Cluster(Box<redis::cluster::ClusterClient>),
    #[cfg(feature = "sentinel")]
    Sentinel(Box<tokio::sync::Mutex<redis::sentinel::SentinelClient>>),
}

/// A connection for concurrent claims. Clones share it.
#[derive(Clone)]
pub(crate) enum Connection {
    Node(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(redis::cluster_async::ClusterConnection),
}

impl Source {
    pub(crate) async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        match self {
            Self::Node(client) => client
                .get_multiplexed_async_connection_with_config(config)
                .await
                .map(Connection::Node),
            #[cfg(feature = "cluster")]
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
            #[cfg(feature = "sentinel")]
            Self::Sentinel(client) => {
                let mut client = client.lock().await;
                client.get_async_connection_with_config(config).await.map(Connection::Node)
            }
        }
    }

    /// Returns the number of connect timeouts that it may take: other servers are queried first.
    pub(crate) const fn steps(&self) -> u32 {
        match self {
            Self::Node(_) => 1,
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => 3,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(_) => 3,
        }
    }
}

impl Connection {
    pub(crate) async fn query<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Node(node) => command.query_async(node).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => command.query_async(cluster).await,
        }
    }

    /// Returns whether the client retries a command by itself.
    pub(crate) const fn retries_unseen(&self) -> bool {
        match self {
            Self::Node(_) => false,
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => true,
        }
    }
}
