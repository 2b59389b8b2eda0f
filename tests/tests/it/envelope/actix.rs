//! The answers and the reflexes of actix-web.

use actix_web::body::{BodyStream, MessageBody, SizedStream};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::error::{self, Error};
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::{App, HttpResponse, Responder, web};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use online_contact_actix::Envelope;
use serde::Deserialize;

use super::Received;
use super::answers::Answer;

pub(crate) async fn answer(answer: Answer) -> Received {
    say(answer, Envelope::new().strict(true)).await
}

pub(crate) async fn answer_leniently(answer: Answer) -> Received {
    say(answer, Envelope::new()).await
}

async fn say(answer: Answer, contract: Envelope) -> Received {
    let handler = move || {
        let answer = answer.clone();
        async move {
            let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap());
            if let Some(content_type) = answer.content_type {
                response.content_type(content_type);
            }
            // Without a content type actix-web would add one to bytes.
            response.message_body(answer.body).unwrap()
        }
    };
    let app = App::new().route("/customer", web::post().to(handler)).wrap(contract);
    send(&init_service(app).await, TestRequest::post().uri("/customer")).await
}

async fn send<S, B>(app: &S, request: TestRequest) -> Received
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    match try_call_service(app, request.to_request()).await {
        Ok(response) => {
            let (status, content_type) = head(response.response());
            Received { status, content_type, body: read_body(response).await.to_vec() }
        }
        // What actix-web does with an error that no middleware caught.
        Err(error) => {
            let response = error.error_response();
            let (status, content_type) = head(&response);
            let body = actix_web::body::to_bytes(response.into_body()).await.unwrap().to_vec();
            Received { status, content_type, body }
        }
    }
}

fn head<B>(response: &HttpResponse<B>) -> (u16, Option<String>) {
    let content_type = response.headers().get("content-type");
    let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), content_type)
}

#[derive(Deserialize)]
struct Question {
    _call_num: u32,
}

async fn panics() -> String {
    panic!("at once");
}

async fn panics_later() -> String {
    tokio::task::yield_now().await;
    panic!("{}", "later".to_owned());
}

/// A body that breaks off behind its first piece.
fn broken(panics: bool) -> impl Responder {
    let pieces = stream::iter(0..2).map(move |index| match index {
        0 => Ok(Bytes::from_static(b"{\"error\":")),
        _ if panics => panic!("behind the first piece"),
        _ => Err(error::ErrorInternalServerError("the source broke off")),
    });
    HttpResponse::BadRequest().message_body(BodyStream::new(pieces)).unwrap()
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/json", web::post().to(|_: web::Json<Question>| async { "" }))
        .route("/form", web::post().to(|_: web::Form<Question>| async { "" }))
        .route("/query", web::post().to(|_: web::Query<Question>| async { "" }))
        .route("/path/{number}", web::post().to(|_: web::Path<u32>| async { "" }))
        .route("/text", web::post().to(|_: String| async { "" }))
        .route("/data", web::post().to(|_: web::Data<u32>| async { "" }))
        .route("/large", web::post().to(|_: Bytes| async { "" }))
        .service(web::resource("/method").route(web::get().to(|| async { "" })))
        .route("/redirect", web::post().to(|| async { web::Redirect::to("/login") }))
        .route("/nothing", web::post().to(|| async { HttpResponse::Ok().finish() }))
        .route(
            "/unauthorized",
            web::post().to(|| async { Err::<String, _>(error::ErrorUnauthorized("who?")) }),
        )
        .route(
            "/conflict",
            web::post().to(|| async { Err::<String, _>(error::ErrorConflict("twice")) }),
        )
        .route(
            "/error",
            web::post().to(|| async { Err::<String, _>(std::io::Error::other("gone")) }),
        )
        .route(
            "/timeout",
            web::post().to(|| async { Err::<String, _>(error::ErrorGatewayTimeout("late")) }),
        )
        .route("/panic", web::post().to(panics))
        .route("/panic-later", web::post().to(panics_later))
        .route("/panic-body", web::post().to(|| async { broken(true) }))
        .route("/broken-body", web::post().to(|| async { broken(false) }))
        .app_data(web::PayloadConfig::new(4));
}

/// Name, the status that must leave, and what left.
pub(crate) async fn reflexes() -> Vec<(&'static str, u16, Received)> {
    let app = App::new().configure(routes).wrap(Envelope::new().strict(true));
    let app = init_service(app).await;
    let post = |path: &str| TestRequest::post().uri(path);
    let json = |path, body| {
        post(path).insert_header(("content-type", "application/json")).set_payload(body)
    };
    let requests = [
        ("Json without a content type: 415", 400, post("/json").set_payload("{}")),
        ("Json of broken syntax: 400", 400, json("/json", "{")),
        ("Json of the wrong shape: 400", 400, json("/json", "{}")),
        ("Form without a content type: 415", 400, post("/form").set_payload("a=b")),
        ("Query of the wrong shape: 400", 400, post("/query?a=b")),
        ("Path of the wrong type: 404", 404, post("/path/x")),
        ("String that is not UTF-8: 400", 400, post("/text").set_payload(&b"\xff"[..])),
        ("Data that is not there: 500", 500, post("/data")),
        ("body over the limit: 413", 400, post("/large").set_payload("12345")),
        ("unknown path: 404", 404, post("/elsewhere")),
        ("wrong method: 405", 404, post("/method")),
        ("redirect: 307", 500, post("/redirect")),
        ("nothing: 200", 500, post("/nothing")),
        ("error 401", 403, post("/unauthorized")),
        ("error 409", 400, post("/conflict")),
        ("error of I/O", 500, post("/error")),
        ("error 504", 500, post("/timeout")),
        ("panic at once", 500, post("/panic")),
        ("panic later", 500, post("/panic-later")),
        ("panic behind the first piece of the body", 500, post("/panic-body")),
        ("body that breaks off", 500, post("/broken-body")),
    ];
    let mut received = Vec::new();
    for (name, status, request) in requests {
        received.push((name, status, send(&app, request).await));
    }
    received.extend(middleware().await);
    received
}

/// Middleware inside that returns an error in place of an answer.
async fn middleware() -> Vec<(&'static str, u16, Received)> {
    let rejecting = |_: ServiceRequest, _: actix_web::middleware::Next<_>| async {
        Err::<ServiceResponse, _>(error::ErrorTooManyRequests("slow down"))
    };
    let app = App::new()
        .route("/", web::post().to(|| async { "" }))
        .wrap(actix_web::middleware::from_fn(rejecting))
        .wrap(Envelope::new());
    let app = init_service(app).await;
    vec![("middleware that fails: 429", 500, send(&app, TestRequest::post().uri("/")).await)]
}

/// A success whose body fails.
pub(crate) async fn short_success() -> Received {
    let handler = || async {
        let pieces =
            stream::once(async { Err::<Bytes, _>(error::ErrorInternalServerError("broken")) });
        HttpResponse::Ok().message_body(SizedStream::new(15, pieces.boxed_local())).unwrap()
    };
    let app = App::new().route("/", web::post().to(handler)).wrap(Envelope::new().strict(true));
    send(&init_service(app).await, TestRequest::post().uri("/")).await
}
