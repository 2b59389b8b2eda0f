//! A verifier by hand for axum: `from_fn_with_state` with every check that `VerifyLayer` makes of an honest
//! request, and a JSON error.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The time of the signature, for handlers.
#[derive(Clone, Copy, Debug)]
pub struct SignedAt(pub i64);

/// The state of the middleware.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The prepared key.
    pub keyed: Arc<Hmac<Sha256>>,
}

const TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const WINDOW_MS: i64 = 300_000;
const LIMIT: usize = 64 * 1024 * 1024;
const DEADLINE: Duration = Duration::from_secs(10);

type Rejection = (StatusCode, &'static str);

/// Verifies a request, or responds.
pub async fn verify(State(settings): State<Settings>, request: Request, next: Next) -> Response {
    match verified(&settings, request).await {
        Ok(request) => next.run(request).await,
        Err((status, message)) => {
            let body = serde_json::json!({"error": {"code": "403", "message": message}});
            let json = [(CONTENT_TYPE, "application/json;charset=UTF-8")];
            (status, json, body.to_string()).into_response()
        }
    }
}

async fn verified(settings: &Settings, request: Request) -> Result<Request, Rejection> {
    let (mut parts, body) = request.into_parts();
    let timestamp = the_one(&parts.headers, &TIMESTAMP)?;
    let signed_at = in_window(timestamp)?;
    let claimed = claimed(the_one(&parts.headers, &AUTHORIZATION)?)?;

    let body = tokio::time::timeout(DEADLINE, to_bytes(body, LIMIT)).await;
    let body = body
        .map_err(|_| (StatusCode::BAD_REQUEST, "too slow"))?
        .map_err(|_| (StatusCode::BAD_REQUEST, "unreadable"))?;

    let mut mac = (*settings.keyed).clone();
    mac.update(&body);
    mac.update(timestamp.as_bytes());
    mac.verify_slice(&claimed).map_err(|_| (StatusCode::FORBIDDEN, "wrong signature"))?;
    parts.extensions.insert(SignedAt(signed_at));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn the_one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a HeaderValue, Rejection> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err((StatusCode::BAD_REQUEST, "header missing")),
        _ => Err((StatusCode::BAD_REQUEST, "header duplicated")),
    }
}

fn in_window(value: &HeaderValue) -> Result<i64, Rejection> {
    let not_a_time = (StatusCode::BAD_REQUEST, "not a time");
    let text = value.to_str().map_err(|_| not_a_time)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_time);
    }
    let signed_at: i64 = text.parse().map_err(|_| not_a_time)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    if now.saturating_sub(signed_at).abs() > WINDOW_MS {
        return Err((StatusCode::BAD_REQUEST, "out of the window"));
    }
    Ok(signed_at)
}

fn claimed(value: &HeaderValue) -> Result<Vec<u8>, Rejection> {
    STANDARD.decode(value).map_err(|_| (StatusCode::FORBIDDEN, "not base64"))
}
