//! The decision: rows 1 to 15 of the protocol, top to bottom.
//!
//! No other code reaches a verdict. The table is in `docs/protocol.md`; the files beside this one hold
//! what the decision uses.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;

use crate::config::Config;
use crate::keys::KeyRing;
use crate::metrics;
use crate::rejection::Rejection;
use crate::rejection::reason::Reason;
use crate::replay::ReplayError;
use crate::verifier::Verifier;
use crate::verify::budget::Overloaded;
use crate::verify::chunks::{Stopped, for_each_chunk};
use crate::verify::head::{RequestHead, Value};
use crate::verify::length_limit::is_length_limit;
use crate::verify::mac::Macs;
use crate::verify::signature::Signature;
use crate::verify::timer::{Timer, within};
use crate::verify::timestamp::Timestamp;
use crate::verify::verified::Verified;

pub(crate) mod budget;
mod bytes;
pub(crate) mod chunks;
pub(crate) mod head;
pub(crate) mod length_limit;
pub(crate) mod mac;
pub(crate) mod signature;
pub(crate) mod timer;
pub(crate) mod timestamp;
pub(crate) mod verified;

type BoxError = Box<dyn Error + Send + Sync>;

impl Verifier {
    /// Verifies a request: rows 1 to 15 of the protocol, in order.
    ///
    /// Reads nothing of the body before all header checks have passed, and reads it to its end after
    /// that. The chunks are hashed and forgotten; a caller that needs the body records it on the way, for
    /// example with [`Recorded`](crate::Recorded). The future is cancel-safe: when it is dropped, it
    /// releases its share of the body budget.
    ///
    /// # Errors
    ///
    /// Returns the first check that fails, as a [`Rejection`]. [`reject`](Self::reject) renders it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use futures_util::stream;
    /// use online_contact::{RequestHead, SecurityKey, Timer, Timestamp, Verifier};
    ///
    /// struct TokioTimer;
    ///
    /// impl Timer for TokioTimer {
    ///     fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
    ///         tokio::time::sleep(duration)
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let verifier = Verifier::builder()
    ///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    ///     .clock(Timestamp::from_millis(1_732_400_000_000)) // stands still, for this example
    ///     .build()?;
    /// let head = RequestHead::new("/customer")
    ///     .timestamp(b"1732400000000")
    ///     .authorization(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=");
    /// let chunks = [r#"{"callNum":"1","#, r#""nation":"korea"}"#];
    /// let mut body = stream::iter(chunks.map(Ok::<_, std::io::Error>));
    ///
    /// let verified = verifier.verify(&head, &mut body, &TokioTimer).await?;
    /// assert_eq!(verified.key_label(), "key-1");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn verify<B, C, E>(
        &self,
        head: &RequestHead<'_>,
        body: &mut B,
        timer: &impl Timer,
    ) -> Result<Verified, Rejection>
    where
        B: Stream<Item = Result<C, E>> + Unpin,
        C: AsRef<[u8]>,
        E: Into<BoxError>,
    {
        let config = &*self.0;

        // Rows 1 to 7: the headers.
        let signed = check_headers(config, head)?;
        let reject = |reason| Rejection::from(reason).with_age(signed.age_ms);

        // Row 8: the keys. An unknown tenant costs what one with a single key does.
        let (tenant, keys) = config.keys.find(head);
        let tenant = tenant.map(Arc::from);
        let found = within(timer, config.key_source_timeout, keys).await;
        let (keys, is_known) = found
            .unwrap_or_else(|| Err(no_response("key source", config.key_source_timeout)))
            .map(|found| {
                let is_known = found.is_some();
                (found.unwrap_or_else(KeyRing::of_unknown_tenant), is_known)
            })
            .map_err(|error| reject(Reason::KeySourceUnavailable).with_source(error))?;

        // Rows 9 to 12: the body.
        let declared = head.content_length.unwrap_or_default();
        check_length(config, declared).map_err(reject)?;
        let mut reservation = config.budget.reserve();
        let key_index = {
            // A scope of its own keeps the MACs, which are large, out of the wait for the replay guard.
            let mut macs = Macs::default();
            macs.begin(keys.mac_keys());
            macs.update(config.scheme.prefix(head.request_uri).as_bytes());
            let read = for_each_chunk(body, |chunk| {
                let length = chunk.len() as u64;
                check_length(config, reservation.received().saturating_add(length))?;
                reservation.grow(length).map_err(|Overloaded| Reason::Overloaded)?;
                macs.update(chunk);
                Ok(())
            });
            match within(timer, config.body_timeout, read).await {
                None => return Err(reject(Reason::BodyTimeout)),
                Some(Err(Stopped::Rejected(reason))) => return Err(reject(reason)),
                Some(Err(Stopped::Failed(error))) => {
                    let error = error.into();
                    let too_large = is_length_limit(&*error);
                    let reason =
                        if too_large { Reason::BodyTooLarge } else { Reason::BodyUnreadable };
                    return Err(reject(reason).with_source(error));
                }
                Some(Ok(())) => {}
            }
            let received = reservation.received();
            if received < declared {
                let ended = format!("the body ended after {received} of {declared} declared bytes");
                return Err(reject(Reason::BodyUnreadable).with_source(ended));
            }

            // Row 13: the signature.
            macs.update(signed.timestamp_text);
            let matched = macs.verify(&signed.signature).filter(|_| is_known);
            matched.ok_or_else(|| reject(Reason::SignatureMismatch))?
        };
        metrics::body(reservation.received());
        let verified = Verified {
            verifier_id: config.id,
            body_limit: config.body_limit,
            keys,
            key_index,
            tenant,
            timestamp: signed.timestamp,
            age_ms: signed.age_ms,
            signature: signed.signature,
        };

        // Rows 14 and 15: the replay guard. A request that an outer layer verified has its claim.
        let mut is_guarded = true;
        if head.is_proved_by(&verified) {
            tracing::warn!(
                target: "online_contact",
                "request verified twice by one verifier; remove one of the two layers"
            );
        } else if let Some(guard) = &config.replay_guard {
            let reject = |reason| verified.label(reject(reason));
            let claim = config
                .replay_claim(signed.timestamp, signed.signature)
                .ok_or_else(|| reject(Reason::TimestampExpired))?;
            let claimed = within(timer, config.replay_guard_timeout, guard.claim(claim)).await;
            let claimed = claimed.unwrap_or_else(|| {
                let error = no_response("replay guard", config.replay_guard_timeout);
                Err(ReplayError::Unavailable(error))
            });
            match claimed {
                Ok(()) => {}
                Err(ReplayError::Replayed) => return Err(reject(Reason::Replayed)),
                Err(ReplayError::Full) => return Err(reject(Reason::Overloaded)),
                Err(ReplayError::Unavailable(error)) => {
                    let rejection = reject(Reason::ReplayGuardUnavailable).with_source(error);
                    if !config.passes_without_replay_guard {
                        return Err(rejection);
                    }
                    rejection.log_as("request passed without the replay guard");
                    is_guarded = false;
                }
            }
        }
        verified.count(is_guarded);
        Ok(verified)
    }
}

/// The headers of a request that has passed rows 1 to 7.
struct SignedHead<'a> {
    /// The timestamp as received, which is part of the signed bytes.
    timestamp_text: &'a [u8],
    timestamp: Timestamp,
    age_ms: i64,
    signature: Signature,
}

/// Checks rows 1 to 7.
fn check_headers<'a>(config: &Config, head: &RequestHead<'a>) -> Result<SignedHead<'a>, Rejection> {
    if head.timestamp == Value::Several || head.authorization == Value::Several {
        return Err(Reason::HeaderDuplicated.into());
    }
    let Value::One(timestamp_text) = head.timestamp else {
        return Err(Reason::TimestampMissing.into());
    };
    let timestamp = Timestamp::parse(timestamp_text).map_err(|_| Reason::TimestampNotNumeric)?;
    let age_ms = timestamp.age_at(config.clock.now());
    let reject = |reason| Rejection::from(reason).with_age(age_ms);
    if age_ms > config.window_ms {
        return Err(reject(Reason::TimestampExpired));
    }
    if age_ms < -config.window_ms {
        return Err(reject(Reason::TimestampInFuture));
    }
    let Value::One(authorization) = head.authorization else {
        return Err(reject(Reason::AuthorizationMissing));
    };
    let signature =
        Signature::parse(authorization).map_err(|_| reject(Reason::AuthorizationMalformed))?;
    Ok(SignedHead { timestamp_text, timestamp, age_ms, signature })
}

/// Checks row 9.
fn check_length(config: &Config, length: u64) -> Result<(), Reason> {
    if length > config.body_limit { Err(Reason::BodyTooLarge) } else { Ok(()) }
}

fn no_response(of: &str, timeout: Duration) -> BoxError {
    format!("the {of} did not respond within {timeout:?}").into()
}
