//! The places for the middleware in an `App`.

use actix_web::http::StatusCode;
use actix_web::middleware::{Compat, Condition, NormalizePath};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, web};
use online_contact::{MemoryReplayGuard, Scheme, Success, Verified};
use online_contact_actix::{Envelope, OnlineContact, Verify};
use online_contact_test_kit::logs;

use crate::support::{NOW, builder, signed, signer, verifier};

fn honest() -> TestRequest {
    signed(b"{}").set_payload("{}")
}

async fn lookup(verified: Verified) -> Success<String> {
    Success(verified.key_label().to_owned())
}

/// Asserts that the app passes an honest request and rejects a tampered one.
macro_rules! assert_verifies {
    ($app:expr) => {{
        let app = init_service($app).await;
        let response = call_service(&app, honest().to_request()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(read_body(response).await, br#"{"data":"key-1"}"#[..]);
        let tampered = signed(b"{}").set_payload("[]").to_request();
        assert_eq!(call_service(&app, tampered).await.status(), 403);
    }};
}

#[actix_web::test]
async fn around_a_resource_a_scope_a_route_and_an_app() {
    let both = || OnlineContact::new(verifier());
    let route = || web::post().to(lookup);
    let resource = || web::resource("/customer");
    assert_verifies!(App::new().service(resource().wrap(both()).route(route())));
    assert_verifies!(App::new().service(web::scope("/customer").wrap(both()).route("", route())));
    assert_verifies!(App::new().service(resource().route(route().wrap(both()))));
    assert_verifies!(App::new().service(resource().route(route())).wrap(both()));
    assert_verifies!(App::new().service(
        resource().wrap(Verify::new(verifier())).wrap(Envelope::new().strict(true)).route(route())
    ));
    assert_verifies!(
        App::new().service(resource().wrap(Condition::new(true, both())).route(route()))
    );
    assert_verifies!(App::new().service(resource().wrap(Compat::new(both())).route(route())));
    assert_verifies!(
        App::new().service(resource().wrap(both()).route(route())).wrap(NormalizePath::trim())
    );
}

/// Around the resource, the envelope leaves the responses of all other routes alone.
#[actix_web::test]
async fn other_routes_keep_their_responses() {
    let customer = web::resource("/customer")
        .wrap(OnlineContact::new(verifier()).strict(true))
        .route(web::post().to(lookup));
    let respond = |path: web::Path<u16>| async move {
        HttpResponse::build(StatusCode::from_u16(*path).unwrap()).body("other")
    };
    let app = App::new().service(customer).route("/{status}", web::get().to(respond));
    let app = init_service(app).await;
    for status in [200, 201, 204, 206, 302, 304, 401, 422] {
        let request = TestRequest::get().uri(&format!("/{status}")).to_request();
        assert_eq!(call_service(&app, request).await.status(), status);
    }
    assert_eq!(call_service(&app, honest().to_request()).await.status(), 200);
}

/// The path that was signed is the one on the request line, also in a scope.
#[actix_web::test]
async fn a_scope_does_not_change_the_signed_path() {
    let verifier = builder().scheme(Scheme::UriBodyTime).build().unwrap();
    let scope = web::scope("/api")
        .wrap(OnlineContact::new(verifier))
        .route("/customer/{id}", web::post().to(lookup));
    let app = init_service(App::new().service(scope)).await;
    for (path, status) in [("/api/customer/a%20b", 200), ("/customer/a%20b", 403)] {
        let signed = signer().scheme(Scheme::UriBodyTime).sign(path, b"", NOW);
        let request = TestRequest::post().uri("/api/customer/a%20b?query=1");
        let request = signed.into_iter().fold(request, TestRequest::append_header);
        assert_eq!(call_service(&app, request.to_request()).await.status(), status, "{path}");
    }
}

#[actix_web::test]
async fn row_14_a_request_that_is_verified_twice_passes_with_a_warning() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let customer = web::resource("/customer")
        .wrap(Verify::new(verifier.clone()))
        .wrap(OnlineContact::new(verifier))
        .route(web::post().to(lookup));
    let app = init_service(App::new().service(customer)).await;
    let (response, lines) = logs::of_async(call_service(&app, honest().to_request())).await;
    assert_eq!(response.status(), 200);
    let warnings: Vec<_> = lines.iter().filter_map(|line| line.field("message")).collect();
    assert_eq!(warnings, ["request verified twice by one verifier; remove one of the two layers"]);
    assert_eq!(call_service(&app, honest().to_request()).await.status(), 403);
}
