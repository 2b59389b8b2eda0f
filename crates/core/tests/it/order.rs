//! The order of the checks, and the ends of the window.

use std::time::Duration;

use crate::support::{BODY, Headers, NOW, URI, WINDOW_MS, builder, verifier};
use online_contact::{Reason, Rejection, RequestHead, Timestamp, Verified, Verifier};

const LIMIT: u64 = 64;
const TOO_LONG: [u8; 65] = [b'x'; 65];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stamp {
    Good,
    Missing,
    NotNumeric,
    Expired,
    InFuture,
    TwiceGood,
    TwiceBad,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Auth {
    Good,
    Missing,
    Malformed,
    Wrong,
    TwiceGood,
    TwiceBad,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    Good,
    DeclaredTooLong,
    UndeclaredTooLong,
}

const STAMPS: [Stamp; 7] = [
    Stamp::Good,
    Stamp::Missing,
    Stamp::NotNumeric,
    Stamp::Expired,
    Stamp::InFuture,
    Stamp::TwiceGood,
    Stamp::TwiceBad,
];

const AUTHS: [Auth; 6] =
    [Auth::Good, Auth::Missing, Auth::Malformed, Auth::Wrong, Auth::TwiceGood, Auth::TwiceBad];

const LENGTHS: [Length; 3] = [Length::Good, Length::DeclaredTooLong, Length::UndeclaredTooLong];

/// A request with any number of faults at once.
#[derive(Clone, Copy, Debug)]
struct Case {
    stamp: Stamp,
    auth: Auth,
    length: Length,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        STAMPS.into_iter().flat_map(|stamp| {
            AUTHS
                .into_iter()
                .flat_map(move |auth| LENGTHS.map(|length| Self { stamp, auth, length }))
        })
    }

    /// The reason of each fault, if it were the only one.
    fn faults(self) -> Vec<Reason> {
        let stamp = match self.stamp {
            Stamp::Good => None,
            Stamp::Missing => Some(Reason::TimestampMissing),
            Stamp::NotNumeric => Some(Reason::TimestampNotNumeric),
            Stamp::Expired => Some(Reason::TimestampExpired),
            Stamp::InFuture => Some(Reason::TimestampInFuture),
            Stamp::TwiceGood | Stamp::TwiceBad => Some(Reason::HeaderDuplicated),
        };
        let auth = match self.auth {
            Auth::Good => None,
            Auth::Missing => Some(Reason::AuthorizationMissing),
            Auth::Malformed => Some(Reason::AuthorizationMalformed),
            Auth::Wrong => Some(Reason::SignatureMismatch),
            Auth::TwiceGood | Auth::TwiceBad => Some(Reason::HeaderDuplicated),
        };
        let length = (self.length != Length::Good).then_some(Reason::BodyTooLarge);
        [stamp, auth, length].into_iter().flatten().collect()
    }

    /// The fault that stands first in the protocol's table.
    fn expected(self) -> Option<Reason> {
        let faults = self.faults();
        Reason::ALL.iter().copied().find(|reason| faults.contains(reason))
    }

    fn outcome(self) -> Option<Reason> {
        let at = match self.stamp {
            Stamp::Expired => NOW.saturating_sub(Duration::from_secs(360)),
            Stamp::InFuture => NOW.saturating_add(Duration::from_secs(360)),
            _ => NOW,
        };
        let body = if self.length == Length::Good { BODY } else { &TOO_LONG };
        let headers = Headers::signed_at(at, body);
        let wrong = Headers::signed_at(at, b"another body").authorization;

        let mut head = RequestHead::new(URI);
        let stamps: &[&[u8]] = match self.stamp {
            Stamp::Missing => &[],
            Stamp::NotNumeric => &[b"now"],
            Stamp::TwiceGood => &[&headers.timestamp, &headers.timestamp],
            Stamp::TwiceBad => &[b"now", b"+1"],
            _ => &[&headers.timestamp],
        };
        for value in stamps {
            head = head.timestamp(value);
        }
        let auths: &[&[u8]] = match self.auth {
            Auth::Missing => &[],
            Auth::Malformed => &[b"Bearer token"],
            Auth::Wrong => &[&wrong],
            Auth::TwiceGood => &[&headers.authorization, &headers.authorization],
            Auth::TwiceBad => &[b"", b""],
            Auth::Good => &[&headers.authorization],
        };
        for value in auths {
            head = head.authorization(value);
        }
        if self.length != Length::UndeclaredTooLong {
            head = head.content_length(body.len() as u64);
        }
        let verifier = builder().body_limit(LIMIT).build().unwrap();
        let rejected = verifier.verify_bytes(&head, body).err();
        rejected.map(|rejection| rejection.reason())
    }
}

/// The verdict on a request whose headers are these, and which has no other fault.
fn outcome(stamp: Stamp, auth: Auth) -> Option<Reason> {
    Case { stamp, auth, length: Length::Good }.outcome()
}

#[test]
fn row_01_either_header_more_than_once() {
    for stamp in [Stamp::TwiceGood, Stamp::TwiceBad] {
        assert_eq!(outcome(stamp, Auth::Good), Some(Reason::HeaderDuplicated), "{stamp:?}");
    }
    for auth in [Auth::TwiceGood, Auth::TwiceBad] {
        assert_eq!(outcome(Stamp::Good, auth), Some(Reason::HeaderDuplicated), "{auth:?}");
    }
}

#[test]
fn row_02_timestamp_missing() {
    assert_eq!(outcome(Stamp::Missing, Auth::Good), Some(Reason::TimestampMissing));
}

#[test]
fn row_03_timestamp_not_numeric() {
    let headers = Headers::signed(BODY);
    for value in [
        &b""[..],
        b"now",
        b"+1732400000000",
        b"-1732400000000",
        b"01732400000000",
        b" 1732400000000",
        b"1732400000000 ",
        b"1732400000000.0",
        b"9223372036854775808",
        "\u{ff11}".as_bytes(),
    ] {
        let head = RequestHead::new(URI).timestamp(value).authorization(&headers.authorization);
        let rejection = verifier().verify_bytes(&head, BODY).unwrap_err();
        assert_eq!(rejection.reason(), Reason::TimestampNotNumeric, "{value:?}");
    }
}

#[test]
fn row_04_timestamp_expired() {
    assert_eq!(outcome(Stamp::Expired, Auth::Good), Some(Reason::TimestampExpired));
}

#[test]
fn row_05_timestamp_in_future() {
    assert_eq!(outcome(Stamp::InFuture, Auth::Good), Some(Reason::TimestampInFuture));
}

#[test]
fn row_06_authorization_missing() {
    assert_eq!(outcome(Stamp::Good, Auth::Missing), Some(Reason::AuthorizationMissing));
}

#[test]
fn row_07_authorization_malformed() {
    let headers = Headers::signed(BODY);
    let signature = std::str::from_utf8(&headers.authorization).unwrap();
    for value in [
        String::new(),
        format!("Bearer {signature}"),
        format!(" {signature}"),
        format!("{signature},{signature}"),
        signature.trim_end_matches('=').to_owned(),
        "Digest username=\"a\", realm=\"b\"".to_owned(),
        // 44 characters that spell 33 bytes.
        "A".repeat(44),
    ] {
        let head = RequestHead::new(URI);
        let head = head.timestamp(&headers.timestamp).authorization(value.as_bytes());
        let rejection = verifier().verify_bytes(&head, BODY).unwrap_err();
        assert_eq!(rejection.reason(), Reason::AuthorizationMalformed, "{value}");
    }
}

#[test]
fn of_several_faults_the_earliest_row_is_reported() {
    for case in Case::all() {
        assert_eq!(case.outcome(), case.expected(), "{case:?}");
    }
}

#[test]
fn the_cases_reach_every_reason_of_head_and_body_and_one_passes() {
    let outcomes: Vec<_> = Case::all().map(Case::outcome).collect();
    let passed = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    assert_eq!(passed, 1);
    for reason in [
        Reason::HeaderDuplicated,
        Reason::TimestampMissing,
        Reason::TimestampNotNumeric,
        Reason::TimestampExpired,
        Reason::TimestampInFuture,
        Reason::AuthorizationMissing,
        Reason::AuthorizationMalformed,
        Reason::BodyTooLarge,
        Reason::SignatureMismatch,
    ] {
        assert!(outcomes.contains(&Some(reason)), "{reason}");
    }
}

#[test]
fn row_09_a_declared_length_over_the_limit_is_rejected_before_the_body() {
    let headers = Headers::signed(BODY);
    let verifier = builder().body_limit(LIMIT).build().unwrap();

    let at_the_limit = headers.head().content_length(LIMIT);
    let rejection = verifier.verify_bytes(&at_the_limit, BODY).unwrap_err();
    assert_eq!(rejection.reason(), Reason::BodyUnreadable, "the length itself passes");

    for length in [LIMIT + 1, u64::MAX] {
        let head = headers.head().content_length(length);
        let rejection = verifier.verify_bytes(&head, BODY).unwrap_err();
        assert_eq!(rejection.reason(), Reason::BodyTooLarge);
        assert_eq!(rejection.timestamp_age_ms(), Some(0));
    }
}

#[test]
fn row_09_the_limit_is_the_longest_body_that_passes() {
    let verifier = builder().body_limit(LIMIT).build().unwrap();
    let longest = &TOO_LONG[1..];
    let headers = Headers::signed(longest);
    assert!(verifier.verify_bytes(&headers.head(), longest).is_ok());

    let headers = Headers::signed(&TOO_LONG);
    let rejection = verifier.verify_bytes(&headers.head(), &TOO_LONG).unwrap_err();
    assert_eq!(rejection.reason(), Reason::BodyTooLarge);
}

/// A request signed at one moment and verified at another.
fn verify_at(verifier: &Verifier, signed: i64) -> Result<Verified, Rejection> {
    let headers = Headers::signed_at(Timestamp::from_millis(signed), BODY);
    verifier.verify_bytes(&headers.head(), BODY)
}

#[test]
fn row_04_and_row_05_both_ends_of_the_window_are_inside() {
    let now = NOW.as_millis();
    for (age, expected) in [
        (-WINDOW_MS - 1, Err(Reason::TimestampInFuture)),
        (-WINDOW_MS, Ok(())),
        (-1, Ok(())),
        (0, Ok(())),
        (WINDOW_MS, Ok(())),
        (WINDOW_MS + 1, Err(Reason::TimestampExpired)),
    ] {
        match verify_at(&verifier(), now - age) {
            Ok(verified) => {
                assert_eq!(expected, Ok(()), "{age}");
                assert_eq!(verified.timestamp_age_ms(), age);
                assert_eq!(verified.timestamp().as_millis(), now - age);
            }
            Err(rejection) => {
                assert_eq!(expected, Err(rejection.reason()), "{age}");
                assert_eq!(rejection.timestamp_age_ms(), Some(age));
            }
        }
    }
}

#[test]
fn a_window_of_one_millisecond_is_three_wide() {
    let verifier = builder().window(Duration::from_millis(1)).build().unwrap();
    let now = NOW.as_millis();
    let passed = (now - 3..=now + 3).filter(|signed| verify_at(&verifier, *signed).is_ok()).count();
    assert_eq!(passed, 3);
}

#[test]
fn a_clock_before_1970_is_a_clock_like_any_other() {
    for (now, signed, expected) in [
        (-WINDOW_MS, 0, None),
        (-WINDOW_MS - 1, 0, Some(Reason::TimestampInFuture)),
        (-1, WINDOW_MS - 1, None),
        (-1, WINDOW_MS, Some(Reason::TimestampInFuture)),
    ] {
        let clock = Timestamp::from_millis(now);
        let verifier = builder().clock(clock).build().unwrap();
        let rejected = verify_at(&verifier, signed).err();
        assert_eq!(rejected.map(|r| r.reason()), expected, "{signed} at {now}");
    }
}

#[test]
fn row_03_a_moment_before_1970_can_be_signed_but_not_sent() {
    let moment = Timestamp::from_millis(-1);
    let verifier = builder().clock(moment).build().unwrap();
    let headers = Headers::signed_at(moment, BODY);
    assert_eq!(headers.timestamp, b"-1");
    let rejection = verifier.verify_bytes(&headers.head(), BODY).unwrap_err();
    assert_eq!(rejection.reason(), Reason::TimestampNotNumeric);
}

#[test]
fn row_04_and_row_05_the_ends_of_time_do_not_overflow() {
    use Reason::{TimestampExpired, TimestampInFuture};
    for (now, signed, usual, widest) in [
        (i64::MIN, 0, Some(TimestampInFuture), Some(TimestampInFuture)),
        (i64::MIN, i64::MAX, Some(TimestampInFuture), Some(TimestampInFuture)),
        (-1, i64::MAX, Some(TimestampInFuture), Some(TimestampInFuture)),
        (0, i64::MAX, Some(TimestampInFuture), None),
        (i64::MAX, i64::MAX, None, None),
        (i64::MAX, i64::MAX - WINDOW_MS, None, None),
        (i64::MAX, 0, Some(TimestampExpired), None),
    ] {
        let clock = Timestamp::from_millis(now);
        let wide = builder().dangerously_wide_window(Duration::MAX);
        for (builder, expected) in [(builder(), usual), (wide, widest)] {
            let verifier = builder.clock(clock).build().unwrap();
            let rejected = verify_at(&verifier, signed).err();
            assert_eq!(rejected.map(|r| r.reason()), expected, "{signed} at {now}");
        }
    }
}
