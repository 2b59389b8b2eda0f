use std::pin::Pin;
use std::task::{Context, Poll};

/// A value that is there, without an allocation, or a boxed future of one.
pub(crate) enum Later<T> {
    Ready(Option<T>),
    Future(Pin<Box<dyn Future<Output = T> + Send>>),
}

impl<T> Later<T> {
    pub(crate) fn future(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self::Future(Box::pin(future))
    }
}

impl<T: Unpin> Future for Later<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match &mut *self {
            // A value that was taken does not come again.
            Self::Ready(value) => value.take().map_or(Poll::Pending, Poll::Ready),
            Self::Future(future) => future.as_mut().poll(cx),
        }
    }
}
