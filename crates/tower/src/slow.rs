//! The ways to a verdict that have to ask somebody: a key source before the body, a replay guard
//! behind it. They are boxed, so that the usual way stays small.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use http_body::Body;
use online_contact::{Conclusion, Rejection, Verification, Verified, Verifier};

use crate::BufferedBody;
use crate::collect::Collect;
use crate::deadline::Deadline;

/// The proof and the body, or the reason to refuse and the body that was not read to its end.
pub(crate) type Verdict<B> = Result<(Verified, BufferedBody), (Rejection, Option<B>)>;

/// A verdict that somebody is asked for.
pub(crate) type SlowVerdict<B> = Pin<Box<dyn Future<Output = Verdict<B>> + Send>>;

type Asked<T> = Pin<Box<dyn Future<Output = Result<T, Rejection>> + Send>>;

/// Waits for the keys, then for the body, then for the verdict.
pub(crate) async fn with_keys<B>(
    mut keys: Asked<Verification>,
    unanswered: Rejection,
    body: B,
    verifier: Verifier,
) -> Verdict<B>
where
    B: Body + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut deadline = Deadline::after(verifier.key_source_timeout());
    let found = poll_fn(|cx| match keys.as_mut().poll(cx) {
        Poll::Ready(found) => Poll::Ready(found),
        Poll::Pending => deadline.poll(cx).map(|()| Err(unanswered.clone())),
    });
    let verification = match found.await {
        Ok(verification) => verification,
        Err(rejection) => return Err((rejection, Some(body))),
    };
    let mut collect = Collect::new(verification, body, verifier.body_timeout());
    let (conclusion, body) = poll_fn(|cx| collect.poll(cx)).await?;
    match conclusion {
        Conclusion::Now(Ok(verified)) => Ok((verified, body)),
        Conclusion::Now(Err(rejection)) => Err((rejection, None)),
        Conclusion::Later { verdict, .. } => with_guard(verdict, body).await,
    }
}

/// Waits for the replay guard.
pub(crate) async fn with_guard<B>(verdict: Asked<Verified>, body: BufferedBody) -> Verdict<B> {
    match verdict.await {
        Ok(verified) => Ok((verified, body)),
        Err(rejection) => Err((rejection, None)),
    }
}
