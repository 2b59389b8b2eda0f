//! The client: what is asked leaves as it was signed, and what comes back is bounded.

mod error;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http::header::DATE;
use http::{HeaderMap, StatusCode, Version};
use reqwest::tls::Certificate;
use reqwest::{ClientBuilder, Request, Response, redirect};

pub(crate) use self::error::SendError;
use crate::context::Context;
use crate::input;
use crate::lang::{Lang, Words};
use crate::outcome::Problem;
use crate::secrets::Secrets;
use crate::typed;

/// So much of an answer is read. Online Contact shows a few fields, so nothing honest is longer.
pub(crate) const ANSWER_LIMIT: usize = 1024 * 1024;

/// So much of the time may pass until somebody takes the connection. Less than all of it, so that an
/// answer that does not come is told from nobody who could give one.
const CONNECTING: f64 = 0.9;

/// Names the tool in the server's log.
const USER_AGENT: &str = concat!("online-contact/", env!("CARGO_PKG_VERSION"));

/// How to reach the server.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct HttpArgs {
    /// Certificates (PEM) to trust besides the system's
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    pub(crate) cacert: Option<PathBuf>,
    /// Speak HTTP/2 and nothing else; HTTP/1.1 without it
    #[arg(long, help_heading = "Connection")]
    pub(crate) http2: bool,
    /// How long to wait for the whole answer
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "10",
        value_parser = typed::seconds(0.001),
        help_heading = "Connection"
    )]
    pub(crate) timeout: Duration,
}

/// A client that follows no redirect, asks no proxy and decodes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    inner: reqwest::Client,
    http2: bool,
}

impl Client {
    pub(crate) fn new(args: &HttpArgs, cx: &Context) -> Result<Self, Problem> {
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .connect_timeout(args.timeout.mul_f64(CONNECTING))
                .timeout(args.timeout);
            if args.http2 { builder.http2_prior_knowledge() } else { builder.http1_only() }
        };
        let client = match &args.cacert {
            Some(path) => builder().tls_certs_merge(read_certificates(path, cx.lang)?).build(),
            // A machine without any certificates can still talk without TLS.
            None => builder().build().or_else(|_| trusting_nobody(builder())),
        };
        client.map(|inner| Self { inner, http2: args.http2 }).map_err(|error| {
            Problem::new(cx.lang.pick(
                "can't set up the HTTP client; are the certificates of --cacert sound?",
                "HTTP 클라이언트를 준비할 수 없습니다. --cacert의 인증서가 올바른지 확인해 주십시오",
            ))
            .source(error)
        })
    }

    /// Sends a request and reads the answer to its end, or to the limit. The secrets in it are seen by
    /// nobody.
    pub(crate) async fn execute(
        &self,
        request: Request,
        secrets: &Secrets,
    ) -> Result<Answer, SendError> {
        let started = Instant::now();
        let response = self.inner.execute(request).await;
        let response = response.map_err(|error| SendError::new(error).before_any(self.http2))?;
        let (status, version) = (response.status(), response.version());
        let headers = response.headers().clone();
        let (body, truncated) = read_body(response).await.map_err(|error| error.after(status))?;
        let (elapsed, arrived) = (started.elapsed(), SystemTime::now());
        let leaks_key = false;
        let answer =
            Answer { status, version, headers, body, elapsed, arrived, truncated, leaks_key };
        Ok(secrets.blot_answer(answer))
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// As it came, but for the keys: nothing is decoded.
    pub(crate) body: Bytes,
    /// Until the last byte.
    pub(crate) elapsed: Duration,
    /// When that came.
    pub(crate) arrived: SystemTime,
    /// Whether there was more than [`ANSWER_LIMIT`].
    pub(crate) truncated: bool,
    /// Whether it had a key in it, which has been taken out.
    pub(crate) leaks_key: bool,
}

impl Answer {
    /// What time it was at the server, in milliseconds, where the answer says so: `Date` has whole
    /// seconds.
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

fn trusting_nobody(builder: ClientBuilder) -> reqwest::Result<reqwest::Client> {
    builder.tls_certs_only([]).build()
}

fn read_certificates(path: &Path, lang: Lang) -> Result<Vec<Certificate>, Problem> {
    let pem = input::read(path, &Words::fixed("the certificates", "인증서 파일"), lang)?;
    let shown = path.display();
    let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if certificates.is_empty() {
        let en = format!("{shown} has no certificate: expected PEM, -----BEGIN CERTIFICATE-----");
        let ko = format!(
            "{shown}에 인증서가 없습니다. PEM(-----BEGIN CERTIFICATE-----) 형식이어야 합니다"
        );
        return Err(Problem::new(lang.pick(en, ko)));
    }
    Ok(certificates)
}
