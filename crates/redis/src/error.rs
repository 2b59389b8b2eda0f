//! The errors of the configuration and of Redis. None of them shows a password.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use online_contact::ReplayClaim;
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// An invalid setting of a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// An invalid URL, with the reason. The URL itself is left out, because it may hold a password.
    Url(String),
    /// A `rediss://` URL in a build without TLS.
    NoTls,
    /// No node and no sentinel.
    NoNodes,
    /// URLs that do not fit together, with the reason.
    Nodes(String),
    /// A `connect_timeout` of zero.
    NoConnectTimeout,
    /// A `command_timeout` of zero.
    NoCommandTimeout,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(fault) => write!(f, "invalid Redis URL: {fault}"),
            Self::NoTls => f.write_str(
                "invalid Redis URL: TLS needs the feature `tls-rustls` of online-contact-redis",
            ),
            Self::NoNodes => f.write_str("no Redis URL: expected at least one"),
            Self::Nodes(fault) => write!(f, "the Redis URLs do not match: {fault}"),
            Self::NoConnectTimeout => f.write_str("connect_timeout must be greater than zero"),
            Self::NoCommandTimeout => f.write_str("command_timeout must be greater than zero"),
        }
    }
}

impl Error for ConfigError {}

/// An invalid setting, or a Redis that is not available. Displays the error that it contains.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// An invalid setting. A retry does not help.
    Config(ConfigError),
    /// Redis did not respond, or responded with an error.
    Unavailable(GuardError),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Unavailable(error) => error.fmt(f),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(error) => error.source(),
            Self::Unavailable(error) => error.source(),
        }
    }
}

impl From<ConfigError> for ConnectError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<GuardError> for ConnectError {
    fn from(error: GuardError) -> Self {
        Self::Unavailable(error)
    }
}

/// A failed claim.
///
/// It is the source of [`ReplayError::Unavailable`](online_contact::ReplayError::Unavailable), and its
/// own source is the error of the Redis client, if there is one. The log has both.
#[derive(Clone)]
pub struct GuardError(pub(crate) Fault);

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    NoRuntime,
    NoRandomness,
    /// The deadline of the whole claim.
    Deadline(Duration),
    ConnectDeadline(Duration),
    Connect(RedisError),
    /// The runtime of the task that connected was shut down.
    ConnectAbandoned,
    CommandDeadline(Duration),
    Command(RedisError),
    /// The clock of Redis is ahead by this many milliseconds, so that entries expire too early.
    ClockAhead(i64),
}

impl Fault {
    /// Returns whether another connection may help: this one is broken, or leads to a replica.
    pub(crate) fn is_of_the_connection(&self) -> bool {
        match self {
            Self::CommandDeadline(_) => true,
            Self::Command(error) => {
                error.is_io_error()
                    || error.is_unrecoverable_error()
                    || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly))
            }
            _ => false,
        }
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        Self::Command(error)
    }
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::NoRuntime => f.write_str("RedisReplayGuard needs a tokio runtime"),
            Fault::NoRandomness => f.write_str("the operating system returned no random bytes"),
            Fault::Deadline(limit) => write!(f, "no response from Redis within {limit:?}"),
            Fault::ConnectDeadline(limit) => write!(f, "no connection to Redis within {limit:?}"),
            Fault::Connect(_) => f.write_str("no connection to Redis"),
            Fault::ConnectAbandoned => {
                f.write_str("no connection to Redis: the runtime that connected was shut down")
            }
            Fault::CommandDeadline(limit) => write!(f, "no response from Redis within {limit:?}"),
            Fault::Command(_) => f.write_str("Redis rejected the claim"),
            Fault::ClockAhead(ms) => write!(
                f,
                "the clock of Redis is at least {ms}ms ahead of this machine: expected at most {:?}",
                ReplayClaim::CLOCK_SKEW
            ),
        }
    }
}

impl fmt::Debug for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GuardError").field(&self.0).finish()
    }
}

impl Error for GuardError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Fault::Connect(error) | Fault::Command(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Fault> for GuardError {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}
