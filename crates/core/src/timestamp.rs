//! Moments in the unit of the protocol, and where the present one comes from.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment as `X-TC-Timestamp` writes it: milliseconds since 1970-01-01 00:00 UTC.
///
/// ```
/// use online_contact::Timestamp;
///
/// let moment: Timestamp = "1732400000000".parse()?;
/// assert_eq!(moment, Timestamp::from_millis(1_732_400_000_000));
/// assert_eq!(moment.to_string(), "1732400000000");
///
/// // Only the canonical spelling is taken: no sign, no leading zero, nothing but digits.
/// assert!("01732400000000".parse::<Timestamp>().is_err());
/// # Ok::<(), online_contact::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment that lies this many milliseconds after 1970 (before it, if negative).
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads a header value.
    ///
    /// With no delimiter between the body and the timestamp in the signed bytes, a leading zero
    /// could have been moved over from the body: `1` + `001732…` signs like `100` + `1732…`. One
    /// spelling per moment makes the split unique, so only the canonical one is taken.
    ///
    /// # Errors
    ///
    /// [`ParseTimestampError`] unless the value is ASCII digits, the first one not `0` (a lone `0`
    /// is fine), and fits a signed 64-bit number.
    pub fn parse(value: &[u8]) -> Result<Self, ParseTimestampError> {
        match value {
            [] | [b'0', _, ..] => return Err(ParseTimestampError(())),
            // No number of more digits is below 2^63, and each of so many is below 2^64.
            _ if value.len() > MOST_DIGITS => return Err(ParseTimestampError(())),
            _ => {}
        }
        let mut millis = 0_u64;
        for byte in value {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return Err(ParseTimestampError(()));
            }
            millis = millis * 10 + u64::from(digit);
        }
        i64::try_from(millis).map(Self).map_err(|_| ParseTimestampError(()))
    }

    /// This moment and a duration later; the last moment there is where that would lie beyond it.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(duration)))
    }

    pub(crate) const fn saturating_add_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment less a duration; the first moment there is where that would lie before it.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(duration)))
    }

    /// The digits of the header value this was parsed from, without a heap allocation.
    pub(crate) fn to_digits(self) -> Digits {
        let mut digits = Digits { bytes: [0; 20], start: 20 };
        let mut rest = self.0.unsigned_abs();
        loop {
            // `rest % 10` is a digit, and 20 places hold any 64-bit number and its sign.
            digits.push_front(b'0' + u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if self.0 < 0 {
            digits.push_front(b'-');
        }
        digits
    }

    /// How many milliseconds this moment lies before `now`; negative when it lies after it.
    pub(crate) fn age_at(self, now: Self) -> i64 {
        now.0.saturating_sub(self.0)
    }
}

/// So many digits has the greatest timestamp.
const MOST_DIGITS: usize = 19;

/// A number written out on the stack.
pub(crate) struct Digits {
    bytes: [u8; 20],
    start: u8,
}

impl Digits {
    /// The digits of a header value that has been parsed, as received: copied in no time, where
    /// writing them anew takes a tenth of a short body's verification.
    pub(crate) fn received(value: &[u8]) -> Self {
        let mut digits = Self { bytes: [0; 20], start: 20 };
        digits.start = digits.start.saturating_sub(u8::try_from(value.len()).unwrap_or(u8::MAX));
        if let Some(place) = digits.bytes.get_mut(usize::from(digits.start)..) {
            place.copy_from_slice(value);
        }
        digits
    }

    fn push_front(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(usize::from(self.start)) {
            *place = byte;
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(usize::from(self.start)..).unwrap_or_default()
    }
}

/// A duration in milliseconds, cut to what an `i64` holds.
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

/// A text is no canonical timestamp.
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

/// Where the present moment comes from.
///
/// [`SystemClock`] is the default. A [`Timestamp`] is a clock that stands still, which is what
/// tests want; any other clock is a few lines:
///
/// ```
/// use std::sync::atomic::{AtomicI64, Ordering};
/// use online_contact::{Clock, Timestamp};
///
/// #[derive(Debug)]
/// struct ClockOnTheWall(AtomicI64);
///
/// impl Clock for ClockOnTheWall {
///     fn now(&self) -> Timestamp {
///         Timestamp::from_millis(self.0.load(Ordering::Relaxed))
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present moment. It is asked once for each request, once more where there is a replay guard,
    /// and must not block.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
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
