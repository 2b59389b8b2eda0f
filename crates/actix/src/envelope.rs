use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError};
use bytes::Bytes;
use futures_core::Stream;
use online_contact::{
    BodyBuffer, ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, Failure, Recorded,
    Rejection, ResponseHead,
};

use crate::timer::ActixTimer;

/// A middleware that keeps responses to the envelope: 200 with `data`, or 400, 403, 404 or 500 with an error
/// object.
///
/// - Another status becomes the nearest of these: 401 becomes 403, 405 becomes 404, 408, 429 and 5xx become
///   500, any other 4xx 400, and everything else 500.
/// - A failure without an error object gets one. The original status and the first 1 KiB of its text go to
///   the log. A missing `detail` or `Content-Type` is added.
/// - A panic of a handler and an error of another middleware become 500, and so does a body that fails while it
///   is read.
/// - A 200 that is not a JSON object with `data` is logged; [`strict`](Self::strict) makes it a 500.
///   Successes that stream or are longer than 64 KiB pass unread.
///
/// Wrap the resource or the scope that Online Contact calls, outside of [`Verify`](crate::Verify). Around
/// the whole `App` it would change the responses of all other routes too.
/// [`OnlineContact`](crate::OnlineContact) is both in the right order. A body is read for at most 300 ms
/// once it has to be waited for.
///
/// ```
/// use actix_web::{App, test, web};
/// use online_contact_actix::Envelope;
///
/// # actix_web::rt::System::new().block_on(async {
/// let lookup = |query: web::Json<Vec<u8>>| async move { web::Json(query.into_inner()) };
/// let customer = web::resource("/customer").wrap(Envelope::new()).route(web::post().to(lookup));
///
/// // actix-web responds with 415 and an empty body.
/// let app = test::init_service(App::new().service(customer)).await;
/// let request = test::TestRequest::post().uri("/customer").set_payload("not JSON");
/// let response = test::call_service(&app, request.to_request()).await;
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.headers().get("content-type").unwrap(), "application/json; charset=utf-8");
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope {
    policy: EnvelopePolicy,
}

impl Envelope {
    /// Creates a middleware that logs successes without `data` and lets them pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether a success without `data` becomes a 500. Default: `false`.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { policy: self.policy.strict(strict) }
    }

    pub(crate) fn around<S>(&self, service: S) -> EnvelopeMiddleware<S> {
        EnvelopeMiddleware { service: Rc::new(service), policy: self.policy }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Envelope
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EnvelopeMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<EnvelopeMiddleware<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(self.around(service)))
    }
}

/// The service of the [`Envelope`] middleware.
#[derive(Debug)]
pub struct EnvelopeMiddleware<S> {
    service: Rc<S>,
    policy: EnvelopePolicy,
}

impl<S, B> Service<ServiceRequest> for EnvelopeMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let policy = self.policy;
        let called = EnvelopePolicy::catch_panic(|| self.service.call(request));
        Box::pin(async move {
            let response = match called {
                Ok(future) => EnvelopePolicy::catch_panic_async(future).await,
                Err(failure) => Err(failure),
            };
            match response {
                Ok(Ok(response)) => {
                    let (request, response) = response.into_parts();
                    let response = keep(policy, response).await?;
                    Ok(ServiceResponse::new(request, response))
                }
                // An error has a response of its own.
                Ok(Err(error)) => {
                    let response = keep(policy, error.error_response()).await?;
                    let response = response.map_into_boxed_body();
                    Err(InternalError::from_response(error, response).into())
                }
                Err(failure) => Err(failure.into()),
            }
        })
    }
}

/// Applies the policy to a response. Fails if its body fails or panics while it is read.
async fn keep<B>(
    policy: EnvelopePolicy,
    response: HttpResponse<B>,
) -> Result<HttpResponse<EitherBody<B>>, Failure>
where
    B: MessageBody + 'static,
{
    let (mut response, body) = response.into_parts();
    let size = body.size();
    if !policy.reads(&head(&response, size)) {
        let verdict = policy.judge(&head(&response, size), None);
        return Ok(match amend(&mut response, verdict) {
            Some(envelope) => response.set_body(EitherBody::right(envelope)),
            None => response.set_body(EitherBody::left(body)),
        });
    }
    let mut body = Recorded::new(Chunks(Box::pin(body)));
    let read = EnvelopePolicy::read(&mut body, &ActixTimer);
    let is_whole = EnvelopePolicy::catch_panic_async(read)
        .await?
        .map_err(|error| EnvelopePolicy::service_failed(&*error.into()))?;
    let (Chunks(rest), chunks) = body.into_parts();
    let bytes = is_whole.then(|| chunks.clone().into_bytes());
    let verdict = policy.judge(&head(&response, size), bytes.as_deref());
    let body = match (amend(&mut response, verdict), bytes) {
        (Some(envelope), _) => envelope,
        (None, Some(bytes)) => BoxBody::new(bytes),
        (None, None) => BoxBody::new(Started { start: chunks, rest, size }),
    };
    Ok(response.set_body(EitherBody::right(body)))
}

fn head<B>(response: &HttpResponse<B>, size: BodySize) -> ResponseHead<'_> {
    let length = match size {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    };
    let headers = response.headers();
    ResponseHead::new(response.status().as_u16())
        .content_type(headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes))
        .content_encoding(headers.get_all(header::CONTENT_ENCODING).map(HeaderValue::as_bytes))
        .length(length)
        .rejection(response.extensions().contains::<Rejection>())
}

/// Applies a verdict to the head of a response. Returns the body that replaces the response's own.
fn amend(response: &mut HttpResponse<()>, verdict: EnvelopeVerdict) -> Option<BoxBody> {
    match verdict {
        EnvelopeVerdict::Pass => None,
        EnvelopeVerdict::Amend(status) => {
            *response.status_mut() = status.into();
            let json = HeaderValue::from_static(ENVELOPE_CONTENT_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            None
        }
        EnvelopeVerdict::Replace(failure) => {
            let envelope = failure.error_response();
            *response.status_mut() = envelope.status();
            for name in EnvelopePolicy::REPRESENTATION_HEADERS {
                response.headers_mut().remove(*name);
            }
            for (name, value) in envelope.headers() {
                response.headers_mut().insert(name.clone(), value.clone());
            }
            Some(envelope.into_body())
        }
    }
}

/// The chunks of a response body as a stream.
struct Chunks<B>(Pin<Box<B>>);

impl<B: MessageBody> Stream for Chunks<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

/// A body of which the start was read.
struct Started<B> {
    start: BodyBuffer,
    rest: Pin<Box<B>>,
    size: BodySize,
}

impl<B: MessageBody> MessageBody for Started<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, B::Error>>> {
        match self.start.pop() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None => self.rest.as_mut().poll_next(cx),
        }
    }
}
