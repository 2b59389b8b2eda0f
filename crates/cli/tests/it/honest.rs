//! A server that verifies, over everything that the command speaks.

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use online_contact::{ENVELOPE_CONTENT_TYPE, RequestHead, Scheme, Verifier};
use online_contact_test_kit::{KEY, key};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The version of HTTP on a connection.
#[derive(Clone, Copy)]
pub(crate) enum Speaks {
    Http1,
    Http2,
}

/// A server on a runtime of its own, which ends with it.
pub(crate) struct Honest {
    pub(crate) address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Honest {
    pub(crate) fn new(speaks: Speaks, tls: Option<&Authority>) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = tls.map(|authority| authority.acceptor(speaks));
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream, speaks).await,
                        // A client that does not trust us goes away here.
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream, speaks).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, _runtime: runtime }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, speaks: Speaks) {
    let io = TokioIo::new(stream);
    let service = service_fn(lookup);
    // The client may close as it likes.
    let _ = match speaks {
        Speaks::Http1 => {
            hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
        }
        Speaks::Http2 => {
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            builder.serve_connection(io, service).await
        }
    };
}

/// Verifies in the scheme that the path names, and answers what was asked.
async fn lookup(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path();
    let scheme = if path.contains("uri") { Scheme::UriBodyTime } else { Scheme::BodyTime };
    let verifier = Verifier::builder().key(key(KEY)).scheme(scheme).build().unwrap();
    let mut head = RequestHead::new(path);
    for (name, value) in &parts.headers {
        head = head.header(name.as_str(), value.as_bytes());
    }
    let (status, json) = match verifier.verify_bytes(&head, &body) {
        Ok(_) => (200, result(parts.version)),
        Err(rejection) => {
            let failure = verifier.reject(&rejection);
            (failure.status().as_u16(), failure.to_json())
        }
    };
    let response = Response::builder().status(status).header("content-type", ENVELOPE_CONTENT_TYPE);
    Ok(response.body(Full::from(json)).unwrap())
}

fn result(version: Version) -> Vec<u8> {
    format!(r#"{{"data":{{"zeta":"{version:?}","alpha":"홍길동"}}}}"#).into_bytes()
}

/// An unknown certificate authority, and its certificate in a file.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    dir: TempDir,
    names: Vec<String>,
    /// Whether its own certificate is that of the server.
    is_server: bool,
}

impl Authority {
    /// One that will vouch for these names.
    pub(crate) fn of(names: &[&str]) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let names = names.iter().map(ToString::to_string).collect();
        let dir = TempDir::new().unwrap();
        Self { issuer: Issuer::new(params, key), pem, dir, names, is_server: false }
    }

    /// One whose own certificate is that of a server.
    pub(crate) fn as_server(name: &str) -> Self {
        Self { is_server: true, ..Self::of(&[name]) }
    }

    /// For `--cacert`.
    pub(crate) fn file(&self) -> PathBuf {
        let path = self.dir.path().join("ca.pem");
        fs::write(&path, &self.pem).unwrap();
        path
    }

    pub(crate) fn acceptor(&self, speaks: Speaks) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(self.names.clone()).unwrap();
        if self.is_server {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![match speaks {
            Speaks::Http1 => b"http/1.1".to_vec(),
            Speaks::Http2 => b"h2".to_vec(),
        }];
        TlsAcceptor::from(Arc::new(config))
    }
}
