//! Bodies that are recorded while they pass.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};

use crate::verdict::BodyEnd;

type BoxError = Box<dyn Error + Send + Sync>;

/// A body as far as it was recorded.
#[derive(Debug)]
pub(super) struct Recorded {
    /// The beginning of the body, up to the limit.
    pub(super) bytes: Vec<u8>,
    /// The number of bytes that passed.
    pub(super) length: u64,
    pub(super) end: BodyEnd,
    limit: usize,
}

impl Recorded {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), length: 0, end: BodyEnd::Unread, limit }
    }

    fn push(&mut self, data: &[u8]) {
        let room = self.limit.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(data.get(..room).unwrap_or(data));
        self.length += data.len() as u64;
    }

    /// Returns whether bytes passed that were not recorded.
    pub(super) fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

/// Reads a body up to the limit or the deadline.
pub(super) async fn read<B>(mut body: B, limit: usize, deadline: Duration) -> Recorded
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut recorded = Recorded::new(limit);
    let reading = async {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return BodyEnd::Broken };
            if let Some(data) = frame.data_ref() {
                recorded.push(data);
            }
            if recorded.length >= limit as u64 {
                break;
            }
        }
        BodyEnd::Whole
    };
    let end = tokio::time::timeout(deadline, reading).await.unwrap_or(BodyEnd::TooSlow);
    recorded.end = end;
    recorded
}

/// A body that passes on what it gets, and reports a record of it when it ends or is dropped.
#[derive(Debug)]
pub(super) struct Tee<B: Body<Data = Bytes>> {
    inner: B,
    deadline: Pin<Box<Sleep>>,
    record: Option<(Recorded, oneshot::Sender<Recorded>)>,
}

impl<B: Body<Data = Bytes>> Tee<B> {
    pub(super) fn new(
        inner: B,
        limit: usize,
        deadline: Instant,
    ) -> (Self, oneshot::Receiver<Recorded>) {
        let (sender, receiver) = oneshot::channel();
        let record = Some((Recorded::new(limit), sender));
        let deadline = Box::pin(tokio::time::sleep_until(deadline));
        (Self { inner, deadline, record }, receiver)
    }

    fn finish(&mut self, end: BodyEnd) {
        if let Some((mut recorded, sender)) = self.record.take() {
            recorded.end = end;
            // Nothing waits for it if the program stops.
            let _ = sender.send(recorded);
        }
    }
}

impl<B> Body for Tee<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some((recorded, _)), Some(data)) = (&mut this.record, frame.data_ref()) {
                    recorded.push(data);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.finish(BodyEnd::Broken);
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(None) => {
                this.finish(BodyEnd::Whole);
                Poll::Ready(None)
            }
            Poll::Pending => {
                if this.deadline.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                this.finish(BodyEnd::TooSlow);
                Poll::Ready(Some(Err("the body did not end in time".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body<Data = Bytes>> Drop for Tee<B> {
    fn drop(&mut self) {
        let end = if self.inner.is_end_stream() { BodyEnd::Whole } else { BodyEnd::Unread };
        self.finish(end);
    }
}
