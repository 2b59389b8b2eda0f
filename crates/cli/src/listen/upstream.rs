//! The server behind `--forward`.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use http::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri, Version, request};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::observe::Tee;
use crate::context::Problem;
use crate::http::{HttpArgs, read_certificates};
use crate::typed;

/// A server, and a client that passes requests on without a change.
#[derive(Debug)]
pub(super) struct Upstream {
    url: Url,
    scheme: Scheme,
    authority: Authority,
    /// The path of every request; `None` keeps that of the request.
    path: Option<String>,
    http2: bool,
    client: Client<HttpsConnector<HttpConnector>, Tee<Incoming>>,
}

impl Upstream {
    pub(super) fn new(url: Url, args: &HttpArgs, own: SocketAddr) -> Result<Self, Problem> {
        if is_itself(&url, own) {
            let en =
                format!("--forward {url} is the address of listen itself: the requests would loop");
            let ko = format!("--forward {url}은(는) listen 자신의 주소입니다. 요청이 되돌아옵니다");
            return Err(Problem::new(en, ko));
        }
        let uri: Uri = url.as_str().parse().map_err(|error| unusable(&url).source(error))?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(unusable(&url));
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(&url, args.cacert.as_deref())?)
            .https_or_http();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(args.timeout.mul_f64(0.9)));
        let connector = if args.http2 {
            connector.enable_http2().wrap_connector(tcp)
        } else {
            connector.enable_http1().wrap_connector(tcp)
        };
        let client = Client::builder(TokioExecutor::new())
            // A connection of its own for each request: an old one may be closed by now, and a
            // request is never sent twice.
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .http1_preserve_header_case(true)
            .http2_only(args.http2)
            .build(connector);
        let path = Some(url.path().to_owned()).filter(|path| path != "/");
        let (scheme, authority) = (scheme.clone(), authority.clone());
        Ok(Self { url, scheme, authority, path, http2: args.http2, client })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the request to pass on. `None` if it has no path, as `CONNECT` and `OPTIONS *`.
    pub(super) fn request(
        &self,
        parts: &request::Parts,
        body: Tee<Incoming>,
    ) -> Option<Request<Tee<Incoming>>> {
        let path = parts.uri.path_and_query().filter(|path| path.as_str().starts_with('/'))?;
        let path = match &self.path {
            Some(own) => {
                let query = path.query().map(|query| format!("?{query}")).unwrap_or_default();
                PathAndQuery::try_from(format!("{own}{query}")).ok()?
            }
            None => path.clone(),
        };
        let uri = Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .ok()?;
        let mut request = Request::new(body);
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri;
        *request.version_mut() = if self.http2 { Version::HTTP_2 } else { Version::HTTP_11 };
        *request.headers_mut() = without_hop_by_hop(&parts.headers);
        // The client sets that of the server where the caller's would name another site.
        if self.http2 || self.scheme == Scheme::HTTPS {
            request.headers_mut().remove(HOST);
        }
        // They hold the letter case of the header names.
        *request.extensions_mut() = parts.extensions.clone();
        Some(request)
    }

    pub(super) async fn send(
        &self,
        request: Request<Tee<Incoming>>,
    ) -> Result<Response<Incoming>, Error> {
        self.client.request(request).await
    }
}

fn is_itself(url: &Url, own: SocketAddr) -> bool {
    let reaches_local = typed::is_loopback_ip(own.ip()) || own.ip().is_unspecified();
    typed::is_local(url) && reaches_local && url.port_or_known_default() == Some(own.port())
}

fn unusable(url: &Url) -> Problem {
    let en = format!("--forward {url}: expected a URL such as http://127.0.0.1:8080");
    let ko = format!("--forward {url}: http://127.0.0.1:8080 같은 URL을 적어 주십시오");
    Problem::new(en, ko)
}

/// Trusts the system's roots and those of `--cacert`, as the other subcommands do.
fn tls(url: &Url, cacert: Option<&Path>) -> Result<ClientConfig, Problem> {
    let unusable = |error: rustls::Error| {
        Problem::new("cannot set up TLS", "TLS를 준비할 수 없습니다").source(error)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let extra = cacert.map(read_certificates).transpose()?.unwrap_or_default();
    if url.scheme() != "https" {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider);
    Ok(builder
        // Dangerous with another verifier than that of the operating system.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier.map_err(unusable)?))
        .with_no_client_auth())
}

/// Removed even if `Connection` does not name them.
const ALWAYS: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Returns the headers without those of the connection. Order and duplicates stay.
pub(super) fn without_hop_by_hop(headers: &HeaderMap) -> HeaderMap {
    let named: HashSet<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        if !ALWAYS.contains(name) && !named.contains(name.as_str()) {
            kept.append(name, value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn removes_the_named_and_the_known_and_keeps_order_and_duplicates() {
        let all = headers(&[
            ("host", "crm.example.com"),
            ("connection", "keep-alive, X-Hop"),
            ("x-b", "1"),
            ("connection", "x-other"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("x-other", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("proxy-authorization", "Basic x"),
            ("proxy-connection", "keep-alive"),
            ("trailer", "x-sum"),
            ("x-a", "2"),
            ("x-b", "3"),
        ]);
        let kept = without_hop_by_hop(&all);
        let kept: Vec<_> =
            kept.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let expected = [
            ("host", "crm.example.com"),
            ("x-b", "1"),
            ("x-b", "3"),
            ("trailer", "x-sum"),
            ("x-a", "2"),
        ];
        assert_eq!(kept, expected);
    }
}
