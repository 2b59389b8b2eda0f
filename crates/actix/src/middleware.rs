use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue};
use actix_web::rt::time;
use actix_web::{Error, HttpMessage, ResponseError};
use online_contact::{
    BodyBuffer, Conclusion, Reason, Rejection, RequestHead, Started, TIMESTAMP_HEADER, Verified,
    Verifier,
};

use crate::payload::{discard_ready, next, put_back, read};

/// By its name alone it would be parsed for each request.
const SIGNED_AT: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);

/// Lets only verified requests through to the handlers it is wrapped around: an `App`, a scope or a
/// resource. The crate's front page shows it in use.
#[derive(Clone, Debug)]
pub struct Verify {
    verifier: Verifier,
}

impl Verify {
    /// A middleware that asks this verifier.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Verify
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = VerifyMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<VerifyMiddleware<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(VerifyMiddleware { service: Rc::new(service), verifier: self.verifier.clone() }))
    }
}

/// The service that [`Verify`] puts around another.
#[derive(Debug)]
pub struct VerifyMiddleware<S> {
    service: Rc<S>,
    verifier: Verifier,
}

impl<S, B> Service<ServiceRequest> for VerifyMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        let verifier = self.verifier.clone();
        Box::pin(async move {
            let mut payload = request.take_payload();
            match verdict(&verifier, &request, &mut payload).await {
                Ok((verified, body)) => {
                    request.set_payload(put_back(payload, body));
                    request.extensions_mut().insert(verified);
                    service.call(request).await.map(ServiceResponse::map_into_left_body)
                }
                Err(rejection) => {
                    // A broken body has nothing more to give, and actix-web drops its connection at the
                    // next turn: the answer has to be there before that.
                    if rejection.reason() != Reason::BodyUnreadable {
                        discard_ready(&mut payload).await;
                    }
                    let mut answer = verifier.reject(&rejection).error_response();
                    answer.extensions_mut().insert(rejection);
                    Ok(request.into_response(answer).map_into_right_body())
                }
            }
        })
    }
}

/// Pumps the body through the verification.
async fn verdict(
    verifier: &Verifier,
    request: &ServiceRequest,
    payload: &mut Payload,
) -> Result<(Verified, BodyBuffer), Rejection> {
    let mut body = BodyBuffer::default();
    let started = poll_fn(|cx| {
        let keep = |piece| body.push(piece);
        Poll::Ready(verifier.poll_start(&head(request), cx, |cx| next(payload, cx), keep))
    });
    let conclusion = match started.await? {
        Started::Concluded(conclusion) => conclusion,
        Started::Reading(verification) => read(verification, payload, &mut body).await?,
        Started::Asking { verification, unanswered, .. } => {
            let found = time::timeout(verifier.key_source_timeout(), verification).await;
            read(found.map_err(|_elapsed| unanswered)??, payload, &mut body).await?
        }
    };
    let verified = match conclusion {
        Conclusion::Now(verdict) => verdict?,
        Conclusion::Later { verdict, unanswered, .. } => {
            let answered = time::timeout(verifier.replay_guard_timeout(), verdict).await;
            answered.unwrap_or_else(|_elapsed| unanswered.verdict())?
        }
    };
    Ok((verified, body))
}

fn head(request: &ServiceRequest) -> RequestHead<'_> {
    let headers = request.headers();
    let mut head = RequestHead::new(request.uri().path());
    for value in headers.get_all(&SIGNED_AT) {
        head = head.timestamp(value.as_bytes());
    }
    for value in headers.get_all(AUTHORIZATION) {
        head = head.authorization(value.as_bytes());
    }
    let host = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    if let Some(host) = host.or_else(|| headers.get(HOST).map(HeaderValue::as_bytes)) {
        head = head.host(host);
    }
    match headers.get(CONTENT_LENGTH).and_then(declared_length) {
        Some(bytes) => head.content_length(bytes),
        None => head,
    }
}

/// actix-web has read this header before; what is no number here did not count there either.
fn declared_length(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.trim().parse().ok()
}
