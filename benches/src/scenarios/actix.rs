//! A resource of actix-web in process: bare, behind `Verify`, behind a verifier by hand, behind
//! `RequestSignature`.

use std::hint::black_box;
use std::rc::Rc;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Bytes};
use actix_web::{App, Error, HttpResponse};
#[cfg(feature = "comparison")]
use actix_web_lab::extract::RequestSignature;
use online_contact_actix::Verify;

#[cfg(feature = "comparison")]
use crate::peers::request_signature;
use crate::peers::{actix_hand, bare};
use crate::sample::{PATH, Sample, verifier};
use crate::scenario::Scenario;

const ANSWER: &[u8] = br#"{"data":{"userName":"test","id":"testId"}}"#;

async fn lookup(body: Bytes) -> HttpResponse {
    black_box(body);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json;charset=UTF-8"))
        .body(Bytes::from_static(ANSWER))
}

#[cfg(feature = "comparison")]
async fn signed_lookup(
    signed: RequestSignature<Bytes, request_signature::BodyTime>,
) -> HttpResponse {
    lookup(signed.into_parts().0).await
}

/// Just the resource.
#[must_use]
pub fn bare_resource(sample: Sample) -> Scenario {
    let resource = || web::resource(PATH).route(web::post().to(lookup));
    scenario("actix-web, bare", sample, async move || {
        init_service(App::new().service(resource())).await
    })
}

/// Behind `Verify`.
#[must_use]
pub fn wrapped(sample: Sample) -> Scenario {
    let verify = Verify::new(verifier(0));
    let resource = web::resource(PATH).wrap(verify).route(web::post().to(lookup));
    scenario("actix-web, Verify", sample, async move || {
        init_service(App::new().service(resource)).await
    })
}

/// Behind the verifier by hand.
#[must_use]
pub fn by_hand(sample: Sample) -> Scenario {
    let keyed = web::Data::new(bare::keyed());
    let resource =
        web::resource(PATH).wrap(from_fn(actix_hand::verify)).route(web::post().to(lookup));
    scenario("actix-web, from_fn by hand", sample, async move || {
        init_service(App::new().app_data(keyed).service(resource)).await
    })
}

#[cfg(feature = "comparison")]
/// With the extractor of `actix-web-lab`.
#[must_use]
pub fn extractor(sample: Sample) -> Scenario {
    let keyed = web::Data::new(bare::keyed());
    let resource = web::resource(PATH).route(web::post().to(signed_lookup));
    scenario("actix-web-lab, RequestSignature", sample, async move || {
        init_service(App::new().app_data(keyed).service(resource)).await
    })
}

fn request(sample: &Sample) -> Request {
    TestRequest::post()
        .uri(PATH)
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header(("x-tc-timestamp", sample.timestamp.as_str()))
        .insert_header(("authorization", sample.authorization.as_str()))
        .set_payload(sample.body.clone())
        .to_request()
}

fn scenario<S, B>(name: &str, sample: Sample, app: impl AsyncFnOnce() -> S) -> Scenario
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let system = actix_web::rt::System::new();
    let app = Rc::new(system.block_on(app()));
    let name = format!("{name}, {} B", sample.body.len());
    let run = move |requests: Vec<Request>| {
        system.block_on(async {
            for request in requests {
                answered(&*app, request).await;
            }
        });
    };
    Scenario::new(name, move || request(&sample), run)
}

async fn answered<S, B>(app: &S, request: Request)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let response = app.call(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    black_box(to_bytes(response.into_body()).await).ok();
}
