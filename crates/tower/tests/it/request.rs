//! The request and the response besides the body.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response, Version};
use http_body_util::{BodyExt, Full};
use online_contact::{Scheme, Verified};
use online_contact_tower::{BufferedBody, Verify, VerifyLayer};
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};

use crate::support::{BODY, NOW, builder, detail, full, signed, signed_as, verifier};

#[derive(Clone, Debug, PartialEq)]
struct Tag(&'static str);

#[tokio::test]
async fn only_the_proof_is_added_to_a_request() {
    let request = || {
        signed(BODY)
            .method(Method::PATCH)
            .uri("http://customers.example:8080/a%20b//c?callNum=1&x=%00")
            .version(Version::HTTP_2)
            .header("cookie", "a=1")
            .header("cookie", "b=2")
            .header("x-odd", http::HeaderValue::from_bytes(b"\xff\x80").unwrap())
            .extension(Tag("from another layer"))
            .body(full(BODY))
            .unwrap()
    };
    let handler = service_fn(move |received: Request<BufferedBody>| async move {
        let (sent, _) = request().into_parts();
        let (received, body) = received.into_parts();
        assert_eq!(received.method, sent.method);
        assert_eq!(received.uri, sent.uri);
        assert_eq!(received.version, sent.version);
        assert_eq!(received.headers, sent.headers);
        assert_eq!(received.extensions.get(), Some(&Tag("from another layer")));

        let verified: &Verified = received.extensions.get().unwrap();
        assert_eq!(verified.key_label(), "key-1");
        assert_eq!(verified.timestamp(), NOW);
        assert_eq!(verified.timestamp_age_ms(), 0);
        Ok::<_, Infallible>(Response::new(Full::new(body.into_bytes())))
    });
    let response = Verify::new(handler, verifier()).oneshot(request()).await;
    let echoed = response.unwrap().into_body().collect().await.unwrap();
    assert_eq!(echoed.to_bytes(), BODY);
}

#[tokio::test]
async fn the_response_is_unchanged() {
    let handler = service_fn(|_: Request<BufferedBody>| async {
        let response = Response::builder()
            .status(418)
            .version(Version::HTTP_10)
            .header("x-response", "1")
            .extension(Tag("of the response"));
        Ok::<_, Infallible>(response.body(full(b"teapot")).unwrap())
    });
    let request = signed(BODY).body(full(BODY)).unwrap();
    let response = Verify::new(handler, verifier()).oneshot(request).await;
    let response = response.unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.version(), Version::HTTP_10);
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.headers()["x-response"], "1");
    assert_eq!(response.extensions().get(), Some(&Tag("of the response")));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "teapot");
}

#[tokio::test]
async fn the_proof_of_the_inner_layer_counts() {
    let outer = builder().build().unwrap();
    let inner = online_contact::Verifier::builder()
        .labeled_key("inner", online_contact::SecurityKey::new(crate::support::KEY).unwrap())
        .clock(NOW)
        .build()
        .unwrap();
    let handler = service_fn(|request: Request<BufferedBody>| async move {
        let verified: &Verified = request.extensions().get().unwrap();
        let label = Bytes::copy_from_slice(verified.key_label().as_bytes());
        Ok::<_, Infallible>(Response::new(Full::new(label)))
    });
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(outer))
        .layer(VerifyLayer::new(inner))
        .service(handler);
    let request = signed(BODY).body(full(BODY)).unwrap();
    let response = service.oneshot(request).await.unwrap();
    let label = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(label, "inner");
}

#[tokio::test]
async fn the_path_is_signed_as_received_without_the_query() {
    let verifier = builder().scheme(Scheme::UriBodyTime).build().unwrap();
    let handler = service_fn(|_: Request<BufferedBody>| async {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let service = VerifyLayer::new(verifier).layer(handler);
    let path = "/a%20b/%ED%95%9C//c/";
    for uri in
        [path.to_owned(), format!("{path}?callNum=1"), format!("http://customers.example{path}?")]
    {
        let request = signed_as(Scheme::UriBodyTime, path, BODY).uri(&uri);
        let request = request.body(full(BODY)).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{uri}");
    }
    let request = signed_as(Scheme::UriBodyTime, path, BODY).uri("/another");
    let request = request.body(full(BODY)).unwrap();
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(detail(response).await, "signature_mismatch");
}

#[test]
fn debug_prints_no_key() {
    let layer = VerifyLayer::new(verifier());
    let service = layer.layer(Tag("inner"));
    for shown in [format!("{layer:?}"), format!("{service:?}")] {
        assert!(shown.contains("key-1"), "{shown}");
        assert!(!shown.contains(crate::support::KEY), "{shown}");
    }
    assert_eq!(service.get_ref(), &Tag("inner"));
}
