//! Recipes for the tests of an application: a signed request in two lines.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use online_contact::{Clock as _, SecurityKey, Signer, Success, SystemClock, Verified, Verifier};
use online_contact_actix::OnlineContact;

const KEY: &str = "bf7769e5321448de88838cdb";

fn routes(config: &mut web::ServiceConfig) {
    let verifier = Verifier::builder().key(SecurityKey::new(KEY).unwrap()).build().unwrap();
    let lookup = |verified: Verified| async move { Success(verified.key_label().to_owned()) };
    let customer = web::resource("/customer").wrap(OnlineContact::new(verifier));
    config.service(customer.route(web::post().to(lookup)));
}

#[actix_web::test]
async fn a_signed_request_in_two_lines() {
    let body = r#"{"callNum":"1"}"#;
    let signed = Signer::new(&SecurityKey::new(KEY).unwrap()).sign(
        "/customer",
        body.as_bytes(),
        SystemClock.now(),
    );
    let request = signed
        .into_iter()
        .fold(TestRequest::post().uri("/customer"), TestRequest::append_header)
        .set_payload(body);

    let app = init_service(App::new().configure(routes)).await;
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), 200);
}
