use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::ConnectionType;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use actix_web::{Error, HttpMessage, ResponseError};
use online_contact::{Recorded, Rejection, RequestHead, TIMESTAMP_HEADER, Verified, Verifier};

use crate::payload::{discard_arrived, put_back};
use crate::timer::ActixTimer;

/// A header name that is a plain string is parsed for each request.
const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);

/// A middleware that passes only verified requests to the handlers of a resource, a scope or an `App`.
///
/// [`OnlineContact`](crate::OnlineContact), which is this middleware within
/// [`Envelope`](crate::Envelope), is the recommended form. Take this one alone if the application keeps to
/// the envelope by itself:
///
/// ```
/// use actix_web::{App, HttpResponse, web};
/// use online_contact::{SecurityKey, Verifier};
/// use online_contact_actix::Verify;
///
/// let verifier = Verifier::builder().key(SecurityKey::new("bf7769e5321448de88838cdb")?).build()?;
/// let customer = web::resource("/customer")
///     .wrap(Verify::new(verifier))
///     .route(web::post().to(|| async { HttpResponse::Ok().body(r#"{"data":{}}"#) }));
/// let app = App::new().service(customer);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verify {
    verifier: Verifier,
}

impl Verify {
    /// Creates a middleware with this verifier, which has all settings. Build the verifier once, outside
    /// the closure of `HttpServer::new`, which runs once per worker.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }

    pub(crate) fn around<S>(&self, service: S) -> VerifyMiddleware<S> {
        VerifyMiddleware { service: Rc::new(service), verifier: self.verifier.clone() }
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
        ready(Ok(self.around(service)))
    }
}

/// The service of the [`Verify`] middleware.
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
        let mut body = Recorded::new(request.take_payload());
        Box::pin(async move {
            let verdict = {
                let proof = request.extensions().get::<Verified>().cloned();
                let head = head(&request).proof(proof.as_ref());
                verifier.verify(&head, &mut body, &ActixTimer).await
            };
            let is_ended = body.is_ended();
            let (payload, chunks) = body.into_parts();
            match verdict {
                Ok(verified) => {
                    request.set_payload(put_back(payload, chunks));
                    request.extensions_mut().insert(verified);
                    service.call(request).await.map(ServiceResponse::map_into_left_body)
                }
                Err(rejection) => {
                    Ok(reject(&verifier, request, payload, is_ended, rejection).await)
                }
            }
        })
    }
}

async fn reject<B: MessageBody>(
    verifier: &Verifier,
    request: ServiceRequest,
    mut unread: Payload,
    is_ended: bool,
    rejection: Rejection,
) -> ServiceResponse<EitherBody<B>> {
    let mut response = verifier.reject(&rejection).error_response();
    // A body that failed is not waited for: actix-web drops its connection at the next turn, and the
    // response has to be there before that.
    if !is_ended && !discard_arrived(&mut unread).await {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response.extensions_mut().insert(rejection);
    request.into_response(response).map_into_right_body()
}

fn head(request: &ServiceRequest) -> RequestHead<'_> {
    let headers = request.headers();
    let mut head = RequestHead::new(request.uri().path());
    for value in headers.get_all(&TIMESTAMP) {
        head = head.timestamp(value.as_bytes());
    }
    for value in headers.get_all(AUTHORIZATION) {
        head = head.authorization(value.as_bytes());
    }
    let host = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    if let Some(host) = host.or_else(|| headers.get(HOST).map(HeaderValue::as_bytes)) {
        head = head.host(host);
    }
    // RFC 9112, section 6.3: `Transfer-Encoding` overrides `Content-Length`.
    if headers.contains_key(TRANSFER_ENCODING) {
        return head;
    }
    match headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.trim().parse().ok()) {
        Some(bytes) => head.content_length(bytes),
        None => head,
    }
}
