//! The program without Envoy: settings, keys, health, metrics, TLS, Unix socket, stop.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use envoy_types::ext_authz::v3::pb::{CheckRequest, HeaderValue};
use envoy_types::pb::envoy::config::core::v3::HeaderMap;
use envoy_types::pb::envoy::service::auth::v3::AttributeContext;
use envoy_types::pb::envoy::service::auth::v3::attribute_context::{
    HttpRequest, Request as Attributes,
};
use envoy_types::pb::envoy::service::auth::v3::authorization_client::AuthorizationClient;
use hyper_util::rt::TokioIo;
use online_contact_test_kit::SelfSigned;
use online_contact_tests::{Request, Target};
use tokio::net::UnixStream;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::kit::{KEY, Program, command, signed, signed_with};

const SERVICE: &str = "envoy.service.auth.v3.Authorization";

/// Returns the status code of a check; 0 is OK.
async fn check(channel: Channel, host: &str, request: Request) -> i32 {
    let length = request.body.len().to_string();
    let headers = request.headers.into_iter().chain([("content-length".to_owned(), length.into())]);
    let headers = headers
        .map(|(key, raw_value)| HeaderValue { key, raw_value, ..HeaderValue::default() })
        .collect();
    let http = HttpRequest {
        path: request.target,
        host: host.to_owned(),
        header_map: Some(HeaderMap { headers }),
        raw_body: request.body,
        ..HttpRequest::default()
    };
    let request = Attributes { http: Some(http), ..Attributes::default() };
    let attributes = AttributeContext { request: Some(request), ..AttributeContext::default() };
    let check = CheckRequest { attributes: Some(attributes) };
    let response = AuthorizationClient::new(channel).check(check).await.unwrap();
    response.into_inner().status.unwrap().code
}

async fn connect(program: &Program) -> Channel {
    Endpoint::from_shared(program.address.clone()).unwrap().connect().await.unwrap()
}

fn fails(settings: &[(&str, &str)]) -> String {
    let output = online_contact_test_kit::Program::run(command(settings), b"");
    assert!(!output.status.success(), "{settings:?}");
    assert!(output.stdout.is_empty(), "{settings:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_missing_key_is_an_error_that_says_what_to_set() {
    let error = fails(&[]);
    for name in ["OC_SECURITY_KEY", "--key-file", "--tenants", "--demo"] {
        assert!(error.contains(name), "{error}");
    }
    let error = fails(&[("OC_SECURITY_KEY", KEY), ("OC_KEY_FILE", "keys")]);
    assert!(error.contains("expected one of OC_SECURITY_KEY"), "{error}");
    let error = fails(&[("OC_KEY_FILE", "/nowhere/keys")]);
    assert!(error.contains("/nowhere/keys"), "{error}");
    let error = fails(&[("OC_SECURITY_KEY", KEY), ("OC_REPLAY", "redis://:hunter2@host/x")]);
    assert!(error.contains("OC_REPLAY") && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn the_sample_key_is_accepted_only_in_demo_mode() {
    let mut program = Program::start(&[("OC_DEMO", "on")]);
    program.logs("demo mode");
    let request = signed_with("bf7769e5321448de88838cdb", "{}");
    assert_eq!(check(connect(&program).await, "", request).await, 0);
}

#[tokio::test]
async fn it_reports_its_health_and_stops_gracefully() {
    let program = Program::start(&[("OC_SECURITY_KEY", KEY), ("OC_LOG_FORMAT", "json")]);
    let channel = connect(&program).await;
    let mut health = HealthClient::new(channel.clone());
    for service in ["", SERVICE] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let response = health.check(request).await.unwrap().into_inner();
        assert_eq!(response.status, 1, "{service}: expected SERVING");
    }
    let request = HealthCheckRequest { service: SERVICE.to_owned() };
    let mut watch = health.watch(request).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status, 1);
    assert_ne!(check(channel, "", signed_with("another key", "{}")).await, 0);

    program.process.signal("TERM");
    assert_eq!(watch.message().await.unwrap().unwrap().status, 2, "expected NOT_SERVING");
    // A watch has no end of its own.
    drop(watch);
    let output = program.stop();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(event["level"].is_string(), "{line}");
    }
    assert!(log.contains(r#""reason":"signature_mismatch""#), "{log}");
}

#[tokio::test]
async fn the_stop_timeout_ends_calls_that_do_not_finish() {
    let settings = [("OC_SECURITY_KEY", KEY), ("OC_STOP_TIMEOUT", "0")];
    let program = Program::start(&settings);
    let mut health = HealthClient::new(connect(&program).await);
    let request = HealthCheckRequest { service: SERVICE.to_owned() };
    let _watch = health.watch(request).await.unwrap();
    let output = program.stop();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    assert!(log.contains("stop timeout passed"), "{log}");
}

#[tokio::test]
async fn it_serves_metrics_on_a_port_of_their_own() {
    let (program, address) = with_metrics();
    assert_eq!(check(connect(&program).await, "", signed("{}")).await, 0);
    let request = Request::unsigned("").method("GET").to("/metrics");
    let page = Target::from(address).exchange(&request).await.unwrap().text();
    assert!(page.contains(r#"online_contact_requests_total{outcome="accepted""#), "{page}");
    assert!(page.contains("online_contact_body_bytes_bucket"), "{page}");

    let address = address.to_string();
    let error = fails(&[("OC_SECURITY_KEY", KEY), ("OC_METRICS", &address)]);
    assert!(error.contains(&format!("metrics cannot be served on {address}")), "{error}");
}

/// Another program may take the free port before this one does.
fn with_metrics() -> (Program, SocketAddr) {
    for _ in 0..20 {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let address = free.to_string();
        let settings = [("OC_SECURITY_KEY", KEY), ("OC_METRICS", &*address)];
        if let Some(program) = Program::try_start("127.0.0.1:0", &settings) {
            return (program, free);
        }
    }
    panic!("no port is free for the metrics")
}

#[tokio::test]
async fn each_tenant_has_its_own_keys() {
    let folder = tempfile::tempdir().unwrap();
    // A hidden file is not a tenant, and after a rename the file is there as a whole.
    let write = |name: &str, text: &str| {
        let new = folder.path().join(".new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, folder.path().join(name)).unwrap();
    };
    write("acme.example", "2026: key-of-acme");
    write("globex.example", "key-of-globex");
    write(".hidden", "");
    let path = folder.path().to_str().unwrap();
    let mut program = Program::start(&[("OC_TENANTS", path)]);
    let channel = connect(&program).await;
    let acme = || signed_with("key-of-acme", "{\"a\":1}");
    assert_eq!(check(channel.clone(), "ACME.example:8443", acme()).await, 0);
    assert_ne!(check(channel.clone(), "globex.example", acme()).await, 0);
    assert_ne!(check(channel.clone(), "other.example", acme()).await, 0);

    // A broken file leaves its tenant the previous keys. A new file adds a tenant.
    write("acme.example", "");
    program.logs("keeping previous keys");
    write("initech.example", "key-of-initech");
    program.logs("initech.example");
    let again = signed_with("key-of-acme", "{\"a\":2}");
    assert_eq!(check(channel.clone(), "acme.example", again).await, 0);
    let initech = signed_with("key-of-initech", "{}");
    assert_eq!(check(channel.clone(), "initech.example", initech).await, 0);

    // Without its file a tenant has no keys.
    std::fs::remove_file(folder.path().join("acme.example")).unwrap();
    program.logs("tenants active");
    let removed = signed_with("key-of-acme", "{\"a\":3}");
    assert_ne!(check(channel, "acme.example", removed).await, 0);
}

#[tokio::test]
async fn a_tenant_can_be_the_first_segment_of_the_path() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customer"), "key-of-customer").unwrap();
    let path = folder.path().to_str().unwrap();
    let program = Program::start(&[("OC_TENANTS", path), ("OC_TENANT_BY", "path")]);
    let channel = connect(&program).await;
    let request = signed_with("key-of-customer", "{}");
    assert_eq!(check(channel.clone(), "", request).await, 0);
    let mut request = signed_with("key-of-customer", "{\"a\":1}");
    request.target = "/customer/../other".to_owned();
    assert_ne!(check(channel, "", request).await, 0);

    let empty = tempfile::tempdir().unwrap();
    let error = fails(&[("OC_TENANTS", empty.path().to_str().unwrap())]);
    assert!(error.contains("no key file in directory"), "{error}");
}

#[tokio::test]
async fn it_listens_on_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("oc.sock");
    let listen = format!("unix:{}", socket.display());
    for _ in 0..2 {
        // The second time it removes the socket of the first one, which was killed.
        let program = Program::start_on(&listen, &[("OC_SECURITY_KEY", KEY)]);
        assert_eq!(program.address, listen);
        assert_eq!(check(unix(&socket).await, "", signed("{}")).await, 0);
        drop(program);
    }
    let program = Program::start_on(&listen, &[("OC_SECURITY_KEY", KEY)]);
    let error = fails(&[("OC_SECURITY_KEY", KEY), ("OC_LISTEN", &listen)]);
    assert!(error.contains("cannot listen on unix:"), "{error}");
    program.stop();
    assert!(!socket.exists());
}

async fn unix(socket: &Path) -> Channel {
    let socket = socket.to_owned();
    let connect = tower::service_fn(move |_| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    Endpoint::from_static("http://unix").connect_with_connector(connect).await.unwrap()
}

#[tokio::test]
async fn it_speaks_tls_to_clients_with_a_certificate() {
    let pair = SelfSigned::new();
    let (cert_file, key_file) = (pair.certificate_file(), pair.key_file());
    let (cert_file, key_file) = (cert_file.to_str().unwrap(), key_file.to_str().unwrap());
    let settings = [
        ("OC_SECURITY_KEY", KEY),
        ("OC_TLS_CERT", cert_file),
        ("OC_TLS_KEY", key_file),
        ("OC_TLS_CLIENT_CA", cert_file),
    ];
    let program = Program::start(&settings);
    let url = format!("https://localhost:{}", program.socket_address().port());
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&pair.certificate));
    let endpoint = Endpoint::from_shared(url).unwrap();

    let known = tls.clone().identity(Identity::from_pem(&pair.certificate, &pair.key));
    let channel = endpoint.clone().tls_config(known).unwrap().connect().await.unwrap();
    assert_eq!(check(channel, "", signed("{}")).await, 0);

    let unknown = endpoint.tls_config(tls).unwrap().connect_lazy();
    let mut client = AuthorizationClient::new(unknown);
    assert!(client.check(CheckRequest::default()).await.is_err());

    let error = fails(&[("OC_SECURITY_KEY", KEY), ("OC_TLS_CERT", cert_file)]);
    assert!(error.contains("--tls-key"), "{error}");
}
