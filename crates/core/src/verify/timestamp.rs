use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A time as `X-TC-Timestamp` writes it: milliseconds since 1970-01-01 00:00 UTC.
///
/// It is serialized as a number.
///
/// ```
/// use online_contact::Timestamp;
///
/// let time: Timestamp = "1732400000000".parse()?;
/// assert_eq!(time, Timestamp::from_millis(1_732_400_000_000));
/// assert_eq!(time.to_string(), "1732400000000");
///
/// // Only the canonical spelling is accepted: digits, without a sign or a leading zero.
/// assert!("01732400000000".parse::<Timestamp>().is_err());
/// # Ok::<(), online_contact::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since 1970, which may be negative.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Parses a header value.
    ///
    /// The signed bytes have no delimiter between the body and the timestamp, so with leading zeros
    /// `1` + `001732…` would sign like `100` + `1732…`. One spelling for each time makes the split unique.
    ///
    /// # Errors
    ///
    /// Returns [`ParseTimestampError`] unless the value is ASCII digits, the first one not `0` (a lone `0`
    /// is fine), and fits a signed 64-bit number.
    pub fn parse(value: &[u8]) -> Result<Self, ParseTimestampError> {
        if matches!(value, [b'0', _, ..]) || !value.iter().all(u8::is_ascii_digit) {
            return Err(ParseTimestampError(()));
        }
        let digits = std::str::from_utf8(value).ok();
        let millis = digits.and_then(|digits| digits.parse().ok());
        millis.map(Self).ok_or(ParseTimestampError(()))
    }

    /// Adds a duration, and saturates at the last time that exists.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(duration)))
    }

    pub(crate) const fn saturating_add_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Subtracts a duration, and saturates at the first time that exists.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(duration)))
    }

    /// Returns the milliseconds from this time to `now`, which are negative if it lies in the future.
    pub(crate) fn age_at(self, now: Self) -> i64 {
        now.0.saturating_sub(self.0)
    }
}

/// Returns a duration in milliseconds, saturated to an `i64`.
pub(crate) fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}

/// An error for a text that is not a canonical timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError(());

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected milliseconds since 1970 in decimal digits, without sign or leading zero, \
             at most 9223372036854775807",
        )
    }
}

impl std::error::Error for ParseTimestampError {}

/// A source of the current time.
///
/// [`SystemClock`] is the default. A [`Timestamp`] is a clock that stands still, for tests. Any other
/// clock takes a few lines:
///
/// ```
/// use std::sync::atomic::{AtomicI64, Ordering};
/// use online_contact::{Clock, Timestamp};
///
/// #[derive(Debug)]
/// struct SharedClock(AtomicI64);
///
/// impl Clock for SharedClock {
///     fn now(&self) -> Timestamp {
///         Timestamp::from_millis(self.0.load(Ordering::Relaxed))
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time. It is called once for each request, and once more if there is a replay
    /// guard. It must not block.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
///
/// The target `wasm32-unknown-unknown` has none: set another [`Clock`] there.
///
/// ```
/// use online_contact::{Clock, SystemClock, Timestamp};
///
/// assert!(SystemClock.now() > Timestamp::from_millis(1_700_000_000_000));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => Timestamp(whole_millis(since)),
            Err(before) => Timestamp(-whole_millis(before.duration())),
        }
    }
}

/// A clock that stands still.
impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}
