use std::convert::Infallible;
use std::fmt;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use http::response::Parts;
use http_body::Body;
use online_contact::{EnvelopePolicy, Failure};
use pin_project_lite::pin_project;

use super::judge::{judged, outgoing};
use super::{BoxError, EnvelopeBody};
use crate::BufferedBody;

pin_project! {
    /// The answer to be of a [`Envelope`](crate::Envelope) service.
    pub struct EnvelopeFuture<F, R> {
        contract: EnvelopePolicy,
        #[pin]
        state: State<F, R>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F, R> {
        Calling { #[pin] future: F },
        // The answer is of a kind that is looked at.
        Reading { #[pin] body: R, read: BufferedBody, limit: u64, parts: Option<Parts> },
        // No answer came.
        Broken { failure: Option<Failure> },
    }
}

impl<F, R> EnvelopeFuture<F, R> {
    pub(super) fn new(contract: EnvelopePolicy, called: Result<F, Failure>) -> Self {
        let state = match called {
            Ok(future) => State::Calling { future },
            Err(failure) => State::Broken { failure: Some(failure) },
        };
        Self { contract, state }
    }
}

impl<F, R, E> Future for EnvelopeFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
    E: Into<BoxError>,
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<EnvelopeBody<R>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let contract = *this.contract;
        let mut state = this.state;
        loop {
            match state.as_mut().project() {
                StateProj::Calling { future } => {
                    let called = match contract.guard(|| future.poll(cx)) {
                        Ok(polled) => {
                            ready!(polled).map_err(|error| contract.broken(&*error.into()))
                        }
                        Err(failure) => Err(failure),
                    };
                    let next = match called {
                        Ok(response) => looked_at(contract, response),
                        Err(failure) => ControlFlow::Break(broken(failure)),
                    };
                    match next {
                        ControlFlow::Continue(reading) => state.set(reading),
                        ControlFlow::Break(response) => return Poll::Ready(Ok(response)),
                    }
                }
                StateProj::Reading { body, read, limit, parts } => {
                    let whole = ready!(poll_read(contract, body, read, *limit, cx));
                    let Some(parts) = parts.take() else { return Poll::Pending };
                    let read = std::mem::take(read);
                    return Poll::Ready(Ok(judged(contract, parts, whole.then_some(read))));
                }
                StateProj::Broken { failure } => {
                    let Some(failure) = failure.take() else { return Poll::Pending };
                    return Poll::Ready(Ok(broken(failure)));
                }
            }
        }
    }
}

/// What comes of an answer: a state in which it is read, or the answer as it is.
fn looked_at<F, R>(
    contract: EnvelopePolicy,
    response: Response<R>,
) -> ControlFlow<Response<EnvelopeBody<R>>, State<F, R>>
where
    R: Body,
{
    let length = response.body().size_hint().exact();
    let Some(limit) = contract.wants_body(&outgoing(&response), length) else {
        return ControlFlow::Break(response.map(|body| EnvelopeBody::inner(contract, body)));
    };
    let (parts, body) = response.into_parts();
    let read = BufferedBody::default();
    ControlFlow::Continue(State::Reading { body, read, limit, parts: Some(parts) })
}

fn broken<R>(failure: Failure) -> Response<EnvelopeBody<R>> {
    Response::from(failure).map(|json| EnvelopeBody::buffered(json.into()))
}

/// Reads a body to its end: `false` if it is longer than the limit, breaks off or panics.
fn poll_read<R>(
    contract: EnvelopePolicy,
    mut body: Pin<&mut R>,
    read: &mut BufferedBody,
    limit: u64,
    cx: &mut Context<'_>,
) -> Poll<bool>
where
    R: Body<Data = Bytes>,
{
    loop {
        match contract.guard(|| body.as_mut().poll_frame(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(None)) => return Poll::Ready(true),
            Ok(Poll::Ready(Some(Ok(frame)))) => {
                read.take(frame);
                if read.len() > limit {
                    return Poll::Ready(false);
                }
            }
            Ok(Poll::Ready(Some(Err(_)))) | Err(_) => return Poll::Ready(false),
        }
    }
}

impl<F, R> fmt::Debug for EnvelopeFuture<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeFuture").field("contract", &self.contract).finish_non_exhaustive()
    }
}
