//! Recipes for the tests of an application: a signed request in two lines.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::Request;
use online_contact::{Clock as _, SecurityKey, Signer, Success, SystemClock, Verified, Verifier};
use online_contact_tower::OnlineContactLayer;
use tower::ServiceExt as _;

const KEY: &str = "bf7769e5321448de88838cdb";

fn app() -> Router {
    let verifier = Verifier::builder().key(SecurityKey::new(KEY).unwrap()).build().unwrap();
    let lookup = |verified: Verified| async move { Success(verified.key_label().to_owned()) };
    Router::new().route("/customer", post(lookup)).layer(OnlineContactLayer::new(verifier))
}

#[tokio::test]
async fn a_signed_request_in_two_lines() {
    let request = Request::post("/customer").body(r#"{"callNum":"1"}"#).unwrap();
    let request =
        Signer::new(&SecurityKey::new(KEY).unwrap()).sign_request(request, SystemClock.now());

    let response = app().oneshot(request.map(Body::from)).await.unwrap();
    assert_eq!(response.status(), 200);
}
