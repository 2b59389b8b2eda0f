//! Access control: only the page itself may use the API, and no other web page.
//!
//! Every page in a browser on this machine can send requests to the console. Four checks reject them:
//! the Host must be the console's own (a page could point its own name to 127.0.0.1), the Origin must
//! be the console's, the browser must not mark the request as cross-site, and everything but the page
//! itself needs the token.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, AsHeaderName, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, request};

use super::complaint::Complaint;
use super::token::Token;
use crate::lang::Words;

const TOKEN: HeaderName = HeaderName::from_static("x-console-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The prefix of the paths that need the token.
const PRIVATE: &str = "/api/";

/// Allows the console's own files only, no inline scripts, and no frame of another page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The names and the token of the console.
#[derive(Debug)]
pub(super) struct Door {
    hosts: Vec<String>,
    token: Token,
}

impl Door {
    pub(super) fn new(address: SocketAddr, token: Token) -> Self {
        let mut hosts = vec![address.to_string(), format!("localhost:{}", address.port())];
        if address.port() == 80 {
            hosts.extend([address.ip().to_string(), "localhost".to_owned()]);
        }
        Self { hosts, token }
    }

    fn check(&self, request: &request::Parts) -> Result<(), Complaint> {
        let host = self.host(request)?;
        own_origin(&request.headers, host)?;
        own_site(&request.headers)?;
        if request.uri.path().starts_with(PRIVATE) {
            self.token(&request.headers)?;
        }
        Ok(())
    }

    fn host<'a>(&self, request: &'a request::Parts) -> Result<&'a str, Complaint> {
        let host = only(&request.headers, header::HOST).and_then(|host| host.to_str().ok());
        // A request line can name a host as well.
        let named = request.uri.authority().is_none_or(|named| Some(named.as_str()) == host);
        host.filter(|host| named && self.hosts.iter().any(|own| own == host)).ok_or_else(|| {
            Complaint::new(
                StatusCode::MISDIRECTED_REQUEST,
                "foreign_host",
                Words::new(
                    "The console is served only at the address that the terminal printed.",
                    "콘솔은 터미널에 표시된 주소로만 접속할 수 있습니다.",
                ),
            )
        })
    }

    fn token(&self, headers: &HeaderMap) -> Result<(), Complaint> {
        let claimed = only(headers, TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        if self.token.is(claimed) {
            return Ok(());
        }
        Err(Complaint::new(
            StatusCode::UNAUTHORIZED,
            "token",
            Words::new(
                "The token is missing or not that of this run: open the address that the terminal \
                 printed.",
                "토큰이 없거나 이번 실행의 토큰이 아닙니다. 터미널에 표시된 주소를 열어 주십시오.",
            ),
        ))
    }
}

/// Checks the origin. Browsers send it with every request but plain navigation; other clients need not.
fn own_origin(headers: &HeaderMap, host: &str) -> Result<(), Complaint> {
    if !headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    let origin = only(headers, header::ORIGIN).and_then(|origin| origin.to_str().ok());
    match origin.and_then(|origin| origin.strip_prefix("http://")) {
        Some(named) if named == host => Ok(()),
        _ => Err(elsewhere("foreign_origin")),
    }
}

/// Checks `Sec-Fetch-Site`. `none` is an address that the user typed, or clicked outside of a page.
fn own_site(headers: &HeaderMap) -> Result<(), Complaint> {
    if !headers.contains_key(FETCH_SITE) {
        return Ok(());
    }
    match only(headers, FETCH_SITE).map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => Ok(()),
        _ => Err(elsewhere("foreign_site")),
    }
}

/// Returns the value of a header that occurs exactly once.
fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    values.next().filter(|_| values.next().is_none())
}

fn elsewhere(id: &'static str) -> Complaint {
    let text = Words::new(
        "This request is from another web page. Type or paste the address that the terminal printed.",
        "다른 웹 페이지에서 보낸 요청입니다. 터미널에 표시된 주소를 직접 입력해 주십시오.",
    );
    Complaint::new(StatusCode::FORBIDDEN, id, text)
}

/// Checks every request, and adds the security headers to every response.
pub(super) async fn watch(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match door.check(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(complaint) => complaint.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
