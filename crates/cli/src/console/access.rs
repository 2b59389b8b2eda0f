//! Access control: only the page itself may use the API, and no other web page.
//!
//! Every page in a browser on this machine can send requests to the console. Four checks reject them:
//! the Host must be the console's own (a page could point its own name to 127.0.0.1), the Origin must
//! be the console's, the browser must not mark the request as cross-site, and everything but the page
//! itself needs the token.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, thread};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, AsHeaderName, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, request};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::error::ApiError;
use crate::context::{Context, Problem};
use crate::lang::Words;
use crate::socket;

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
pub(super) struct Access {
    hosts: Vec<String>,
    token: Token,
}

impl Access {
    pub(super) fn new(address: SocketAddr, token: Token) -> Self {
        let mut hosts = vec![address.to_string(), format!("localhost:{}", address.port())];
        if address.port() == 80 {
            hosts.extend([address.ip().to_string(), "localhost".to_owned()]);
        }
        Self { hosts, token }
    }

    fn check(&self, request: &request::Parts) -> Result<(), ApiError> {
        let host = self.host(request)?;
        own_origin(&request.headers, host)?;
        own_site(&request.headers)?;
        if request.uri.path().starts_with(PRIVATE) {
            self.token(&request.headers)?;
        }
        Ok(())
    }

    fn host<'a>(&self, request: &'a request::Parts) -> Result<&'a str, ApiError> {
        let host = only(&request.headers, header::HOST).and_then(|host| host.to_str().ok());
        // A request line can name a host as well.
        let named = request.uri.authority().is_none_or(|named| Some(named.as_str()) == host);
        host.filter(|host| named && self.hosts.iter().any(|own| own == host)).ok_or_else(|| {
            ApiError::new(
                StatusCode::MISDIRECTED_REQUEST,
                "foreign_host",
                Words::new(
                    "The console is served only at the address that the terminal printed.",
                    "콘솔은 터미널에 표시된 주소로만 접속할 수 있습니다.",
                ),
            )
        })
    }

    fn token(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let claimed = only(headers, TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        if self.token.is(claimed) {
            return Ok(());
        }
        Err(ApiError::new(
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
fn own_origin(headers: &HeaderMap, host: &str) -> Result<(), ApiError> {
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
fn own_site(headers: &HeaderMap) -> Result<(), ApiError> {
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

fn elsewhere(id: &'static str) -> ApiError {
    let text = Words::new(
        "This request is from another web page. Type or paste the address that the terminal printed.",
        "다른 웹 페이지에서 보낸 요청입니다. 터미널에 표시된 주소를 직접 입력해 주십시오.",
    );
    ApiError::new(StatusCode::FORBIDDEN, id, text)
}

/// Checks every request, and adds the security headers to every response.
pub(super) async fn guard(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match access.check(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// 256 random bits, in hexadecimal. `Debug` does not show them.
pub(super) struct Token(String);

impl Token {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub(super) fn is(&self, claimed: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(claimed).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The time that a lookup may take after Ctrl-C.
const FAREWELL: Duration = Duration::from_secs(2);

/// A bound socket on a loopback address.
#[derive(Debug)]
pub(super) struct Socket {
    listener: TcpListener,
    address: SocketAddr,
}

impl Socket {
    pub(super) async fn bind(listen: &str) -> Result<Self, Problem> {
        let address = socket::address(listen, "127.0.0.1:7878")?;
        only_loopback(address, listen)?;
        let (listener, address) = socket::bind(address).await?;
        Ok(Self { listener, address })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Accepts loopback addresses only: every client of the page can sign with the key.
fn only_loopback(address: SocketAddr, listen: &str) -> Result<(), Problem> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    let en = format!(
        "{listen}: other machines could reach this address and sign with your key; expected a \
         loopback address, like 127.0.0.1:7878 or [::1]:7878"
    );
    let ko = format!(
        "{listen}: 다른 컴퓨터에서 접속해 이 키로 서명할 수 있는 주소입니다. 127.0.0.1:7878이나 \
         [::1]:7878처럼 루프백 주소만 쓸 수 있습니다"
    );
    Err(Problem::new(en, ko))
}

/// Serves until `stop` resolves, then finishes what has begun.
pub(super) async fn serve(
    socket: Socket,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(socket.listener, app).with_graceful_shutdown(async {
        stop.await;
        // Nothing waits for it once the server has ended.
        let _ = stopping.send(());
    });
    let too_late = async {
        // A server that ended by itself never reports that it stops.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        ended = server => ended,
        () = too_late => Ok(()),
    }
}

/// Opens the page. A failure is only reported, because the address has been printed.
pub(super) fn open_browser(url: &str, context: &Context) {
    let (program, arguments) = opener();
    let mut command = Command::new(program);
    command.args(arguments).arg(url);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        // Some openers run until the browser is closed. A process that ends must be waited for.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(error) => {
            let words = context.lang.pick(
                "cannot open the browser: open the printed address yourself",
                "브라우저를 열 수 없습니다. 표시된 주소를 직접 열어 주십시오",
            );
            // If stderr is closed, nothing can be reported.
            let _ = writeln!(io::stderr(), "online-contact: {words}: {program}: {error}");
        }
    }
}

/// Returns a program that takes the address as one argument, without a shell.
const fn opener() -> (&'static str, &'static [&'static str]) {
    if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    }
}
