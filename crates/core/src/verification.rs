//! A request on its way to a verdict: rows 9 to 13 of the protocol's table.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use subtle::{Choice, ConditionallySelectable};

use crate::budget::Reservation;
use crate::key::KeyRing;
use crate::mac::{self, MacStream};
use crate::metrics;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::signing::Signature;
use crate::start::Checked;
use crate::timestamp::Digits;
use crate::verified::{Conclusion, Matched, Verified};
use crate::verifier::Verifier;

/// A request whose headers have passed: feed it the body, then ask for the verdict.
///
/// It is owned, allocates nothing with up to four keys, and forgets each chunk once it is hashed.
/// [`Verifier::begin`] makes it; its example shows the whole way.
#[must_use = "a verification is no verdict before `finish`"]
pub struct Verification {
    checked: Checked,
    /// The timestamp as it was received, which is what was signed.
    digits: Digits,
    keys: KeyRing,
    tenant: Option<Arc<str>>,
    /// Whether the keys are somebody's, so that a match counts.
    tenant_exists: bool,
    mac: MacStream,
    reservation: Reservation,
    /// Why the body was rejected, if it was: the request can't pass any more.
    rejected: Option<Reason>,
}

impl Verification {
    /// So many pieces of a body are taken without a pause; then other tasks get their turn, however fast
    /// the pieces come. One without bytes costs its sender nothing and counts against no limit.
    pub const PIECES_PER_TURN: u32 = 128;

    pub(crate) fn new(
        (checked, digits): (Checked, Digits),
        keys: KeyRing,
        mac: MacStream,
        reservation: Reservation,
    ) -> Self {
        let (tenant, tenant_exists, rejected) = (None, true, None);
        Self { checked, digits, keys, tenant, tenant_exists, mac, reservation, rejected }
    }

    /// The same under the keys of a tenant, or where there is none such, of nobody.
    pub(crate) fn of_tenant(self, name: String, exists: bool) -> Self {
        Self { tenant: Some(name.into()), tenant_exists: exists, ..self }
    }

    /// Takes the next piece of the body, in the order in which it came.
    ///
    /// # Errors
    ///
    /// [`Reason::BodyTooLarge`] as soon as the body is longer than the limit, [`Reason::Overloaded`] if
    /// it does not fit into the [budget](crate::BufferBudget) at present. That piece is not hashed; the
    /// request can't pass any more.
    pub fn update(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        self.take(chunk).map_err(|reason| {
            self.rejected = Some(reason);
            self.checked.rejection(reason)
        })
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), Reason> {
        if let Some(reason) = self.rejected {
            return Err(reason);
        }
        let length = chunk.len() as u64;
        self.verifier().0.within_limit(self.reservation.bytes().saturating_add(length))?;
        if !self.reservation.grow(length) {
            return Err(Reason::Overloaded);
        }
        self.mac.update(chunk);
        Ok(())
    }

    /// Takes the pieces that are there: what adapters pump a body with.
    ///
    /// `next` polls the body for a piece, `keep` gets each piece once it is hashed. It is ready at the
    /// body's end, and pending where the body is, or where the pieces never stop. The deadline,
    /// [`Verifier::body_timeout`], is the adapter's: it looks at its timer whenever this is pending.
    ///
    /// # Errors
    ///
    /// What [`update`](Self::update) says, and [`Reason::BodyUnreadable`] for an error of the body.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use std::task::{Context, Poll, Waker};
    /// use online_contact::{RequestHead, Verifier};
    /// # use online_contact::{SecurityKey, Timestamp};
    ///
    /// # let verifier = Verifier::builder()
    /// #     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    /// #     .clock(Timestamp::from_millis(1_732_400_000_000))
    /// #     .build()?;
    /// # let head = RequestHead::new("/customer")
    /// #     .timestamp(b"1732400000000")
    /// #     .authorization(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=");
    /// let mut body = [r#"{"callNum":"1","#, r#""nation":"korea"}"#].into_iter();
    /// let mut verification = verifier.begin(&head)?;
    /// let mut kept = String::new();
    /// let polled = verification.poll_body(
    ///     &mut Context::from_waker(Waker::noop()),
    ///     |_cx| Poll::Ready(body.next().map(Ok::<_, Infallible>)),
    ///     |piece| kept.push_str(piece),
    /// );
    /// assert!(matches!(polled, Poll::Ready(Ok(()))));
    /// assert_eq!(kept, r#"{"callNum":"1","nation":"korea"}"#);
    /// verification.finish()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poll_body<P, E>(
        &mut self,
        cx: &mut Context<'_>,
        next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<P, E>>>,
        keep: impl FnMut(P),
    ) -> Poll<Result<(), Rejection>>
    where
        P: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let age_ms = self.checked.age_ms;
        let polled = poll_pieces(cx, next, keep, |chunk| self.take(chunk));
        if let Poll::Ready(Err(rejection)) = &polled {
            self.rejected = Some(rejection.reason());
        }
        polled.map_err(|rejection| rejection.with_age(age_ms))
    }

    /// The verdict on the whole body.
    ///
    /// Every key is tried and the comparisons take the same time whatever they find. A replay guard
    /// that answers later, as one on Redis does, can't be waited for here and is rejected as unavailable:
    /// use [`conclude`](Self::conclude) with one.
    ///
    /// # Errors
    ///
    /// [`Reason::SignatureMismatch`]; what the body was rejected for before; with a replay guard
    /// [`Reason::Replayed`], [`Reason::Overloaded`] where it is full, [`Reason::ReplayGuardUnavailable`],
    /// and [`Reason::TimestampExpired`] where the body took so long that the guard may have forgotten the
    /// request.
    pub fn finish(self) -> Result<Verified, Rejection> {
        self.conclude().now()
    }

    /// The verdict on the whole body, now or later: what the adapters call.
    ///
    /// ```
    /// use online_contact::{Conclusion, RequestHead, SecurityKey, Timestamp, Verified, Verifier};
    ///
    /// async fn verdict(
    ///     verifier: &Verifier,
    ///     head: &RequestHead<'_>,
    ///     body: &[u8],
    /// ) -> Result<Verified, online_contact::Rejection> {
    ///     let mut verification = verifier.begin(head)?;
    ///     verification.update(body)?;
    ///     match verification.conclude() {
    ///         Conclusion::Now(verdict) => verdict,
    ///         // An adapter gives `unanswered.verdict()` once `Verifier::replay_guard_timeout` is over.
    ///         Conclusion::Later { verdict, .. } => verdict.await,
    ///     }
    /// }
    /// ```
    pub fn conclude(self) -> Conclusion {
        let Self { checked, digits, keys, tenant, tenant_exists, mut mac, reservation, rejected } =
            self;
        if let Some(reason) = rejected {
            return Conclusion::Now(Err(checked.rejection(reason)));
        }
        let signed_by = signed_by(&mut mac, digits.as_bytes(), &keys, &checked.claimed);
        let Some(key_index) = signed_by.filter(|_| tenant_exists) else {
            return Conclusion::Now(Err(checked.rejection(Reason::SignatureMismatch)));
        };
        metrics::body(reservation.bytes());
        let verified = checked.verified(keys, key_index, tenant);
        Matched { verified, claimed: checked.claimed, reservation }.claim()
    }

    /// The body did not come within [`Verifier::body_timeout`]: what to answer.
    #[must_use]
    pub fn body_timed_out(&self) -> Rejection {
        self.checked.rejection(Reason::BodyTimeout)
    }

    /// The body broke off or was malformed: what to answer. The source goes to the log, never to the
    /// caller.
    #[must_use]
    pub fn body_unreadable(&self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Rejection {
        self.checked.rejection(Reason::BodyUnreadable).with_source(source)
    }

    /// The verifier that decides.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        self.reservation.verifier()
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification")
            .field("keys", &self.keys)
            .field("timestamp", &self.checked.timestamp)
            .field("received", &self.reservation.bytes())
            .finish_non_exhaustive()
    }
}

/// Takes the pieces that are there. A rejection knows no age yet.
pub(crate) fn poll_pieces<P, E>(
    cx: &mut Context<'_>,
    mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<P, E>>>,
    mut keep: impl FnMut(P),
    mut take: impl FnMut(&[u8]) -> Result<(), Reason>,
) -> Poll<Result<(), Rejection>>
where
    P: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    for _ in 0..Verification::PIECES_PER_TURN {
        match ready!(next(cx)) {
            Some(Ok(piece)) => {
                take(piece.as_ref())?;
                keep(piece);
            }
            Some(Err(error)) => {
                let rejection = Rejection::from(Reason::BodyUnreadable).with_source(error);
                return Poll::Ready(Err(rejection));
            }
            None => return Poll::Ready(Ok(())),
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// Row 13: which of the keys signed the message. All are tried.
pub(crate) fn signed_by(
    mac: &mut MacStream,
    digits: &[u8],
    keys: &KeyRing,
    claimed: &Signature,
) -> Option<u32> {
    mac.update(digits);
    let mut matched = Choice::from(0);
    let mut key_index = 0_u32;
    for (index, tag) in (0_u32..).zip(mac.finish(keys.mac_keys())) {
        let equal = mac::equal(&tag, &claimed.0);
        key_index.conditional_assign(&index, equal);
        matched |= equal;
    }
    bool::from(matched).then_some(key_index)
}
