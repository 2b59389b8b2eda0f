use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, ready};

use futures_core::Stream;

/// Chunks taken before other tasks get their turn: a chunk without bytes counts against no limit.
const CHUNKS_PER_TURN: u32 = 128;

/// The end of a body that was not read whole.
pub(crate) enum Stopped<E, S> {
    /// The body failed.
    Failed(E),
    /// `take` did not take a chunk.
    Rejected(S),
}

/// Calls `take` for each chunk of a body, in order, up to its end or the first error.
pub(crate) fn for_each_chunk<B, C, E, S>(
    body: &mut B,
    mut take: impl FnMut(&[u8]) -> Result<(), S> + Unpin,
) -> impl Future<Output = Result<(), Stopped<E, S>>> + Unpin
where
    B: Stream<Item = Result<C, E>> + Unpin,
    C: AsRef<[u8]>,
{
    poll_fn(move |cx| {
        for _ in 0..CHUNKS_PER_TURN {
            match ready!(Pin::new(&mut *body).poll_next(cx)) {
                Some(Ok(chunk)) => take(chunk.as_ref()).map_err(Stopped::Rejected)?,
                Some(Err(error)) => return Poll::Ready(Err(Stopped::Failed(error))),
                None => return Poll::Ready(Ok(())),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}
