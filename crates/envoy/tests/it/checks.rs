//! Checks as Envoy sends them, with other settings than those that are needed.

use envoy_types::ext_authz::v3::pb::{
    Authorization as _, CheckRequest, CheckResponse, HeaderValue, HttpResponse,
};
use envoy_types::pb::envoy::config::core::v3::HeaderMap;
use envoy_types::pb::envoy::service::auth::v3::AttributeContext;
use envoy_types::pb::envoy::service::auth::v3::attribute_context::{HttpRequest, Request};
use online_contact::{Signer, Verifier};
use online_contact_envoy::Authorizer;
use online_contact_test_kit::{NOW, key, logs};

use crate::kit::KEY;

const BODY: &[u8] = br#"{"callNum":"1"}"#;

fn authorizer() -> Authorizer {
    let verifier = Verifier::builder().labeled_key("고객 %", key(KEY)).clock(NOW);
    Authorizer::new(verifier.build().unwrap())
}

/// A check of a signed request, as with the sample settings.
fn http(body: &[u8]) -> HttpRequest {
    let signed = Signer::new(&key(KEY)).sign("/customer", body, NOW);
    let length = body.len().to_string();
    let headers = signed.headers().into_iter().chain([
        (":path", "/customer".to_owned()),
        ("content-length", length),
        ("content-type", "application/json".to_owned()),
    ]);
    let headers = headers.map(|(name, text)| header(name, &text)).collect();
    HttpRequest {
        path: "/customer".to_owned(),
        host: "oc.example".to_owned(),
        protocol: "HTTP/1.1".to_owned(),
        header_map: Some(HeaderMap { headers }),
        raw_body: body.to_vec(),
        ..HttpRequest::default()
    }
}

fn header(name: &str, value: &str) -> HeaderValue {
    HeaderValue {
        key: name.to_ascii_lowercase(),
        raw_value: value.as_bytes().to_vec(),
        ..HeaderValue::default()
    }
}

fn headers(http: &mut HttpRequest) -> &mut Vec<HeaderValue> {
    &mut http.header_map.as_mut().unwrap().headers
}

/// Returns the response and what was logged.
async fn check(http: Option<HttpRequest>) -> (CheckResponse, String) {
    let request = Request { http, ..Request::default() };
    let attributes = AttributeContext { request: Some(request), ..AttributeContext::default() };
    let check = CheckRequest { attributes: Some(attributes) };
    let authorizer = authorizer();
    let (response, lines) = logs::of_async(authorizer.check(tonic::Request::new(check))).await;
    (response.unwrap().into_inner(), format!("{lines:?}"))
}

/// The status and the body of a denied response.
#[track_caller]
fn denied(response: &CheckResponse) -> (i32, &str) {
    assert_ne!(response.status.as_ref().unwrap().code, 0, "{response:?}");
    match response.http_response.as_ref().unwrap() {
        HttpResponse::DeniedResponse(denied) => (denied.status.unwrap().code, &denied.body),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_signed_request_passes_with_its_label() {
    let mut request = http(BODY);
    for name in ["x-oc-key-label", "x-oc-tenant", "x_oc_tenant", "x-oc_key-label"] {
        headers(&mut request).push(header(name, "from the client"));
    }
    let (response, _) = check(Some(request)).await;
    assert_eq!(response.status.unwrap().code, 0);
    let Some(HttpResponse::OkResponse(ok)) = response.http_response else { panic!() };
    let set = ok.headers[0].header.as_ref().unwrap();
    assert_eq!((&*set.key, &*set.value), ("x-oc-key-label", "%EA%B3%A0%EA%B0%9D %25"));
    assert_eq!(ok.headers.len(), 1);
    assert_eq!(ok.headers_to_remove, ["x-oc-tenant", "x_oc_tenant", "x-oc_key-label"]);
    let metadata = response.dynamic_metadata.unwrap().fields;
    let kind = metadata["key_label"].kind.as_ref().unwrap();
    assert!(format!("{kind:?}").contains("고객 %"), "{kind:?}");
}

#[tokio::test]
async fn a_forged_request_is_denied_with_the_envelope() {
    let mut request = http(BODY);
    request.raw_body[3] ^= 1;
    let (response, log) = check(Some(request)).await;
    let (status, body) = denied(&response);
    assert_eq!(status, 403);
    assert!(body.contains("signature_mismatch"), "{body}");
    assert!(log.contains("request rejected"), "{log}");
}

#[tokio::test]
async fn an_empty_body_passes_if_it_is_declared() {
    let (response, _) = check(Some(http(b""))).await;
    assert_eq!(response.status.unwrap().code, 0);
}

/// Each of these bodies is signed as it arrived.
#[tokio::test]
async fn a_body_that_may_not_be_whole_is_never_verified() {
    let partial = |value: &str| {
        let mut request = http(BODY);
        headers(&mut request).push(header("x-envoy-auth-partial-body", value));
        request
    };
    let mut both = partial("false");
    headers(&mut both).push(header("x-envoy-auth-partial-body", "true"));
    let mut text = http(BODY);
    text.body = String::from_utf8(std::mem::take(&mut text.raw_body)).unwrap();
    let length = |length: Option<&str>| {
        let mut request = http(b"");
        headers(&mut request).retain(|header| header.key != "content-length");
        headers(&mut request).extend(length.map(|length| header("content-length", length)));
        request
    };
    let mut short = http(BODY);
    headers(&mut short).retain(|header| header.key != "content-length");
    headers(&mut short).push(header("content-length", "16"));
    for (request, named) in [
        (partial("true"), "allow_partial_message"),
        (partial("yes"), "allow_partial_message"),
        (both, "allow_partial_message"),
        (text, "pack_as_bytes"),
        (length(Some("5")), "with_request_body"),
        (length(None), "with_request_body"),
        (short, "15 of 16"),
    ] {
        let (response, log) = check(Some(request)).await;
        let (status, body) = denied(&response);
        assert_eq!(status, 400, "{named}");
        assert!(body.contains("body_unreadable"), "{named}: {body}");
        assert!(log.contains(named), "{named}: {log}");
    }
}

#[tokio::test]
async fn headers_are_checked_before_the_body() {
    let mut request = http(b"");
    headers(&mut request).retain(|header| header.key == ":path");
    let (response, _) = check(Some(request)).await;
    assert!(denied(&response).1.contains("timestamp_missing"));
}

#[tokio::test]
async fn merged_headers_are_denied() {
    let mut request = http(BODY);
    for header in std::mem::take(headers(&mut request)) {
        request.headers.insert(header.key, String::from_utf8(header.raw_value).unwrap());
    }
    for request in [request.clone(), HttpRequest { header_map: None, ..request }] {
        let (response, log) = check(Some(request)).await;
        assert_eq!(denied(&response).0, 500);
        assert!(log.contains("encode_raw_headers"), "{log}");
    }
}

#[tokio::test]
async fn a_check_without_an_http_request_is_denied() {
    let (response, log) = check(None).await;
    assert_eq!(denied(&response).0, 500);
    assert!(log.contains("envoy.filters.http.ext_authz"), "{log}");
}

#[tokio::test]
async fn duplicates_are_seen() {
    for name in ["x-tc-timestamp", "authorization"] {
        let mut request = http(BODY);
        let copy = headers(&mut request).iter().find(|header| header.key == name).cloned().unwrap();
        headers(&mut request).push(copy.clone());
        let (response, _) = check(Some(request)).await;
        assert!(denied(&response).1.contains("header_duplicated"), "{name}");
    }
    // Envoy joins several `Authorization` headers itself.
    let signed = Signer::new(&key(KEY)).sign("/customer", BODY, NOW);
    let value = signed.signature().to_base64();
    for (joined, reason) in [
        (format!("{value},{value}"), "header_duplicated"),
        (format!("{value},Bearer x"), "header_duplicated"),
        (format!(",{value}"), "header_duplicated"),
        ("Digest username=\"a\", realm=\"b\"".to_owned(), "authorization_malformed"),
        (",".to_owned(), "authorization_malformed"),
    ] {
        let mut request = http(BODY);
        headers(&mut request).retain(|header| header.key != "authorization");
        headers(&mut request).push(header("authorization", &joined));
        let (response, _) = check(Some(request)).await;
        assert!(denied(&response).1.contains(reason), "{joined}");
    }
}

/// A client must not be able to choose a rejection with status 200 on a JSON route.
#[tokio::test]
async fn only_grpc_over_http2_is_denied_as_grpc() {
    for (protocol, content_type, status) in [
        ("HTTP/2", "application/grpc", 200),
        ("HTTP/2", "application/grpc+proto", 200),
        ("HTTP/3", "application/grpc", 200),
        ("HTTP/2", "application/grpc-nonsense", 403),
        ("HTTP/1.1", "application/grpc", 403),
        ("HTTP/2", "application/json", 403),
    ] {
        let mut request = http(BODY);
        request.protocol = protocol.to_owned();
        request.raw_body.push(b' ');
        headers(&mut request).retain(|header| header.key != "content-type");
        headers(&mut request).push(header("content-type", content_type));
        let (response, _) = check(Some(request)).await;
        assert_eq!(denied(&response).0, status, "{protocol} {content_type}");
    }
}
