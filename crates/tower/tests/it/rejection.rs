//! Rejections as JSON, as gRPC, and in the extensions.

use std::io;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use online_contact::{Failure, Reason, Rejection, Verifier, VerifierBuilder};
use percent_encoding::percent_decode_str;
use tower::ServiceExt;

use crate::support::{BODY, BodyFn, builder, echo, full, signed, verifier};

const MISSING: &str = r#"{"error":{"code":"40001","message":"X-TC-Timestamp is missing.","detail":"timestamp_missing"}}"#;

/// Content types of gRPC requests.
const GRPC: [&str; 5] = [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "APPLICATION/GRPC",
    "Application/gRPC; charset=utf-8",
];

/// Returns the response to a request, with its whole body.
async fn respond(verifier: Verifier, request: Request<Full<Bytes>>) -> Response<Bytes> {
    let response = echo(verifier).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let size = body.size_hint().exact();
    let ended = body.is_end_stream();
    let bytes = body.collect().await.unwrap().to_bytes();
    assert_eq!(size, Some(bytes.len() as u64));
    assert_eq!(ended, bytes.is_empty());
    Response::from_parts(parts, bytes)
}

fn unsigned(content_type: &str) -> Request<Full<Bytes>> {
    let request = Request::post("/customer").header("content-type", content_type);
    let request = request.version(Version::HTTP_2);
    request.body(full(BODY)).unwrap()
}

fn tampered(content_type: &str) -> Request<Full<Bytes>> {
    let request = signed(BODY).version(Version::HTTP_2).header("content-type", content_type);
    request.body(full(b"{}")).unwrap()
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    let values: Vec<_> = response.headers().get_all(name).iter().collect();
    assert!(values.len() <= 1, "{name} more than once");
    values.first().map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_rejection_is_the_envelope_as_json() {
    let response = respond(verifier(), unsigned("application/json")).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let content_type = header(&response, "content-type");
    assert_eq!(content_type, Some("application/json; charset=utf-8"));
    assert_eq!(response.body(), MISSING);

    let response = respond(verifier(), tampered("application/json")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        response.body(),
        r#"{"error":{"code":"40303","message":"Authorization does not match the request.","detail":"signature_mismatch"}}"#
    );
}

#[tokio::test]
async fn other_requests_get_json() {
    for content_type in [
        "",
        "application/json",
        "text/plain",
        "application/grp",
        "application/x-grpc",
        "application/json; was=application/grpc",
        "application/grpc-nonsense",
        "application/grpc-web",
        "application/grpc-web+proto",
        " application/grpc",
    ] {
        let response = respond(verifier(), unsigned(content_type)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.body(), MISSING, "{content_type:?}");
        assert_eq!(header(&response, "grpc-status"), None);
    }
    let bare = Request::post("/").body(full(BODY)).unwrap();
    assert_eq!(respond(verifier(), bare).await.body(), MISSING);
}

#[tokio::test]
async fn row_01_header_names_are_compared_in_any_case() {
    let twice = signed(BODY).header("X-Tc-Timestamp", "1732400000000");
    let response = respond(verifier(), twice.body(full(BODY)).unwrap()).await;
    let rejection: &Rejection = response.extensions().get().unwrap();
    assert_eq!(rejection.reason(), Reason::HeaderDuplicated);
}

#[tokio::test]
async fn a_grpc_rejection_is_trailers_only() {
    for content_type in GRPC {
        let response = respond(verifier(), unsigned(content_type)).await;
        assert_eq!(response.status(), StatusCode::OK, "{content_type}");
        assert_eq!(header(&response, "content-type"), Some("application/grpc"));
        assert_eq!(header(&response, "grpc-status"), Some("3"));
        let message = header(&response, "grpc-message");
        assert_eq!(message, Some("X-TC-Timestamp is missing."));
        assert!(response.body().is_empty());

        let encoded = header(&response, "oc-error-bin").unwrap();
        let envelope = STANDARD_NO_PAD.decode(encoded).unwrap();
        assert_eq!(envelope, MISSING.as_bytes());
    }
}

#[tokio::test]
async fn the_grpc_status_is_that_of_the_reason() {
    let response = respond(verifier(), tampered("application/grpc")).await;
    assert_eq!(header(&response, "grpc-status"), Some("16"));

    let small = builder().body_limit(1).build().unwrap();
    let request = signed(BODY).version(Version::HTTP_2).header("content-type", "application/grpc");
    let response = respond(small, request.body(full(BODY)).unwrap()).await;
    assert_eq!(header(&response, "grpc-status"), Some("8"));
}

#[tokio::test]
async fn a_rejection_is_the_same_in_every_version_of_http() {
    for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2] {
        let mut request = unsigned("application/json");
        *request.version_mut() = version;
        assert_eq!(respond(verifier(), request).await.body(), MISSING);
    }
}

#[tokio::test]
async fn the_rejection_is_in_the_extensions() {
    let custom = || builder().render_rejections(|_| Failure::no_route("404", "Nothing here."));
    for content_type in ["application/json", "application/grpc"] {
        for verifier in [
            verifier(),
            builder().conceal_reasons(true).build().unwrap(),
            custom().build().unwrap(),
        ] {
            let early = respond(verifier.clone(), unsigned(content_type)).await;
            let late = respond(verifier, tampered(content_type)).await;
            let reason = |response: &Response<_>| {
                let rejection: &Rejection = response.extensions().get().unwrap();
                rejection.reason()
            };
            assert_eq!(reason(&early), Reason::TimestampMissing);
            assert_eq!(reason(&late), Reason::SignatureMismatch);
        }
    }
}

#[tokio::test]
async fn a_verified_request_has_no_rejection() {
    let request = signed(BODY).body(full(BODY)).unwrap();
    let response = respond(verifier(), request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.body(), BODY);
    assert!(response.extensions().get::<Rejection>().is_none());
}

#[tokio::test]
async fn a_concealed_reason_is_not_sent() {
    let verifier = builder().conceal_reasons(true).build().unwrap();
    let response = respond(verifier.clone(), tampered("application/json")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let envelope =
        r#"{"error":{"code":"403","message":"The request was rejected.","detail":null}}"#;
    assert_eq!(response.body(), envelope);

    let response = respond(verifier, tampered("application/grpc")).await;
    let message = header(&response, "grpc-message");
    assert_eq!(message, Some("The request was rejected."));
    assert_eq!(header(&response, "grpc-status"), Some("16"));
    let encoded = header(&response, "oc-error-bin").unwrap();
    let decoded = STANDARD_NO_PAD.decode(encoded).unwrap();
    assert_eq!(decoded, envelope.as_bytes());
}

/// Over HTTP/1 there is no gRPC.
#[tokio::test]
async fn a_grpc_content_type_over_http_1_gets_json() {
    for content_type in GRPC {
        let mut request = unsigned(content_type);
        *request.version_mut() = Version::HTTP_11;
        let response = respond(verifier(), request).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.body(), MISSING, "{content_type}");
    }
}

/// The reasons with status 400 have different gRPC codes unless they are concealed.
#[tokio::test]
async fn a_concealed_reason_is_not_in_the_grpc_status_either() {
    let statuses = async |builder: VerifierBuilder| {
        let small = builder.body_limit(4).build().unwrap();
        let too_large =
            signed(BODY).version(Version::HTTP_2).header("content-type", "application/grpc");
        let broken =
            BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Err(io::Error::other("hung up")))));
        let broken = signed(BODY)
            .version(Version::HTTP_2)
            .header("content-type", "application/grpc")
            .body(broken);
        let broken = echo(small.clone()).oneshot(broken.unwrap()).await.unwrap();
        let broken = broken.headers()["grpc-status"].to_str().unwrap().to_owned();
        let large = respond(small, too_large.body(full(BODY)).unwrap()).await;
        [broken, header(&large, "grpc-status").unwrap().to_owned()]
    };
    assert_eq!(statuses(builder()).await, ["3", "8"]);
    assert_eq!(statuses(builder().conceal_reasons(true)).await, ["3", "3"]);
}

#[tokio::test]
async fn a_custom_renderer_decides_the_grpc_status_too() {
    type Render = fn(&Rejection) -> Failure;
    let renderers: [(Render, &str); 5] = [
        // The HTTP status and the gRPC code of the rejection, which is `body_too_large`.
        (|_| Failure::no_result(1, "m"), "8"),
        (|_| Failure::forbidden(1, "m"), "16"),
        (|_| Failure::no_route(1, "m"), "12"),
        (|_| Failure::server_error(1, "m"), "13"),
        // As it would have been, with another detail.
        (|rejection| rejection.to_failure().with_detail("mine"), "8"),
    ];
    for (render, status) in renderers {
        let verifier = builder().body_limit(1).render_rejections(render).build().unwrap();
        let request =
            signed(BODY).version(Version::HTTP_2).header("content-type", "application/grpc");
        let response = respond(verifier, request.body(full(BODY)).unwrap()).await;
        assert_eq!(header(&response, "grpc-status"), Some(status));
    }
}

#[tokio::test]
async fn a_custom_renderer_decides_the_response() {
    let verifier = builder()
        .render_rejections(|rejection| {
            Failure::server_error(7, rejection.message()).with_detail("mine")
        })
        .build()
        .unwrap();
    let response = respond(verifier, unsigned("application/json")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        response.body(),
        r#"{"error":{"code":7,"message":"X-TC-Timestamp is missing.","detail":"mine"}}"#
    );
}

#[tokio::test]
async fn any_message_survives_grpc() {
    for message in [
        "권한이 없습니다.",
        "100% of it\r\nInjected: yes",
        "tab\tnul\0del\u{7f}",
        "%20 is not a blank",
        "🦀 ~!@#$^&*()_+{}|:\"<>?`-=[]\\;',./",
        "",
    ] {
        let verifier =
            builder().render_rejections(move |_| Failure::forbidden("1", message)).build().unwrap();
        let response = respond(verifier, unsigned("application/grpc")).await;
        let encoded = header(&response, "grpc-message").unwrap();
        assert!(encoded.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        let decoded = percent_decode_str(encoded).decode_utf8().unwrap();
        assert_eq!(decoded, message);

        let envelope = STANDARD_NO_PAD.decode(header(&response, "oc-error-bin").unwrap());
        let envelope: serde_json::Value = serde_json::from_slice(&envelope.unwrap()).unwrap();
        assert_eq!(envelope["error"]["message"], message);
    }
}
