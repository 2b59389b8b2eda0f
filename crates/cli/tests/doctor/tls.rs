//! Servers with TLS.

use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::fault::Fault;
use crate::server::{QUICK, examine, serve, with_result};
use crate::verify::Verification;

/// Starts a server with a self-signed certificate, and returns its URL and the file of the certificate.
async fn start(dir: &TempDir) -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = dir.path().join("cert.pem");
    fs::write(&file, cert.pem()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::Pkcs8(signing_key.serialize_der().into()),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let verification = Arc::new(Verification::new(Fault::None, Duration::from_secs(60)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, verification) = (acceptor.clone(), Arc::clone(&verification));
            tokio::spawn(async move {
                // A client that does not trust the certificate goes away.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(Fault::None, verification, stream).await;
                }
            });
        }
    });
    (format!("https://localhost:{port}/customer"), file.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_trusted_server_has_no_problems() {
    let dir = TempDir::new().unwrap();
    let (url, certificate) = start(&dir).await;
    let run = examine(&url, &[&QUICK[..], &["--cacert", &certificate]].concat()).await;
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{report:#}");
    assert_eq!(run.status, 0);
}

#[tokio::test]
async fn an_untrusted_server_is_named() {
    let dir = TempDir::new().unwrap();
    let (url, _) = start(&dir).await;
    let run = examine(&url, &[]).await;
    assert_eq!((run.status, &*run.stdout), (2, ""));
    assert!(run.stderr.contains("certificate is not trusted"), "{run:?}");
}
