//! A hand-written verification, with at most one fault.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::request::Parts;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::sync::Barrier;

use super::fault::Fault;
use super::mac::{mac, matches, signed_body};
use super::rejection::Rejection;

const WINDOW_MS: i64 = 300_000;
const LIMIT: usize = 1024 * 1024;

/// The reference requests, which the doctor sends first and one after the other.
pub(crate) const REFERENCES: usize = 6;

/// The deadline of the bodies of reference requests, which no busy machine reaches.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// The requests of the probe `crowd_mixed`.
const CROWD: usize = 32;

/// The length of the buffer of [`Fault::FirstPartOnly`].
const FIRST_PART: usize = 1_000;

/// The state of a server.
#[derive(Debug)]
pub(crate) struct Verification {
    fault: Fault,
    /// The deadline of a body after the reference requests.
    deadline: Duration,
    /// The number of requests.
    pub(crate) asked: AtomicUsize,
    seen: Mutex<HashSet<String>>,
    /// The verdict of [`Fault::MixedUp`].
    latest: Mutex<Result<(), Rejection>>,
    crowd: Barrier,
}

impl Verification {
    pub(crate) fn new(fault: Fault, deadline: Duration) -> Self {
        Self {
            fault,
            deadline,
            asked: AtomicUsize::new(0),
            seen: Mutex::new(HashSet::new()),
            latest: Mutex::new(Ok(())),
            crowd: Barrier::new(CROWD),
        }
    }

    /// Returns the body of an accepted request.
    pub(crate) async fn verify(&self, head: &Parts, body: Incoming) -> Result<Vec<u8>, Rejection> {
        if self.fault == Fault::AcceptsEverything {
            return self.read(head, body).await;
        }
        let time = self.one(&head.headers, "x-tc-timestamp")?.ok_or(Rejection::BadTime)?;
        self.check_time(time)?;
        let signature = self.one(&head.headers, "authorization")?;
        if signature.is_none() && self.fault != Fault::UnsignedPasses {
            return Err(Rejection::Unsigned);
        }
        let body = self.read(head, body).await?;
        let mut verdict = match signature {
            Some(signature) => self.check_signature(head.uri.path(), &body, time, signature),
            None => Ok(()),
        };
        if self.fault == Fault::MixedUp && !self.is_reference() {
            verdict = self.mix_up(verdict).await;
        }
        verdict.map(|()| body)
    }

    /// Returns the verdict of the request that comes last, when the whole crowd is there.
    async fn mix_up(&self, verdict: Result<(), Rejection>) -> Result<(), Rejection> {
        *self.latest.lock().unwrap() = verdict;
        self.crowd.wait().await;
        *self.latest.lock().unwrap()
    }

    fn is_reference(&self) -> bool {
        self.asked.load(Ordering::SeqCst) <= REFERENCES
    }

    fn one<'a>(&self, headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Rejection> {
        let mut values = headers.get_all(name).iter();
        let first = values.next().map(|value| value.to_str().unwrap());
        if values.next().is_some() && self.fault != Fault::FirstOfTwo {
            return Err(Rejection::Duplicate);
        }
        Ok(first)
    }

    fn check_time(&self, text: &str) -> Result<(), Rejection> {
        let mut time = self.parse_time(text).ok_or(Rejection::BadTime)?;
        if self.fault == Fault::TakesSeconds {
            time = time.checked_mul(1_000).ok_or(Rejection::BadTime)?;
        }
        let age = self.now().saturating_sub(time);
        let window = match self.fault {
            Fault::NoWindow => return Ok(()),
            Fault::WindowOfSeconds => 5_000,
            Fault::WindowTooNarrow => 60_000,
            _ => WINDOW_MS,
        };
        let ahead = if self.fault == Fault::FutureAccepted { i64::MAX } else { window };
        if age <= window && age.saturating_neg() <= ahead {
            Ok(())
        } else {
            Err(Rejection::BadTime)
        }
    }

    fn parse_time(&self, text: &str) -> Option<i64> {
        match self.fault {
            Fault::LibraryParse => return text.parse().ok(),
            Fault::SpacesRemoved => return text.replace(' ', "").parse().ok(),
            #[allow(clippy::cast_possible_truncation)]
            Fault::FloatParse => return text.parse::<f64>().ok().map(|time| time as i64),
            _ => {}
        }
        let first = text.split(',').next()?;
        let text = if self.fault == Fault::FirstOfList { first } else { text };
        let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| canonical)
    }

    pub(crate) fn now(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        i64::try_from(now).unwrap() + self.ahead()
    }

    /// The error of the clock in milliseconds.
    fn ahead(&self) -> i64 {
        match self.fault {
            Fault::ClockAhead => 20_000,
            Fault::ClockFarBehind => -600_000,
            _ => 0,
        }
    }

    async fn read(&self, head: &Parts, body: Incoming) -> Result<Vec<u8>, Rejection> {
        let declared = head.headers.get("content-length");
        let declared = declared.map(|length| length.to_str().unwrap().parse().unwrap());
        if declared.is_none() && self.fault == Fault::NoChunks {
            return Err(Rejection::Unreadable);
        }
        if body.size_hint().lower() > LIMIT as u64 && self.fault != Fault::NoLimit {
            return Err(Rejection::TooLarge);
        }
        if matches!(self.fault, Fault::NoDeadline | Fault::HangsOnPieces) {
            return self.read_all(body, declared).await;
        }
        let deadline = if self.is_reference() { LONG } else { self.deadline };
        let read = tokio::time::timeout(deadline, self.read_all(body, declared));
        read.await.map_err(|_| Rejection::TooSlow)?
    }

    async fn read_all(
        &self,
        mut body: Incoming,
        declared: Option<usize>,
    ) -> Result<Vec<u8>, Rejection> {
        let unlimited = self.fault == Fault::NoLimit
            || self.fault == Fault::DeclaredLimitOnly && declared.is_none();
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame.map_err(|_| Rejection::Unreadable)?.into_data() else { continue };
            bytes.extend_from_slice(&piece);
            if bytes.len() > LIMIT && !unlimited {
                return Err(Rejection::TooLarge);
            }
            if self.fault == Fault::HangsOnPieces && declared.is_some_and(|all| bytes.len() < all) {
                std::future::pending::<()>().await;
            }
        }
        if self.fault == Fault::FirstPartOnly {
            bytes.truncate(FIRST_PART);
        }
        Ok(bytes)
    }

    fn check_signature(
        &self,
        path: &str,
        body: &[u8],
        time: &str,
        signature: &str,
    ) -> Result<(), Rejection> {
        let signed = signed_body(self.fault, body);
        let time_signed = match self.fault {
            Fault::TimeUnsigned => "",
            Fault::FirstOfList => time.split(',').next().unwrap(),
            _ => time,
        };
        let path = if self.fault == Fault::OtherScheme { path } else { "" };
        let expected = mac(&[path.as_bytes(), &signed, time_signed.as_bytes()]);
        if !matches(self.fault, signature, &expected) {
            return Err(Rejection::Forged);
        }
        let new = self.seen.lock().unwrap().insert(format!("{time} {signature}"));
        if new || self.fault == Fault::NoReplayGuard { Ok(()) } else { Err(Rejection::Replayed) }
    }
}
