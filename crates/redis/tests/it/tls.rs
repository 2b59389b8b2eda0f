//! TLS, with a certificate of the test's own.

use std::process::{Command, Stdio};

use online_contact_redis::RedisReplayGuard;

use crate::requests::{assert_passes, assert_replayed, assert_unavailable, claim};
use crate::server::{Folder, Server, free_port, is_installed};

const CHILD: &str = "OC_TEST_TLS_URL";

#[tokio::test]
async fn an_untrusted_certificate_is_unavailable() {
    let Some((_redis, _certificate, url)) = encrypted().await else { return };
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
    let Some((redis, certificate, url)) = encrypted().await else { return };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::a_trusted_certificate_passes", "--nocapture"])
        .env("SSL_CERT_FILE", certificate.file("cert.pem"))
        .env(CHILD, url)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    assert!(redis.tell::<usize>("DBSIZE").await == 1, "the claim arrived");
}

async fn encrypted() -> Option<(Server, Folder, String)> {
    let folder = certificate()?;
    let port = free_port();
    let file = |name| folder.file(name).display().to_string();
    let options = [
        ("--tls-port", port.to_string()),
        ("--bind", "127.0.0.1".to_owned()),
        ("--tls-cert-file", file("cert.pem")),
        ("--tls-key-file", file("key.pem")),
        ("--tls-ca-cert-file", file("cert.pem")),
        ("--tls-auth-clients", "no".to_owned()),
    ];
    let options: Vec<_> = options.iter().flat_map(|(name, value)| [*name, value]).collect();
    let redis = Server::start_with(&options).await?;
    Some((redis, folder, format!("rediss://localhost:{port}")))
}

/// For `localhost`, signed by itself.
fn certificate() -> Option<Folder> {
    if !is_installed("openssl", "version") {
        return None;
    }
    let folder = Folder::new();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.file("key.pem"))
        .arg("-out")
        .arg(folder.file("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    Some(folder)
}
