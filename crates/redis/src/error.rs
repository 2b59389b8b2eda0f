//! What can be wrong with a guard, and what can go wrong with Redis. None of it tells a password.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use online_contact::ReplayClaim;
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// A guard can't be made as it was described.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A URL can't be used: what is wrong with it. The URL itself is not told, it may hold a password.
    Url(String),
    /// The URL starts with `rediss://`, and this crate was built without TLS.
    NoTls,
    /// There is no node, or no sentinel, to ask.
    NoNodes,
    /// The nodes can't make a cluster, or the sentinels no group: what the client says about it.
    Nodes(String),
    /// A connection would have no time to be made.
    NoConnectTimeout,
    /// Redis would have no time to answer.
    NoCommandTimeout,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(fault) => write!(f, "the Redis URL {fault}"),
            Self::NoTls => f.write_str(
                "the Redis URL asks for TLS: expected the feature `tls-rustls` of \
                 online-contact-redis to be on",
            ),
            Self::NoNodes => f.write_str("no Redis URL: expected at least one"),
            Self::Nodes(fault) => write!(f, "the Redis URLs do not fit together: {fault}"),
            Self::NoConnectTimeout => f.write_str("the connect timeout is 0s: expected more"),
            Self::NoCommandTimeout => f.write_str("the command timeout is 0s: expected more"),
        }
    }
}

impl Error for ConfigError {}

/// A guard can't be made, or Redis can't be asked at present: it says what the error in it says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The guard can't be made as it was described; trying again is of no use.
    Config(ConfigError),
    /// Redis did not answer, or not as it should.
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

/// Why Redis could not be asked whether a request came before.
///
/// It is the source of [`ReplayError::Unavailable`](online_contact::ReplayError::Unavailable). Where
/// Redis or the way to it is the cause, what the client said is its own source; the log has both.
#[derive(Clone)]
pub struct GuardError(pub(crate) Fault);

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    NoRuntime,
    NoRandomness,
    /// For the whole of a claim.
    Deadline(Duration),
    ConnectDeadline(Duration),
    Connect(RedisError),
    /// The task that connected was given up, as its runtime was shut down.
    ConnectAbandoned,
    CommandDeadline(Duration),
    Command(RedisError),
    /// Redis' clock is so far ahead that it forgets entries too early: by so many milliseconds.
    ClockAhead(i64),
}

impl Fault {
    /// Whether it is worth to try on another connection: whether this one is broken, or leads to a
    /// server that may not be written to any more.
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
            Fault::NoRuntime => f.write_str("the replay guard on Redis needs a tokio runtime"),
            Fault::NoRandomness => f.write_str("the system gave no random bytes"),
            Fault::Deadline(limit) => write!(f, "Redis could not be asked within {limit:?}"),
            Fault::ConnectDeadline(limit) => write!(f, "no connection to Redis within {limit:?}"),
            Fault::Connect(_) => f.write_str("no connection to Redis"),
            Fault::ConnectAbandoned => {
                f.write_str("no connection to Redis: the runtime that connected was shut down")
            }
            Fault::CommandDeadline(limit) => write!(f, "no answer from Redis within {limit:?}"),
            Fault::Command(_) => f.write_str("Redis can't take the claim"),
            Fault::ClockAhead(ms) => write!(
                f,
                "the clock of Redis is {ms}ms or more ahead of this machine's, so that it forgets claims \
                 too early: expected at most {:?}",
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
