//! A real Envoy in front of an upstream that knows nothing of Online Contact.

use std::net::SocketAddr;
use std::path::Path;

use online_contact_envoy::{KEY_LABEL_HEADER, TENANT_HEADER};
use online_contact_test_kit::{ClosedPort, Redis};
use online_contact_tests::{Reply, Request, Target};

use crate::kit::{
    KEY, PATIENCE, Program, Upstream, envoy_program, forged, sign, signed, start_envoy,
};

fn is_ours(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("x-oc") || name.starts_with("x_oc")
}

async fn send(target: Target, bytes: &[u8]) -> Reply {
    target.http1().await.unwrap().exchange(bytes).await.unwrap()
}

#[track_caller]
fn is_envelope(reply: &Reply, status: u16, code: &str) {
    let body = String::from_utf8_lossy(&reply.body);
    assert_eq!(reply.status, status, "{body}");
    let error: serde_json::Value = serde_json::from_str(&body).expect(&body);
    assert_eq!(error["error"]["code"], code, "{body}");
    let types: Vec<_> = reply.headers.iter().filter(|(name, _)| name == "content-type").collect();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].1, b"application/json; charset=utf-8");
}

#[tokio::test]
async fn the_upstream_gets_the_request_as_it_was_sent() {
    let Some(envoy) = envoy_program() else { return };
    let (program, upstream) =
        (Program::start(&[("OC_SECURITY_KEY", KEY)]), Upstream::start().await);
    // Also where Envoy lets names with underscores through, the authorizer removes them.
    let changes = [("DROP_HEADER", "ALLOW")];
    let (_envoy, target) =
        start_envoy(&envoy, program.socket_address(), upstream.address, &changes);
    let body: Vec<u8> = (0..=255).collect();
    let mut request = signed(body.clone());
    request.target = "/customer/./%EA%B3%A0//a;b?x=%20&y".to_owned();
    let request = request
        .header("x-oc-key-label", "of the client")
        .header("X-OC-Key-Label", "of the client")
        .header("x_oc_key_label", "of the client")
        .header("x-oc-tenant", "of the client")
        .header("x_oc_tenant", "of the client")
        .header("x-other", "of the client");
    let reply = send(target, &request.chunked(7)).await;
    assert_eq!((reply.status, &*reply.body), (200, &br#"{"data":{}}"#[..]));

    let received = upstream.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].target, request.target);
    assert_eq!(received[0].body, body);
    let headers = &received[0].headers;
    let labels: Vec<_> = headers.get_all(KEY_LABEL_HEADER).iter().collect();
    assert_eq!(labels, ["key-1"]);
    for name in [TENANT_HEADER, "x_oc_key_label", "x_oc_tenant"] {
        assert!(!headers.contains_key(name), "{name}");
    }
    for (name, value) in request.headers.iter().filter(|(name, _)| !is_ours(name)) {
        assert_eq!(headers.get(name.as_str()).unwrap().as_bytes(), value, "{name}");
    }

    is_envelope(&send(target, &forged("{}").whole()).await, 403, "40303");
    is_envelope(&send(target, &request.chunked(7)).await, 403, "40304");
    assert_eq!(upstream.received().len(), 1);
}

#[tokio::test]
async fn responses_of_envoy_itself_are_envelopes() {
    let Some(envoy) = envoy_program() else { return };
    let (program, upstream) =
        (Program::start(&[("OC_SECURITY_KEY", KEY)]), Upstream::start().await);
    let changes = [
        ("request_timeout: 10s", "request_timeout: 0.3s"),
        ("cluster: upstream, timeout: 10s", "cluster: upstream, timeout: 0.1s"),
        ("match: {prefix: \"/\"}", "match: {prefix: \"/hang\"}"),
    ];
    let (_envoy, target) =
        start_envoy(&envoy, program.socket_address(), upstream.address, &changes);
    let hang = |body: Vec<u8>| {
        let mut request = Request::unsigned(body);
        request.target = "/hang".to_owned();
        sign(KEY, request)
    };
    let too_long = hang(vec![b'x'; 1024 * 1024 + 1]);
    is_envelope(&send(target, &too_long.whole()).await, 400, "40006");
    // The client does not send the body.
    let slow = hang(b"{}".to_vec()).head(&["Content-Length: 2"]);
    is_envelope(&send(target, &slow).await, 400, "40007");
    is_envelope(&send(target, &signed("{}").whole()).await, 404, "40400");
    is_envelope(&send(target, &hang(b"{}".to_vec()).whole()).await, 500, "50000");
    is_envelope(&send(target, b"no HTTP\r\n\r\n").await, 400, "40000");
    assert!(upstream.received().is_empty());

    let closed = ClosedPort::new();
    let (_envoy, target) = start_envoy(&envoy, program.socket_address(), closed.address(), &[]);
    is_envelope(&send(target, &signed("[]").whole()).await, 500, "50000");
}

#[tokio::test]
async fn nothing_passes_without_an_authorizer() {
    let Some(envoy) = envoy_program() else { return };
    let upstream = Upstream::start().await;
    let closed = ClosedPort::new();
    let (_envoy, target) = start_envoy(&envoy, closed.address(), upstream.address, &[]);
    is_envelope(&send(target, &signed("{}").whole()).await, 500, "50000");
    assert!(upstream.received().is_empty());
}

#[tokio::test]
async fn nothing_passes_with_other_settings_of_the_filter() {
    let Some(envoy) = envoy_program() else { return };
    let settings = [("OC_SECURITY_KEY", KEY)];
    let (mut program, upstream) = (Program::start(&settings), Upstream::start().await);
    let with_body = "              with_request_body:\n                max_request_bytes: 1048576\n                allow_partial_message: false\n                pack_as_bytes: true\n";
    let partial = "max_request_bytes: 1048576\n                allow_partial_message: false";
    for (change, named) in [
        ((with_body, ""), "with_request_body"),
        (("pack_as_bytes: true", "pack_as_bytes: false"), "pack_as_bytes"),
        (("encode_raw_headers: true", "encode_raw_headers: false"), "encode_raw_headers"),
        (
            (partial, "max_request_bytes: 5\n                allow_partial_message: true"),
            "allow_partial_message",
        ),
    ] {
        let (_envoy, target) =
            start_envoy(&envoy, program.socket_address(), upstream.address, &[change]);
        // The part and the empty body that the authorizer sees are signed.
        for request in [signed("12345"), signed("")] {
            let mut bytes = request.clone();
            bytes.body = b"12345 and more".to_vec();
            let reply = send(target, &bytes.chunked(100)).await;
            assert_ne!(reply.status, 200, "{named}");
        }
        program.logs(named);
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test]
async fn two_authorizers_with_one_redis_let_a_request_pass_once() {
    let Some(envoy) = envoy_program() else { return };
    let Some(redis) = Redis::start() else { return };
    let url = redis.url();
    let settings = [("OC_SECURITY_KEY", KEY), ("OC_REPLAY", &*url)];
    let (first, second) = (Program::start(&settings), Program::start(&settings));
    let upstream = Upstream::start().await;
    let target = both(&envoy, &first, &second, upstream.address);
    let mut passed = 0;
    for number in 0..5 {
        let request = signed(format!("{{\"callNum\":\"{number}\"}}")).whole();
        for _ in 0..4 {
            let reply = send(target.1, &request).await;
            match reply.status {
                200 => passed += 1,
                _ => is_envelope(&reply, 403, "40304"),
            }
        }
    }
    assert_eq!((passed, upstream.received().len()), (5, 5));
}

/// An Envoy that calls one authorizer after the other.
fn both(
    envoy: &Path,
    first: &Program,
    second: &Program,
    upstream: SocketAddr,
) -> (online_contact_tests::envoy::Envoy, Target) {
    let port = |program: &Program| program.socket_address().port();
    let endpoint = |port: u16| {
        format!(
            "        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}\n"
        )
    };
    let change = endpoint(port(first)) + &endpoint(port(second));
    let changes = [(&*endpoint(port(first)), &*change)];
    let (envoy, mut target) = start_envoy(envoy, first.socket_address(), upstream, &changes);
    target.patience = PATIENCE;
    (envoy, target)
}
