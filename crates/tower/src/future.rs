use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;

use crate::ResponseBody;

/// A boxed future that stays pending after it has completed.
pub(crate) struct Fused<T>(Option<Pin<Box<dyn Future<Output = T> + Send>>>);

impl<T> Fused<T> {
    pub(crate) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<T> Future for Fused<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let output = ready!(future.as_mut().poll(cx));
        self.0 = None;
        Poll::Ready(output)
    }
}

/// The response future of a [`Verify`](crate::Verify) service.
///
/// It is fused: polled again after it has completed, it stays pending.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture<R, E>(pub(crate) Fused<Result<Response<ResponseBody<R>>, E>>);

impl<R, E> Future for ResponseFuture<R, E> {
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<R, E> fmt::Debug for ResponseFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
