use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// A source of deadlines, as in `hyper::rt`: the core knows no runtime.
///
/// The adapters bring one for their runtime. [`Verifier::verify`](crate::Verifier::verify) calls it
/// only when the body, a key source or a replay guard is pending.
///
/// ```
/// use std::time::Duration;
/// use online_contact::Timer;
///
/// struct TokioTimer;
///
/// impl Timer for TokioTimer {
///     fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
///         tokio::time::sleep(duration)
///     }
/// }
/// ```
pub trait Timer {
    /// Returns a future that resolves after this duration.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// Resolves to `None` if the future is still pending after `limit`, counted from its first wait.
// Not an `async fn`: that would store the future twice.
pub(crate) fn within<F: Future + Unpin>(
    timer: &impl Timer,
    limit: Duration,
    mut future: F,
) -> impl Future<Output = Option<F::Output>> {
    // Boxed, so that a request that waits for nothing does not carry the room of a timer.
    let mut deadline: Option<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = None;
    poll_fn(move |cx| {
        if let Poll::Ready(output) = Pin::new(&mut future).poll(cx) {
            return Poll::Ready(Some(output));
        }
        let deadline = deadline.get_or_insert_with(|| Box::pin(timer.sleep(limit)));
        deadline.as_mut().poll(cx).map(|()| None)
    })
}
