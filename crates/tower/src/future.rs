use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use online_contact::{Conclusion, RequestHead, Started, Verifier};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::collect::{Collect, next, rejected};
use crate::rejection::Protocol;
use crate::slow::{SlowVerdict, Verdict, with_body, with_guard, with_keys};
use crate::{BufferedBody, ResponseBody};

pin_project! {
    /// The answer to be of a [`Verify`](crate::Verify) service.
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
        // `body` is what came, until it is looked at; `slow` is where the verdict hangs on somebody: the
        // sender of the body, a key source, a replay guard. Once the request has `passed`, the service is
        // asked for room; one that is rejected never does, however often this is polled.
        Before {
            request: Option<Request<BufferedBody>>,
            body: Option<B>,
            slow: Option<SlowVerdict<B>>,
            passed: bool,
            service: S,
            verifier: Verifier,
        },
        Calling { #[pin] future: F },
    }
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<BufferedBody>>,
{
    pub(crate) fn new(service: S, verifier: Verifier, request: Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        let request = Some(Request::from_parts(parts, BufferedBody::default()));
        let (body, slow, passed) = (Some(body), None, false);
        Self { state: State::Before { request, body, slow, passed, service, verifier } }
    }
}

/// The verdict on a request, whose body is taken once it is looked at.
fn poll_verdict<B>(
    verifier: &Verifier,
    request: &Request<BufferedBody>,
    body: &mut Option<B>,
    slow: &mut Option<SlowVerdict<B>>,
    cx: &mut Context<'_>,
) -> Poll<Verdict<B>>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if let Some(body) = body.take() {
        match begin(verifier, request, body, cx) {
            Ok(verdict) => return Poll::Ready(verdict),
            Err(asked) => *slow = Some(asked),
        }
    }
    let Some(asked) = slow else { return Poll::Pending };
    let verdict = ready!(asked.as_mut().poll(cx));
    *slow = None;
    Poll::Ready(verdict)
}

/// The verdict on the head, and on the body if that has come with it; or what it hangs on.
fn begin<B>(
    verifier: &Verifier,
    request: &Request<BufferedBody>,
    mut body: B,
    cx: &mut Context<'_>,
) -> Result<Verdict<B>, SlowVerdict<B>>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut buffered = BufferedBody::default();
    let BufferedBody { pieces, trailers } = &mut buffered;
    let started = verifier.poll_start(
        &head(request).content_length(body.size_hint().lower()),
        cx,
        |cx| next(&mut body, trailers, cx),
        |piece| pieces.push(piece),
    );
    match started {
        Ok(Started::Concluded(Conclusion::Now(Ok(verified)))) => Ok(Ok((verified, buffered))),
        Ok(Started::Concluded(Conclusion::Now(Err(rejection)))) => Ok(Err((rejection, None))),
        Ok(Started::Concluded(asked)) => {
            let timeout = verifier.replay_guard_timeout();
            Err(with_guard(asked, buffered, timeout))
        }
        Ok(Started::Reading(verification)) => {
            Err(with_body(Collect::new(verification, body, buffered)))
        }
        Ok(Started::Asking { verification, unanswered, .. }) => {
            Err(with_keys(verification, unanswered, body, verifier.clone()))
        }
        Err(rejection) => Ok(Err(rejected(rejection, body))),
    }
}

fn head<B>(request: &Request<B>) -> RequestHead<'_> {
    let head = RequestHead::from_http(request_uri(request), request.headers());
    match request.uri().authority() {
        Some(authority) => head.host(authority.as_str().as_bytes()),
        None => head,
    }
}

/// The path as it stood on the request line.
fn request_uri<B>(request: &Request<B>) -> &str {
    // A nested router of axum cuts its prefix off and leaves the whole behind.
    #[cfg(feature = "axum")]
    if let Some(original) = request.extensions().get::<axum::extract::OriginalUri>() {
        return original.0.path();
    }
    request.uri().path()
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
                StateProj::Before { request, body, slow, passed, service, verifier } => {
                    let Some(incoming) = request else { return Poll::Pending };
                    if !*passed {
                        match ready!(poll_verdict(verifier, incoming, body, slow, cx)) {
                            Ok((verified, buffered)) => {
                                incoming.extensions_mut().insert(verified);
                                *incoming.body_mut() = buffered;
                                *passed = true;
                            }
                            Err((rejection, unread)) => {
                                let rejection =
                                    Protocol::of(incoming).reject(verifier, rejection, unread);
                                return Poll::Ready(Ok(rejection.map(ResponseBody::rejection)));
                            }
                        }
                    }
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else { return Poll::Pending };
                    State::Calling { future: service.call(request) }
                }
                StateProj::Calling { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::inner)));
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
            State::Before { body: Some(_), .. } => "new",
            State::Before { slow: Some(_), .. } => "asking for the body, keys or a replay",
            State::Before { .. } => "waiting for the service",
            State::Calling { .. } => "calling the service",
        };
        f.debug_struct("ResponseFuture").field("state", &state).finish_non_exhaustive()
    }
}
