//! A request whose body is there with its head, as short ones are. Its verification stays on the stack
//! of one function: to put it together elsewhere and move it costs a quarter of a MAC.

use std::error::Error;
use std::task::{Context, Poll};

use crate::budget::Reservation;
use crate::head::RequestHead;
use crate::key::KeyRing;
use crate::mac::MacStream;
use crate::metrics;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::settings::{Keys, Settings};
use crate::start::{Checked, Started, look_up};
use crate::timestamp::Digits;
use crate::verification::{Verification, poll_pieces, signed_by};
use crate::verified::{Conclusion, Matched, Verified};
use crate::verifier::Verifier;

/// The verdict on a body that is the caller's: it counts against no budget.
pub(crate) fn verify(
    verifier: &Verifier,
    head: &RequestHead<'_>,
    body: &[u8],
) -> Result<Verified, Rejection> {
    let Keys::Ring(ring) = &verifier.0.keys else {
        let mut verification = verifier.begin(head)?;
        verification.update(body)?;
        return verification.finish();
    };
    let settings = &*verifier.0;
    let (checked, digits) = settings.check(head)?;
    let length = body.len() as u64;
    let longest = head.content_length.unwrap_or_default().max(length);
    settings.within_limit(longest).map_err(|reason| checked.rejection(reason))?;
    let keys = KeyRing(ring.load_full());
    let mut mac = MacStream::new(keys.mac_keys());
    settings.scheme.open(&mut mac, head.request_uri);
    mac.update(body);
    let key_index = signed_by(&mut mac, digits, &keys, &checked.claimed);
    checked.conclude(verifier, keys, key_index, Lengths { body: length, kept: 0 }).now()
}

/// The verdict on a body, or the verification as far as the body has come.
pub(crate) fn poll_start<P, E>(
    verifier: &Verifier,
    head: &RequestHead<'_>,
    cx: &mut Context<'_>,
    next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<P, E>>>,
    keep: impl FnMut(P),
) -> Result<Started, Rejection>
where
    P: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let ring = match &verifier.0.keys {
        Keys::Ring(ring) => ring,
        Keys::Source(source) => {
            let checked = verifier.0.check(head)?;
            let (verification, unanswered) = look_up(verifier.clone(), &**source, checked, head);
            return Ok(Started::Asking { verification, unanswered });
        }
    };
    let settings = &*verifier.0;
    let (checked, digits) = settings.check(head)?;
    let declared = head.content_length.unwrap_or_default();
    settings.within_limit(declared).map_err(|reason| checked.rejection(reason))?;
    let keys = KeyRing(ring.load_full());
    let mut mac = MacStream::new(keys.mac_keys());
    settings.scheme.open(&mut mac, head.request_uri);
    let mut length = 0;
    let take = |chunk: &[u8]| {
        settings.take(&mut length, chunk)?;
        mac.update(chunk);
        Ok(())
    };
    match poll_pieces(cx, next, keep, take) {
        Poll::Ready(Ok(())) => {
            let key_index = signed_by(&mut mac, digits, &keys, &checked.claimed);
            let lengths = Lengths { body: length, kept: length };
            Ok(Started::Concluded(checked.conclude(verifier, keys, key_index, lengths)))
        }
        Poll::Ready(Err(rejection)) => Err(rejection.with_age(checked.age_ms)),
        Poll::Pending => {
            let mut reservation = Reservation::new(verifier.clone());
            if !reservation.grow(length) {
                return Err(checked.rejection(Reason::Overloaded));
            }
            let checked = (checked, Digits::received(digits));
            Ok(Started::Reading(Verification::new(checked, keys, mac, reservation)))
        }
    }
}

impl Settings {
    /// Counts a piece. That there is room for what came is enough: it is kept no longer than until the next
    /// step, and only what is waited for is reserved.
    fn take(&self, length: &mut u64, piece: &[u8]) -> Result<(), Reason> {
        *length = length.saturating_add(piece.len() as u64);
        self.within_limit(*length)?;
        if self.budget.has_room(*length) { Ok(()) } else { Err(Reason::Overloaded) }
    }
}

/// How many bytes a body has, and how many of them are kept until the replay guard has answered.
#[derive(Clone, Copy)]
struct Lengths {
    body: u64,
    kept: u64,
}

impl Checked {
    /// Rows 13 to 15, under the verifier's own keys.
    fn conclude(
        &self,
        verifier: &Verifier,
        keys: KeyRing,
        key_index: Option<u32>,
        lengths: Lengths,
    ) -> Conclusion {
        let Some(key_index) = key_index else {
            return Conclusion::Now(Err(self.rejection(Reason::SignatureMismatch)));
        };
        metrics::body(lengths.body);
        let verified = self.verified(keys, key_index, None);
        if verifier.replay_guard().is_none() {
            return Conclusion::Now(Ok(verified.passed()));
        }
        let mut reservation = Reservation::new(verifier.clone());
        if lengths.kept > 0 {
            // Whether it fits or not: the request was signed.
            reservation.grow(lengths.kept);
        }
        Matched { verified, claimed: self.claimed, reservation }.claim()
    }
}
