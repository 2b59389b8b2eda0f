use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;

use crate::ResponseBody;

/// The response future of a [`Verify`](crate::Verify) service.
///
/// It is fused: polled again after it has completed, it stays pending.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture<R, E>(Option<Boxed<R, E>>);

type Boxed<R, E> = Pin<Box<dyn Future<Output = Result<Response<ResponseBody<R>>, E>> + Send>>;

impl<R, E> ResponseFuture<R, E> {
    pub(crate) fn new(
        future: impl Future<Output = Result<Response<ResponseBody<R>>, E>> + Send + 'static,
    ) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<R, E> Future for ResponseFuture<R, E> {
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let output = ready!(future.as_mut().poll(cx));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<R, E> fmt::Debug for ResponseFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
