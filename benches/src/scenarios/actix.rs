//! A resource of actix-web in process: bare, and behind verifiers.

use std::hint::black_box;
use std::rc::Rc;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, Error, HttpResponse};
use actix_web_lab::extract::RequestSignature;
use online_contact_actix::Verify;
use webhook_verify::actix::{VerifiedBody, WebhookConfig};
use webhook_verify::{Provider, Secret};

use crate::peers::{actix_by_hand, bare as mac, request_signature};
use crate::sample::{KEY, PATH, Sample, verifier};
use crate::scenario::Scenario;

const RESPONSE: &[u8] = br#"{"data":{"userName":"test","id":"testId"}}"#;

async fn lookup(body: Bytes) -> HttpResponse {
    black_box(body);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json;charset=UTF-8"))
        .body(Bytes::from_static(RESPONSE))
}

/// The bare resource.
pub fn bare(config: &mut ServiceConfig) {
    config.service(web::resource(PATH).route(web::post().to(lookup)));
}

/// The resource behind `Verify`.
pub fn wrapped(config: &mut ServiceConfig) {
    let verify = Verify::new(verifier(0));
    config.service(web::resource(PATH).wrap(verify).route(web::post().to(lookup)));
}

/// The resource behind a verifier by hand.
pub fn by_hand(config: &mut ServiceConfig) {
    let verify = from_fn(actix_by_hand::verify);
    config.app_data(web::Data::new(mac::keyed()));
    config.service(web::resource(PATH).wrap(verify).route(web::post().to(lookup)));
}

/// The resource with the extractor of `actix-web-lab`.
pub fn request_signature(config: &mut ServiceConfig) {
    type Signed = RequestSignature<Bytes, request_signature::BodyTime>;
    let handler = async |signed: Signed| lookup(signed.into_parts().0).await;
    config.app_data(web::Data::new(mac::keyed()));
    config.service(web::resource(PATH).route(web::post().to(handler)));
}

/// The resource with the extractor of `webhook-verify`, in GitHub's scheme.
pub fn webhook_verify(config: &mut ServiceConfig) {
    let handler = async |body: VerifiedBody| lookup(body.into_inner()).await;
    config.app_data(WebhookConfig::new(Provider::GitHub, Secret::new(KEY)));
    config.service(web::resource(PATH).route(web::post().to(handler)));
}

fn request(sample: &Sample) -> Request {
    let mut request =
        TestRequest::post().uri(PATH).insert_header((CONTENT_TYPE, "application/json"));
    for (name, value) in &sample.headers {
        request = request.insert_header((*name, value.as_str()));
    }
    request.set_payload(sample.body.clone()).to_request()
}

/// An application and a request, which must get status 200.
///
/// # Panics
///
/// If a response has another status.
pub fn scenario(name: &str, configure: fn(&mut ServiceConfig), sample: Sample) -> Scenario {
    let system = actix_web::rt::System::new();
    let app = Rc::new(system.block_on(init_service(App::new().configure(configure))));
    let name = format!("{name}, {} B", sample.body.len());
    let run = move |requests: Vec<Request>| {
        system.block_on(async {
            for request in requests {
                respond(&*app, request).await;
            }
        });
    };
    Scenario::new(name, move || request(&sample), run)
}

async fn respond<S, B>(app: &S, request: Request)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let response = app.call(request).await.expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    black_box(to_bytes(response.into_body()).await).ok();
}
