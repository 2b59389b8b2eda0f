//! The ways to a verdict on which somebody is waited for: the sender of the body, a key source before
//! it, a replay guard behind it. They are boxed, so that the usual way stays small.

use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use http_body::Body;
use online_contact::{Conclusion, Rejection, Verification, Verified, Verifier};
use tokio::time::sleep;

use crate::BufferedBody;
use crate::collect::Collect;

/// The proof and the body, or the reason to reject and the body that was not read to its end.
pub(crate) type Verdict<B> = Result<(Verified, BufferedBody), (Rejection, Option<B>)>;

/// A verdict that somebody is waited for.
pub(crate) type SlowVerdict<B> = Pin<Box<dyn Future<Output = Verdict<B>> + Send>>;

type Asked<T> = Pin<Box<dyn Future<Output = Result<T, Rejection>> + Send>>;

// Not `async fn`: what such a function is given has a place in its future twice.

/// Waits for the keys, then for the body, then for the replay guard.
pub(crate) fn with_keys<B>(
    keys: Asked<Verification>,
    unanswered: Rejection,
    body: B,
    verifier: Verifier,
) -> SlowVerdict<B>
where
    B: Body + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    Box::pin(async move {
        match within(verifier.key_source_timeout(), keys, || Err(unanswered)).await {
            Ok(verification) => {
                with_body(Collect::new(verification, body, BufferedBody::default())).await
            }
            Err(rejection) => Err((rejection, Some(body))),
        }
    })
}

/// Waits for the body, then for the replay guard.
pub(crate) fn with_body<B>(mut collect: Collect<B>) -> SlowVerdict<B>
where
    B: Body + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    Box::pin(async move {
        let timeout = collect.verifier().replay_guard_timeout();
        let mut deadline = pin!(sleep(collect.verifier().body_timeout()));
        let read = poll_fn(|cx| match collect.poll(cx) {
            Poll::Ready(read) => Poll::Ready(read),
            Poll::Pending => deadline.as_mut().poll(cx).map(|()| Err(collect.timed_out())),
        });
        let read = read.await;
        let (conclusion, body) = collect.collected(read)?;
        match conclusion {
            Conclusion::Now(verdict) => judged(verdict, body),
            asked => with_guard(asked, body, timeout).await,
        }
    })
}

/// Waits for the replay guard, if it has been asked.
pub(crate) fn with_guard<B>(
    conclusion: Conclusion,
    body: BufferedBody,
    timeout: Duration,
) -> SlowVerdict<B>
where
    B: Send + 'static,
{
    Box::pin(async move {
        let verdict = match conclusion {
            Conclusion::Now(verdict) => verdict,
            Conclusion::Later { verdict, unanswered, .. } => {
                within(timeout, verdict, || unanswered.verdict()).await
            }
        };
        judged(verdict, body)
    })
}

/// A body that has been read goes with its request, and nowhere else.
fn judged<B>(verdict: Result<Verified, Rejection>, body: BufferedBody) -> Verdict<B> {
    verdict.map(|verified| (verified, body)).map_err(|rejection| (rejection, None))
}

async fn within<T>(
    timeout: Duration,
    asked: Asked<T>,
    unanswered: impl FnOnce() -> Result<T, Rejection>,
) -> Result<T, Rejection> {
    match tokio::time::timeout(timeout, asked).await {
        Ok(answer) => answer,
        Err(_elapsed) => unanswered(),
    }
}
