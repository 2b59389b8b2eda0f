use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use online_contact::{Conclusion, Start, Verifier};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::collect::Collect;
use crate::refusal::{Protocol, Refusal};
use crate::slow::{SlowVerdict, Verdict, with_guard, with_keys};
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
        Reading { collect: Collect<B>, rest: Option<Rest<S>> },
        // A key source or a replay guard has been asked.
        Asking { verdict: SlowVerdict<B>, rest: Option<Rest<S>> },
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
    pub(crate) fn new(service: S, verifier: Verifier, start: Start, parts: Parts, body: B) -> Self
    where
        B: Body + Send + Unpin + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let state = match start {
            Start::Now(verification) => {
                let collect = Collect::new(verification, body, verifier.body_timeout());
                State::Reading { collect, rest: Some(Rest { service, verifier, parts }) }
            }
            Start::Later { verification, unanswered } => {
                let verdict = with_keys(verification, unanswered, body, verifier.clone());
                let rest = Some(Rest { service, verifier, parts });
                State::Asking { verdict: Box::pin(verdict), rest }
            }
        };
        Self { state }
    }

    pub(crate) const fn refused(response: Response<Refusal>) -> Self {
        Self { state: State::Refused { response: Some(response) } }
    }
}

impl<S> Rest<S> {
    /// What becomes of the request now that the verdict is in.
    fn after<B, F>(self, verdict: Verdict<B>) -> State<S, B, F>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
    {
        match verdict {
            Ok((verified, body)) => {
                let mut request = Request::from_parts(self.parts, body);
                request.extensions_mut().insert(verified);
                State::Waiting { service: self.service, request: Some(request) }
            }
            Err((rejection, unread)) => {
                let protocol = Protocol::of(&self.parts);
                let response = protocol.refuse(&self.verifier, rejection, unread);
                State::Refused { response: Some(response) }
            }
        }
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
                    let collected = ready!(collect.poll(cx));
                    let Some(rest) = rest.take() else { return Poll::Pending };
                    match collected {
                        Ok((Conclusion::Later { verdict, .. }, body)) => {
                            let verdict = Box::pin(with_guard(verdict, body));
                            State::Asking { verdict, rest: Some(rest) }
                        }
                        Ok((Conclusion::Now(verdict), body)) => rest
                            .after(verdict.map(|verified| (verified, body)).map_err(|r| (r, None))),
                        Err(refused) => rest.after(Err(refused)),
                    }
                }
                StateProj::Asking { verdict, rest } => {
                    let verdict = ready!(verdict.as_mut().poll(cx));
                    let Some(rest) = rest.take() else { return Poll::Pending };
                    rest.after(verdict)
                }
                StateProj::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else { return Poll::Pending };
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
            State::Asking { .. } => "asking for keys or for a replay",
            State::Waiting { .. } => "waiting for the service",
            State::Calling { .. } => "calling the service",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
