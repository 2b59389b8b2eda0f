use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use online_contact::{Verification, Verified, Verifier};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::collect::Collect;
use crate::refusal::{Protocol, Refusal};
use crate::{BufferedBody, ResponseBody};

pin_project! {
    /// The answer to be of a [`Verify`](crate::Verify) service.
    ///
    /// Polled again after it is done, it stays pending.
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<BufferedBody>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F> {
        // The verdict was in before the body.
        Refused { response: Option<Response<Refusal>> },
        // The body comes in; the rest of the request waits for it.
        Reading { #[pin] collect: Collect<B>, rest: Option<Rest<S>> },
        // The request has passed, and the inner service is asked for room.
        Waiting { service: S, request: Option<Request<BufferedBody>> },
        Calling { #[pin] future: F },
    }
}

struct Rest<S> {
    service: S,
    verifier: Verifier,
    parts: Parts,
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<BufferedBody>>,
{
    pub(crate) fn reading(
        service: S,
        verifier: Verifier,
        verification: Verification,
        parts: Parts,
        body: B,
    ) -> Self {
        let collect = Collect::new(verification, body, verifier.body_timeout());
        Self { state: State::Reading { collect, rest: Some(Rest { service, verifier, parts }) } }
    }

    pub(crate) const fn refused(response: Response<Refusal>) -> Self {
        Self { state: State::Refused { response: Some(response) } }
    }
}

impl<S> Rest<S> {
    fn pass<B, F>(self, verified: Verified, body: BufferedBody) -> State<S, B, F> {
        let mut request = Request::from_parts(self.parts, body);
        request.extensions_mut().insert(verified);
        State::Waiting { service: self.service, request: Some(request) }
    }
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<BufferedBody>, Response = Response<R>>,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Reading { collect, rest } => {
                    let verdict = ready!(collect.poll(cx));
                    let Some(rest) = rest.take() else {
                        return Poll::Pending;
                    };
                    match verdict {
                        Ok((verified, body)) => rest.pass(verified, body),
                        Err((rejection, unread)) => {
                            let protocol = Protocol::of(&rest.parts);
                            let response = protocol.refuse(&rest.verifier, rejection, unread);
                            State::Refused { response: Some(response) }
                        }
                    }
                }
                StateProj::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else {
                        return Poll::Pending;
                    };
                    State::Calling { future: service.call(request) }
                }
                StateProj::Calling { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::inner)));
                }
                StateProj::Refused { response } => {
                    let Some(response) = response.take() else {
                        return Poll::Pending;
                    };
                    return Poll::Ready(Ok(response.map(ResponseBody::refusal)));
                }
            };
            state.set(next);
        }
    }
}

impl<S, B> fmt::Debug for ResponseFuture<S, B>
where
    S: Service<Request<BufferedBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Refused { .. } => "refused",
            State::Reading { .. } => "reading the body",
            State::Waiting { .. } => "waiting for the service",
            State::Calling { .. } => "calling the service",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
