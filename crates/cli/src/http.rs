//! The HTTP client: requests are sent as they were signed, and responses are bounded.

mod error;
mod peer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http::header::DATE;
use http::{HeaderMap, StatusCode, Version};
use reqwest::tls::Certificate;
use reqwest::{ClientBuilder, Request, Response, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

pub(crate) use self::error::{SendError, cause_in_words};
use crate::context::Problem;
use crate::lang::Words;
use crate::secrets::{Leaks, Secrets};
use crate::{input, typed};

/// The longest part of a response body that is read. Online Contact shows a few fields only.
pub(crate) const ANSWER_LIMIT: usize = 1024 * 1024;

/// The part of the timeout in which the connection must be accepted. It is less than all of it, so that
/// a slow response is not mistaken for a slow connection.
const CONNECTING: f64 = 0.9;

/// Bodies of status 400 with which common servers respond to plain HTTP on a TLS port.
const EXPECTS_TLS: [&str; 4] = [
    "plain HTTP request was sent to HTTPS port",
    "sent an HTTP request to an HTTPS server",
    "speaking plain HTTP to an SSL-enabled server port",
    "combination of host and port requires TLS",
];

/// Options of the connection.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct HttpArgs {
    /// Certificates (PEM) to trust in addition to the system's
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    pub(crate) cacert: Option<PathBuf>,
    /// Use HTTP/2 only [default: HTTP/1.1]
    #[arg(long, help_heading = "Connection")]
    pub(crate) http2: bool,
    /// Timeout for the complete response
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "10",
        value_parser = typed::seconds(0.001),
        help_heading = "Connection"
    )]
    pub(crate) timeout: Duration,
}

/// A client that follows no redirect, uses no proxy and decodes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    inner: reqwest::Client,
    http2: bool,
    /// `true` if any response has come, so that the URL names the right protocol.
    has_response: Arc<AtomicBool>,
}

impl Client {
    pub(crate) fn new(args: &HttpArgs) -> Result<Self, Problem> {
        // An error means that a provider is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = reqwest::Client::builder()
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .connect_timeout(args.timeout.mul_f64(CONNECTING))
                .timeout(args.timeout);
            if args.http2 { builder.http2_prior_knowledge() } else { builder.http1_only() }
        };
        let client = match &args.cacert {
            Some(path) => {
                let certificates = read_certificates(path)?;
                let certificates = certificates.iter().map(|der| Certificate::from_der(der));
                let certificates = certificates.collect::<Result<Vec<_>, _>>();
                certificates.and_then(|it| builder().tls_certs_merge(it).build())
            }
            // Without any system certificates, requests without TLS still work.
            None => builder().build().or_else(|_| without_roots(builder())),
        };
        let has_response = Arc::default();
        client.map(|inner| Self { inner, http2: args.http2, has_response }).map_err(|error| {
            Problem::new(
                "cannot set up the HTTP client: check the certificates of --cacert",
                "HTTP 클라이언트를 준비할 수 없습니다. --cacert의 인증서를 확인하십시오",
            )
            .source(error)
        })
    }

    /// Sends a request and reads the response to its end or to the limit. The secrets in it are
    /// redacted.
    pub(crate) async fn execute(
        &self,
        request: Request,
        secrets: &Secrets,
    ) -> Result<Answer, SendError> {
        let url = request.url().clone();
        let started = Instant::now();
        let response = match self.inner.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                return Err(self.explained(SendError::new(error), &url).await);
            }
        };
        let (status, version) = (response.status(), response.version());
        let mut headers = response.headers().clone();
        let (mut body, truncated) =
            read_body(response).await.map_err(|error| error.after(status))?;
        if url.scheme() == "http" && status == StatusCode::BAD_REQUEST {
            let text = String::from_utf8_lossy(&body);
            if let Some(expects_tls) = EXPECTS_TLS.iter().find(|it| text.contains(**it)) {
                return Err(SendError::http_to_tls(expects_tls));
            }
        }
        self.has_response.store(true, Ordering::Relaxed);
        let (elapsed, arrived) = (started.elapsed(), SystemTime::now());
        let leaks = secrets.redact(&mut headers, &mut body);
        Ok(Answer { status, version, headers, body, elapsed, arrived, truncated, leaks })
    }

    /// Finds out whether a request failed because the server speaks another protocol.
    async fn explained(&self, error: SendError, url: &Url) -> SendError {
        if error.may_be_protocol()
            && !self.has_response.load(Ordering::Relaxed)
            && let Some(protocol) = peer::protocol_of(url).await
        {
            return error.for_protocol(protocol, url.scheme() == "https").before_any(self.http2);
        }
        error.before_any(self.http2)
    }
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// The bytes of the body with the secrets redacted. Nothing is decoded.
    pub(crate) body: Bytes,
    /// The time until the last byte.
    pub(crate) elapsed: Duration,
    /// The time when the last byte came.
    pub(crate) arrived: SystemTime,
    /// `true` if the body is longer than [`ANSWER_LIMIT`].
    pub(crate) truncated: bool,
    /// The secrets that were redacted.
    pub(crate) leaks: Leaks,
}

impl Answer {
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    /// The time at the server in milliseconds, from the header `Date`, which has whole seconds.
    pub(crate) fn date_ms(&self) -> Option<i64> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        let date = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(date.as_millis()).ok()
    }
}

async fn read_body(mut response: Response) -> Result<(Bytes, bool), SendError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(SendError::new)? {
        let room = ANSWER_LIMIT.saturating_sub(body.len());
        if let Some(beginning) = chunk.get(..room).filter(|_| chunk.len() > room) {
            body.extend_from_slice(beginning);
            return Ok((body.freeze(), true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body.freeze(), false))
}

fn without_roots(builder: ClientBuilder) -> reqwest::Result<reqwest::Client> {
    builder.tls_certs_only([]).build()
}

/// Reads the file of `--cacert`.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let pem = input::read(path, &Words::fixed("the certificates", "인증서 파일"))?;
    let shown = path.display();
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.unwrap_or_default();
    if certificates.is_empty() {
        let en = format!("no certificate in {shown}: expected PEM (-----BEGIN CERTIFICATE-----)");
        let ko = format!(
            "{shown}에 인증서가 없습니다. PEM(-----BEGIN CERTIFICATE-----) 형식이어야 합니다"
        );
        return Err(Problem::new(en, ko));
    }
    Ok(certificates)
}
