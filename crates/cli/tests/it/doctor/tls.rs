//! Servers with TLS.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::fault::Fault;
use super::server::{QUICK, examine, serve, with_result};
use super::verify::{LONG, Verification};
use crate::honest::{Authority, Speaks};

/// Starts a server with a certificate of an unknown authority, and returns its URL.
async fn start(authority: &Authority) -> String {
    let acceptor = authority.acceptor(Speaks::Http1);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let verification = Arc::new(Verification::new(Fault::None, LONG));
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
    format!("https://localhost:{port}/customer")
}

#[tokio::test]
async fn a_trusted_server_has_no_problems() {
    let authority = Authority::of(&["localhost"]);
    let url = start(&authority).await;
    let cacert = authority.file();
    let options = [&QUICK[..], &["--cacert", cacert.to_str().unwrap()]].concat();
    let run = examine(&url, &options).await;
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{report:#}");
    assert_eq!(run.status, 0);
}

#[tokio::test]
async fn an_untrusted_server_is_named() {
    let url = start(&Authority::of(&["localhost"])).await;
    let run = examine(&url, &[]).await;
    assert_eq!((run.status, &*run.stdout), (2, ""));
    assert!(run.stderr.contains("certificate is not trusted"), "{run:?}");
}
