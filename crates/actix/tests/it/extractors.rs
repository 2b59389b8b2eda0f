//! The extractors of actix-web within the middleware.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Responder, web};
use futures_util::TryStreamExt as _;
use online_contact::{Success, Verified};
use online_contact_actix::Verify;
use serde_json::{Value, json};

use crate::support::{signed, verifier};

async fn respond<H, A>(handler: H, request: TestRequest) -> (StatusCode, String)
where
    H: actix_web::Handler<A, Output: Responder + 'static>,
    A: actix_web::FromRequest + 'static,
{
    let customer = web::resource("/customer").wrap(Verify::new(verifier()));
    let app = init_service(App::new().service(customer.route(web::post().to(handler)))).await;
    let response = call_service(&app, request.to_request()).await;
    let status = response.status();
    (status, String::from_utf8(read_body(response).await.to_vec()).unwrap())
}

fn with_body(content_type: &str, body: &'static str) -> TestRequest {
    signed(body.as_bytes()).insert_header(("content-type", content_type)).set_payload(body)
}

#[actix_web::test]
async fn bytes_are_the_body_as_received() {
    let response = respond(|body: web::Bytes| async move { body }, with_body("x/y", "{}")).await;
    assert_eq!(response, (StatusCode::OK, "{}".to_owned()));
}

#[actix_web::test]
async fn a_string_is_the_body_as_received() {
    let response =
        respond(|body: String| async move { body }, with_body("text/plain", "고객")).await;
    assert_eq!(response, (StatusCode::OK, "고객".to_owned()));
}

#[actix_web::test]
async fn json_is_extracted_after_the_verdict() {
    let request = with_body("application/json", r#"{"callNum":"1"}"#);
    let handler = |body: web::Json<Value>| async move { Success(body.into_inner()) };
    let response = respond(handler, request).await;
    assert_eq!(response, (StatusCode::OK, r#"{"data":{"callNum":"1"}}"#.to_owned()));
}

#[actix_web::test]
async fn a_form_is_extracted_after_the_verdict() {
    let request = with_body("application/x-www-form-urlencoded", "callNum=1&nation=korea");
    let handler =
        |form: web::Form<Vec<(String, String)>>| async move { Success(form.into_inner()) };
    let (status, body) = respond(handler, request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, json!({"data": [["callNum", "1"], ["nation", "korea"]]}).to_string());
}

#[actix_web::test]
async fn a_payload_streams_the_body() {
    let handler = |payload: web::Payload| async move { payload.to_bytes().await.unwrap() };
    let response = respond(handler, with_body("text/plain", "a stream")).await;
    assert_eq!(response, (StatusCode::OK, "a stream".to_owned()));
}

#[actix_web::test]
async fn multipart_is_extracted_after_the_verdict() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"callNum\"\r\n\r\n1\r\n--b--\r\n";
    let request = with_body("multipart/form-data; boundary=b", body);
    let handler = |mut form: Multipart| async move {
        let mut field = form.try_next().await.unwrap().unwrap();
        let value = field.try_next().await.unwrap().unwrap();
        format!("{}={}", field.name().unwrap(), String::from_utf8_lossy(&value))
    };
    assert_eq!(respond(handler, request).await, (StatusCode::OK, "callNum=1".to_owned()));
}

#[actix_web::test]
async fn verified_names_the_key() {
    let handler = |who: Verified| async move { who.key_label().to_owned() };
    let response = respond(handler, with_body("text/plain", "x")).await;
    assert_eq!(response, (StatusCode::OK, "key-1".to_owned()));
}
