//! A Redis server to which a test sends commands.

use online_contact_test_kit::Redis;
use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, RedisResult};

/// The server of a test.
pub(crate) struct Server(Redis);

impl Server {
    /// Starts a server on a socket file. Returns `None` if `redis-server` is missing and not required.
    pub(crate) fn start() -> Option<Self> {
        Redis::start().map(Self)
    }

    pub(crate) fn start_with(options: &[&str]) -> Option<Self> {
        Redis::start_with(options).map(Self)
    }

    /// Starts a server on a port, with these options. Returns the server and the port.
    #[cfg(any(feature = "cluster", feature = "sentinel", feature = "tls-rustls"))]
    pub(crate) fn start_on_port(options: impl Fn(u16) -> Vec<String>) -> Option<(Self, u16)> {
        let (server, port) = Redis::start_on_port(options)?;
        Some((Self(server), port))
    }

    pub(crate) fn socket(&self) -> std::path::PathBuf {
        self.0.socket()
    }

    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Sends a command past the guard.
    pub(crate) async fn tell<T: FromRedisValue>(&self, command: &str) -> T {
        self.try_tell(command).await.unwrap()
    }

    /// Sends a command to a server that may be closing connections at present.
    pub(crate) async fn try_tell<T: FromRedisValue>(&self, command: &str) -> RedisResult<T> {
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        command.arg(words.collect::<Vec<_>>());
        command.query_async(&mut connection(&self.url()).await?).await
    }

    /// Kills the server, as when its machine loses power.
    pub(crate) fn kill(&mut self) {
        self.0.kill();
    }

    /// Starts the server on the same socket, with an empty memory.
    pub(crate) fn start_again(&mut self) {
        self.0.start_again();
    }
}

async fn connection(url: &str) -> RedisResult<MultiplexedConnection> {
    Client::open(url)?.get_multiplexed_async_connection().await
}

/// Returns options as arguments of `redis-server`.
#[cfg(any(feature = "cluster", feature = "sentinel", feature = "tls-rustls"))]
pub(crate) fn arguments<const N: usize>(options: [(&str, String); N]) -> Vec<String> {
    options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}
