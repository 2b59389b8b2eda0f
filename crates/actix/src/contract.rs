use std::future::{Ready, poll_fn, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError};
use bytes::{Bytes, BytesMut};
use online_contact::{
    ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, Failure, Rejection, ResponseHead,
};

/// Keeps an application to what Online Contact can read: whatever leaves is 200 with `data`, or 400,
/// 403, 404 or 500 with an error object.
///
/// - Another status becomes the one that says the same to the agent: 401 becomes 403, 405 becomes 404,
///   any other 4xx 400, all the rest 500.
/// - A failure without an error object gets one; the original status and the first 1 KiB of its text
///   go to the log. So does a missing `detail` or `Content-Type`, which is put right. The text of a
///   success, which is a customer's record, is never logged.
/// - A panic of a handler becomes 500, and so does an error that another middleware returns.
/// - A 200 that is no JSON object with `data` is told in the log; [`strict`](Self::strict) makes it a
///   500. Successes that stream, or are longer than 64 KiB, pass as they are.
///
/// Wrap the `App` in it, outside of [`Verify`](crate::Verify), so that it sees all that leaves, also
/// from paths that no route takes.
///
/// ```
/// use actix_web::{App, test, web};
/// use online_contact_actix::Envelope;
///
/// # actix_web::rt::System::new().block_on(async {
/// let lookup = |query: web::Json<Vec<u8>>| async move { web::Json(query.into_inner()) };
/// let app = App::new()
///     .route("/customer", web::post().to(lookup))
///     .wrap(Envelope::new());
///
/// // actix-web would answer 415 with an empty body.
/// let app = test::init_service(app).await;
/// let request = test::TestRequest::post().uri("/customer").set_payload("not JSON");
/// let response = test::call_service(&app, request.to_request()).await;
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.headers().get("content-type").unwrap(), "application/json; charset=utf-8");
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope {
    contract: EnvelopePolicy,
}

impl Envelope {
    /// A middleware that reports successes without `data` and lets them pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a success without `data` becomes a 500.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { contract: self.contract.strict(strict) }
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
        ready(Ok(EnvelopeMiddleware { service: Rc::new(service), contract: self.contract }))
    }
}

/// The service that [`Envelope`] puts around another.
#[derive(Debug)]
pub struct EnvelopeMiddleware<S> {
    service: Rc<S>,
    contract: EnvelopePolicy,
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
        let contract = self.contract;
        let called = contract.guard(|| self.service.call(request));
        Box::pin(async move {
            let answered = match called {
                Ok(future) => guarded(contract, future).await,
                Err(failure) => Err(failure),
            };
            match answered {
                Ok(Ok(response)) => Ok(keep(contract, response).await),
                Ok(Err(error)) => Err(keep_error(contract, error).await),
                Err(failure) => Err(failure.into()),
            }
        })
    }
}

/// Runs a future; what stands for its output if it panics.
async fn guarded<F: Future>(contract: EnvelopePolicy, future: F) -> Result<F::Output, Failure> {
    let mut future = pin!(future);
    poll_fn(|cx| match contract.guard(|| future.as_mut().poll(cx)) {
        Ok(polled) => polled.map(Ok),
        Err(failure) => Poll::Ready(Err(failure)),
    })
    .await
}

async fn keep<B>(
    contract: EnvelopePolicy,
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B>>
where
    B: MessageBody + 'static,
{
    let length = match response.response().body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    };
    let Some(limit) = contract.wants_body(&outgoing(response.response()), length) else {
        return response.map_into_left_body();
    };
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let body = read(contract, body, limit).await;
    ServiceResponse::new(request, judged(contract, response, body)).map_into_right_body()
}

/// An error carries its answer with it, so the answer is what is kept to the contract.
async fn keep_error(contract: EnvelopePolicy, error: Error) -> Error {
    let (response, body) = error.error_response().into_parts();
    let Some(limit) = contract.wants_body(&outgoing(&response), None) else { return error };
    let body = read(contract, body, limit).await;
    InternalError::from_response(error, judged(contract, response, body)).into()
}

/// The whole body: `None` if it is longer than the limit, breaks off or panics.
async fn read<B: MessageBody>(contract: EnvelopePolicy, body: B, limit: u64) -> Option<Bytes> {
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(piece) =
        guarded(contract, poll_fn(|cx| body.as_mut().poll_next(cx))).await.ok()?
    {
        whole.extend_from_slice(&piece.ok()?);
        if whole.len() as u64 > limit {
            return None;
        }
    }
    Some(whole.freeze())
}

fn judged(
    contract: EnvelopePolicy,
    mut response: HttpResponse<()>,
    body: Option<Bytes>,
) -> HttpResponse<BoxBody> {
    match contract.judge(&outgoing(&response), body.as_deref()) {
        EnvelopeVerdict::Amend(status) => {
            *response.status_mut() = status.into();
            let json = HeaderValue::from_static(ENVELOPE_CONTENT_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        EnvelopeVerdict::Replace(failure) => return replaced(response, &failure),
        EnvelopeVerdict::Pass => {}
    }
    response.set_body(BoxBody::new(body.unwrap_or_default()))
}

/// The failure's answer, with what the replaced one said beyond its body.
fn replaced(mut response: HttpResponse<()>, failure: &Failure) -> HttpResponse<BoxBody> {
    let envelope = failure.error_response();
    *response.status_mut() = envelope.status();
    for name in EnvelopePolicy::REPRESENTATION_HEADERS {
        response.headers_mut().remove(*name);
    }
    for (name, value) in envelope.headers() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    response.set_body(envelope.into_body())
}

fn outgoing<B>(response: &HttpResponse<B>) -> ResponseHead<'_> {
    let headers = response.headers();
    ResponseHead::new(response.status().as_u16())
        .content_type(headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes))
        .encoded(headers.contains_key(header::CONTENT_ENCODING))
        .rejection(response.extensions().contains::<Rejection>())
}
