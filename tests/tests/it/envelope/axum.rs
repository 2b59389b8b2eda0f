//! The answers and the reflexes of axum.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Extension, Form, Json, Path, Query};
use axum::http::{Request, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use axum::{BoxError, Router};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use online_contact::{SecurityKey, Signer, Timestamp, Verifier};
use online_contact_tower::{EnvelopeLayer, OnlineContactLayer};
use serde::Deserialize;
use tower::{Service, ServiceExt as _, service_fn};
use tower_layer::Layer as _;

use super::Received;
use super::answers::Answer;

pub(crate) async fn answer(answer: Answer) -> Received {
    say(answer, EnvelopeLayer::new().strict(true)).await
}

pub(crate) async fn answer_leniently(answer: Answer) -> Received {
    say(answer, EnvelopeLayer::new()).await
}

async fn say(answer: Answer, contract: EnvelopeLayer) -> Received {
    let handler = move || async move {
        let mut response = Response::builder().status(answer.status);
        if let Some(content_type) = answer.content_type {
            response = response.header(header::CONTENT_TYPE, content_type);
        }
        response.body(Body::from(answer.body)).unwrap()
    };
    let app = Router::new().route("/customer", post(handler)).layer(contract);
    send(app, json("/customer", "{}")).await
}

fn json(path: &str, body: &'static str) -> Request<Body> {
    request("POST", path, "application/json", body)
}

fn request(method: &str, path: &str, content_type: &str, body: &'static str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    request.header(header::CONTENT_TYPE, content_type).body(Body::from(body)).unwrap()
}

async fn send<S, R>(service: S, request: Request<Body>) -> Received
where
    S: Service<Request<Body>, Response = Response<R>, Error = Infallible>,
    R: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    let (head, body) = service.oneshot(request).await.unwrap().into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE);
    Received {
        status: head.status.as_u16(),
        content_type: content_type.map(|value| value.to_str().unwrap().to_owned()),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

#[derive(Deserialize)]
struct Question {
    _call_num: u32,
}

fn app() -> Router {
    Router::new()
        .route("/json", post(|_: Json<Question>| async {}))
        .route("/form", post(|_: Form<Question>| async {}))
        .route("/query", post(|_: Query<Question>| async {}))
        .route("/path/{number}", post(|_: Path<u32>| async {}))
        .route("/text", post(|_: String| async {}))
        .route("/extension", post(|_: Extension<u32>| async {}))
        .route("/large", post(|_: Bytes| async {}).layer(DefaultBodyLimit::max(4)))
        .route("/redirect", post(|| async { Redirect::to("/login") }))
        .route("/nothing", post(|| async {}))
        .route("/error", post(|| async { Err::<(), _>("the database is gone").into_response() }))
        .route("/panic", post(panics))
        .route("/panic-later", post(panics_later))
        .route("/panic-body", post(|| async { (StatusCode::BAD_REQUEST, broken(true)) }))
        .route("/broken-body", post(|| async { (StatusCode::BAD_REQUEST, broken(false)) }))
        .layer(EnvelopeLayer::new().strict(true))
}

async fn panics() {
    panic!("at once");
}

async fn panics_later() {
    tokio::task::yield_now().await;
    panic!("{}", "later".to_owned());
}

/// A body that breaks off behind its first piece.
fn broken(panics: bool) -> Body {
    Body::from_stream(stream::iter(0..2).map(move |index| match index {
        0 => Ok(Bytes::from_static(b"{\"error\":")),
        _ if panics => panic!("behind the first piece"),
        _ => Err(BoxError::from("the source broke off")),
    }))
}

/// Name, the status that must leave, and what left.
pub(crate) async fn reflexes() -> Vec<(&'static str, u16, Received)> {
    let requests = [
        ("Json without a content type: 415", 400, request("POST", "/json", "text/plain", "{}")),
        ("Json of broken syntax: 400", 400, json("/json", "{")),
        ("Json of the wrong shape: 422", 400, json("/json", "{}")),
        ("Json of the wrong type: 422", 400, json("/json", r#"{"_call_num":"x"}"#)),
        ("Form without a content type: 415", 400, json("/form", "{}")),
        (
            "Form of the wrong shape: 422",
            400,
            request("POST", "/form", "application/x-www-form-urlencoded", "a=b"),
        ),
        ("Query of the wrong shape: 400", 400, json("/query?a=b", "")),
        ("Path of the wrong type: 400", 400, json("/path/x", "")),
        (
            "String that is not UTF-8: 400",
            400,
            Request::post("/text").body(Body::from(&b"\xff"[..])).unwrap(),
        ),
        ("Extension that is not there: 500", 500, json("/extension", "")),
        ("body over the limit: 413", 400, json("/large", "12345")),
        ("unknown path: 404", 404, json("/elsewhere", "{}")),
        ("wrong method: 405", 404, request("GET", "/json", "application/json", "")),
        ("redirect: 303", 500, json("/redirect", "")),
        ("nothing: 200", 500, json("/nothing", "")),
        ("text as an error: 200", 500, json("/error", "")),
        ("panic at once", 500, json("/panic", "")),
        ("panic later", 500, json("/panic-later", "")),
        ("panic behind the first piece of the body", 500, json("/panic-body", "")),
        ("body that breaks off", 500, json("/broken-body", "")),
    ];
    let mut received = Vec::new();
    for (name, status, request) in requests {
        received.push((name, status, send(app(), request).await));
    }
    received.extend(services().await);
    received
}

/// Services of tower that fail, which axum by itself would not even take.
async fn services() -> Vec<(&'static str, u16, Received)> {
    tokio::time::pause();
    let contract = EnvelopeLayer::new();
    let never =
        service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, Infallible>>());
    let timeout = tower::timeout::Timeout::new(never, Duration::from_secs(3));
    let unready = tower::load_shed::LoadShed::new(tower::limit::ConcurrencyLimit::new(never, 0));
    let failing =
        service_fn(|_: Request<Body>| async { Err::<Response<Body>, _>(BoxError::from("gone")) });
    let panicking =
        service_fn(|_: Request<Body>| -> std::future::Ready<Result<Response<Body>, Infallible>> {
            panic!("before there is a future")
        });
    vec![
        ("timeout of tower", 500, send(contract.layer(timeout), json("/", "")).await),
        ("load shedding of tower", 500, send(contract.layer(unready), json("/", "")).await),
        ("a service that fails", 500, send(contract.layer(failing), json("/", "")).await),
        (
            "a service that panics in call",
            500,
            send(contract.layer(panicking), json("/", "")).await,
        ),
    ]
}

/// A body that says how long it is and breaks off.
struct Short;

impl http_body::Body for Short {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        std::task::Poll::Ready(Some(Err("the source broke off".into())))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(15)
    }
}

/// A success whose body fails.
pub(crate) async fn short_success() -> Received {
    let handler = || async { Response::new(Body::new(Short)) };
    let app =
        Router::new().route("/customer", post(handler)).layer(EnvelopeLayer::new().strict(true));
    send(app, json("/customer", "{}")).await
}

/// Name, the status that must leave, and what left, behind [`OnlineContactLayer`].
pub(crate) async fn endpoint() -> Vec<(&'static str, u16, Received)> {
    let now = Timestamp::from_millis(1_732_400_000_000);
    let key = SecurityKey::new("bf7769e5321448de88838cdb").unwrap();
    let verifier = Verifier::builder().key(key.clone()).clock(now).build().unwrap();
    let app = || {
        Router::new()
            .route("/data", post(|| async { r#"{"data":{}}"# }))
            .route("/panic", post(panics))
            .route("/nothing", post(|| async {}))
            .layer(OnlineContactLayer::new(verifier.clone()).strict(true))
    };
    let signed = |path| {
        let mut request = json(path, "{}");
        for (name, value) in Signer::new(&key).sign(path, b"{}", now).headers() {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    vec![
        ("not signed", 400, send(app(), json("/data", "{}")).await),
        ("verified, and as text", 200, send(app(), signed("/data")).await),
        ("verified, and panics", 500, send(app(), signed("/panic")).await),
        ("verified, and says nothing", 500, send(app(), signed("/nothing")).await),
        ("verified, and no such path", 404, send(app(), signed("/elsewhere")).await),
    ]
}
