use std::fmt;
use std::time::Duration;

use crate::builder::WINDOW;
use crate::key::KeyRingError;

/// A verifier can't be built as it was described.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The keys make no ring: its [source](std::error::Error::source) says why.
    Keys(KeyRingError),
    /// There are single keys, a ring and a key source, or two of these.
    SeveralKindsOfKeys,
    /// A key source would have no time to answer.
    NoKeySourceTimeout,
    /// A replay guard would have no time to answer.
    NoReplayGuardTimeout,
    /// The window is shorter than a millisecond, so nothing would pass.
    WindowTooShort(Duration),
    /// The window is wider than the protocol's 5 minutes.
    WindowTooWide(Duration),
    /// The longest body that passes would be an empty one.
    NoBodyLimit,
    /// The longest body that passes would never fit into the budget, and be rejected as
    /// [`Reason::Overloaded`](crate::Reason::Overloaded) for ever.
    BodyLimitOverBudget {
        /// The limit of a body, in bytes.
        body: u64,
        /// The limit of the budget, in bytes.
        budget: u64,
    },
    /// A body would have no time to come.
    NoBodyTimeout,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(_) => f.write_str("the keys make no ring"),
            Self::WindowTooShort(window) => {
                write!(f, "the window is {window:?}: expected at least 1ms")
            }
            Self::WindowTooWide(window) => write!(
                f,
                "the window is {window:?}: expected at most {WINDOW:?}, \
                 or `dangerously_wide_window` to say that it is meant"
            ),
            Self::SeveralKindsOfKeys => f.write_str(
                "keys come from single keys, a key ring and a key source: expected one of the three",
            ),
            Self::NoKeySourceTimeout => f.write_str("the key source timeout is 0s: expected more"),
            Self::NoReplayGuardTimeout => {
                f.write_str("the replay guard timeout is 0s: expected more")
            }
            Self::NoBodyLimit => f.write_str("the body limit is 0 bytes: expected at least 1"),
            Self::BodyLimitOverBudget { body, budget } => write!(
                f,
                "the body limit is {body} bytes, the buffer budget's {budget}: expected a body to fit \
                 into the budget"
            ),
            Self::NoBodyTimeout => f.write_str("the body timeout is 0s: expected more"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Keys(error) => Some(error),
            _ => None,
        }
    }
}
