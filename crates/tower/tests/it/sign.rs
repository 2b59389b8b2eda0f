//! The requests of a signing client pass the verifier.

use std::convert::Infallible;
use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use online_contact::{Scheme, SecurityKey, Signer, Verified};
use online_contact_tower::{BufferedBody, SignLayer, Verify};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::support::{BODY, BodyFn, KEY, NOW, builder, echo, frames, full, signer, verifier};

fn layer() -> SignLayer {
    SignLayer::new(Signer::new(&SecurityKey::new(KEY).unwrap())).clock(NOW)
}

/// Returns the request that the inner client gets.
async fn sent<B>(request: Request<B>) -> Request<BufferedBody>
where
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let client = service_fn(|request| async { Ok::<_, Infallible>(request) });
    layer().layer(client).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_signed_request_passes() {
    let request = sent(Request::post("/customer").body(full(BODY)).unwrap()).await;
    assert_eq!(request.headers()["x-tc-timestamp"], NOW.to_string());
    assert!(request.headers()["authorization"].is_sensitive());

    let server = service_fn(|request: Request<BufferedBody>| async move {
        let who: &Verified = request.extensions().get().unwrap();
        assert_eq!(who.timestamp(), NOW);
        Ok::<_, Infallible>(Response::new(request.into_body()))
    });
    let response = Verify::new(server, verifier()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), BODY);
}

#[tokio::test]
async fn the_path_is_signed_if_the_scheme_has_it() {
    let signer = Signer::new(&SecurityKey::new(KEY).unwrap()).scheme(Scheme::UriBodyTime);
    let client =
        service_fn(|request: Request<BufferedBody>| async { Ok::<_, Infallible>(request) });
    let client = SignLayer::new(signer).clock(NOW).layer(client);
    let request = Request::post("https://oc.example/customer?source=oc").body(full(BODY)).unwrap();
    let request = client.oneshot(request).await.unwrap();

    let verifier = builder().scheme(Scheme::UriBodyTime).build().unwrap();
    let server = service_fn(|_: Request<BufferedBody>| async {
        Ok::<_, Infallible>(Response::new(BufferedBody::default()))
    });
    assert_eq!(Verify::new(server, verifier).oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn present_headers_are_replaced() {
    let request = Request::post("/customer")
        .header("authorization", "Bearer of a proxy")
        .header("authorization", "another")
        .header("x-tc-timestamp", "1")
        .header("accept", "*/*");
    let request = sent(request.body(full(BODY)).unwrap()).await;
    assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
    assert_eq!(request.headers().get_all("x-tc-timestamp").iter().count(), 1);
    assert_eq!(request.headers()["accept"], "*/*");
}

#[tokio::test]
async fn frames_and_trailers_are_unchanged() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-trailer", HeaderValue::from_static("kept"));
    let (first, second) = BODY.split_at(9);
    let body = frames([
        Frame::data(Bytes::from_static(first)),
        Frame::data(Bytes::from_static(second)),
        Frame::trailers(trailers.clone()),
    ]);
    let mut body = sent(Request::post("/customer").body(body).unwrap()).await.into_body();
    assert_eq!(body.size_hint().exact(), Some(BODY.len() as u64));
    for chunk in [first, second] {
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), chunk);
    }
    assert_eq!(body.frame().await.unwrap().unwrap().into_trailers().unwrap(), trailers);
}

#[tokio::test]
async fn a_body_that_fails_is_not_sent() {
    async fn client(_: Request<BufferedBody>) -> Result<Response<()>, Infallible> {
        panic!("half a body was sent")
    }
    let broken =
        BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Err(io::Error::other("the disk is gone")))));
    let request = Request::post("/customer").body(broken).unwrap();
    let error = layer().layer(service_fn(client)).oneshot(request).await.unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
}

#[tokio::test]
async fn a_body_that_fails_is_not_sent_when_polled_again() {
    let mut broken = Some(io::Error::other("the disk is gone"));
    let body =
        BodyFn(move |_: &mut Context<'_>| Poll::Ready(broken.take().map(Err::<Frame<Bytes>, _>)));
    let client = |_: Request<BufferedBody>| async { panic!("sent") as Result<(), Infallible> };
    let request = Request::post("/customer").body(body).unwrap();
    let mut signing = std::pin::pin!(layer().layer(service_fn(client)).call(request));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(matches!(signing.as_mut().poll(&mut cx), Poll::Ready(Err(_))));
    assert!(signing.as_mut().poll(&mut cx).is_pending());
}

#[tokio::test]
async fn empty_frames_without_end_yield_to_other_tasks() {
    let body = BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Ok(Frame::data(Bytes::new())))));
    let client = |_: Request<BufferedBody>| async { Ok::<_, Infallible>(()) };
    let request = Request::post("/customer").body(body).unwrap();
    let mut signing = std::pin::pin!(layer().layer(service_fn(client)).call(request));
    assert!(signing.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
}

/// Must be called only when ready. A clone is not ready.
#[derive(Default)]
struct Once {
    ready: bool,
}

impl Clone for Once {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<BufferedBody>> for Once {
    type Response = ();
    type Error = Infallible;
    type Future = std::future::Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<BufferedBody>) -> Self::Future {
        assert!(self.ready, "a clone was called that was not polled for readiness");
        std::future::ready(Ok(()))
    }
}

#[tokio::test]
async fn the_client_that_was_ready_is_called() {
    let mut client = layer().layer(Once::default());
    for _ in 0..2 {
        let request = Request::post("/customer").body(full(BODY)).unwrap();
        let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut client).await.unwrap();
        ready.call(request).await.unwrap();
    }
}

#[test]
fn debug_prints_no_key() {
    let client = layer().layer(());
    assert!(!format!("{:?} {client:?}", layer()).contains(KEY));
}

/// A client of the crate reqwest takes its own request type.
#[tokio::test]
async fn reqwest_sends_signed_requests() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/customer", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper_util::service::TowerToHyperService::new(echo(verifier()));
            let io = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
        }
    });
    // Where another crate of the workspace turns on TLS, reqwest wants a provider of cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();

    // Every request of a client, by the layer:
    let signing = ServiceBuilder::new()
        .layer(layer())
        .map_request(|request: Request<BufferedBody>| request.map(BufferedBody::into_bytes))
        .filter(|request: Request<Bytes>| reqwest::Request::try_from(request))
        .service(client.clone());
    let request = Request::post(&url).body(full(BODY)).unwrap();
    let response = signing.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);

    // One request, by the signer:
    let request = signer().sign_request(Request::post(&url).body(BODY).unwrap(), NOW);
    let response = client.execute(request.try_into().unwrap()).await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), BODY);
}
