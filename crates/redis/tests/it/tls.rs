//! TLS, with a certificate of the test's own.

use std::process::Command;

use online_contact_redis::RedisReplayGuard;
use online_contact_test_kit::SelfSigned;

use crate::requests::{assert_passes, assert_replayed, assert_unavailable, claim};
use crate::server::{Server, arguments};

const CHILD: &str = "OC_TEST_TLS_URL";

#[tokio::test]
async fn an_untrusted_certificate_is_unavailable() {
    let Some((_redis, _certificate, url)) = encrypted() else { return };
    let guard = RedisReplayGuard::lazy(url).unwrap();
    let error = assert_unavailable(&guard, claim()).await;
    assert!(error.contains("invalid peer certificate"), "{error}");
}

/// The environment of a process selects the certificates that it trusts, so this test runs itself again.
#[tokio::test]
async fn a_trusted_certificate_passes() {
    if let Ok(url) = std::env::var(CHILD) {
        let guard = RedisReplayGuard::connect(url).await.unwrap();
        let claim = claim();
        assert_passes(&guard, claim).await;
        assert_replayed(&guard, claim).await;
        return;
    }
    let Some((redis, certificate, url)) = encrypted() else { return };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::a_trusted_certificate_passes", "--nocapture"])
        .env("SSL_CERT_FILE", certificate.certificate_file())
        .env(CHILD, url)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert!(redis.tell::<usize>("DBSIZE").await == 1, "the claim arrived");
}

fn encrypted() -> Option<(Server, SelfSigned, String)> {
    let pair = SelfSigned::new();
    let certificate = pair.certificate_file().display().to_string();
    let (redis, port) = Server::start_on_port(|port| {
        arguments([
            ("--tls-port", port.to_string()),
            ("--bind", "127.0.0.1".to_owned()),
            ("--tls-cert-file", certificate.clone()),
            ("--tls-key-file", pair.key_file().display().to_string()),
            ("--tls-ca-cert-file", certificate.clone()),
            ("--tls-auth-clients", "no".to_owned()),
        ])
    })?;
    Some((redis, pair, format!("rediss://localhost:{port}")))
}
