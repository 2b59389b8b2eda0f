use std::fmt;
use std::time::Duration;

use crate::config::{LONGEST_VERIFICATION, WINDOW};
use crate::keys::KeyRingError;

/// An error of [`VerifierBuilder::build`](crate::VerifierBuilder::build): a setting is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The key ring is invalid. Its [source](std::error::Error::source) names the key.
    Keys(KeyRingError),
    /// Two or more of single keys, a key ring and a key source were set.
    SeveralKindsOfKeys,
    /// The timeout of the key source is zero.
    NoKeySourceTimeout,
    /// The timeout of the replay guard is zero.
    NoReplayGuardTimeout,
    /// The window is shorter than a millisecond.
    WindowTooShort(Duration),
    /// The window is wider than the protocol's 5 minutes.
    WindowTooWide(Duration),
    /// Rejections are both rendered and concealed.
    RenderedAndConcealed,
    /// The body limit is zero.
    NoBodyLimit,
    /// The longest body that passes does not fit into the body budget.
    BodyLimitOverBudget {
        /// The body limit, in bytes.
        body: u64,
        /// The limit of the budget, in bytes.
        budget: u64,
    },
    /// The timeout of a body is zero.
    NoBodyTimeout,
    /// The timeouts of a body and of the key source are longer together than a replay guard allows for.
    TimeoutsTooLong {
        /// The timeout of a body.
        body: Duration,
        /// The timeout of the key source.
        key_source: Duration,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(_) => f.write_str("invalid key ring"),
            Self::SeveralKindsOfKeys => f.write_str(
                "several of single keys, key_ring and key_source are set, expected one of them",
            ),
            Self::NoKeySourceTimeout => f.write_str("key_source_timeout must be greater than zero"),
            Self::NoReplayGuardTimeout => {
                f.write_str("replay_guard_timeout must be greater than zero")
            }
            Self::WindowTooShort(window) => {
                write!(f, "window is {window:?}, expected at least 1ms")
            }
            Self::WindowTooWide(window) => write!(
                f,
                "window is {window:?}, expected at most {WINDOW:?}; \
                 opt in to a wider one with dangerously_wide_window"
            ),
            Self::RenderedAndConcealed => f.write_str(
                "render_rejections and conceal_reasons are both set, expected one of them",
            ),
            Self::NoBodyLimit => f.write_str("body_limit must be greater than zero"),
            Self::BodyLimitOverBudget { body, budget } => write!(
                f,
                "body_limit is {body} bytes, expected no more than the body budget of {budget} bytes"
            ),
            Self::NoBodyTimeout => f.write_str("body_timeout must be greater than zero"),
            Self::TimeoutsTooLong { body, key_source } => write!(
                f,
                "body_timeout is {body:?} and key_source_timeout is {key_source:?}, \
                 expected at most {LONGEST_VERIFICATION:?} together"
            ),
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
