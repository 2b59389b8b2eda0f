//! A verifier by hand for actix-web: `from_fn` with every check that `Verify` makes of an honest request, and
//! a JSON error.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The time of the signature, for handlers.
#[derive(Clone, Copy, Debug)]
pub struct SignedAt(pub i64);

/// The prepared key, in `App::app_data`.
pub type Keyed = Data<Hmac<Sha256>>;

const TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const WINDOW_MS: i64 = 300_000;
const DEADLINE: Duration = Duration::from_secs(10);

type Rejection = (StatusCode, &'static str);

/// The middleware.
///
/// # Errors
///
/// Those of the handler.
pub async fn verify<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match verified(&mut request).await {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err((status, message)) => {
            let body = serde_json::json!({"error": {"code": "403", "message": message}});
            let answer = HttpResponse::build(status).json(body);
            Ok(request.into_response(answer).map_into_right_body())
        }
    }
}

async fn verified(request: &mut ServiceRequest) -> Result<(), Rejection> {
    let timestamp = the_one(request.headers(), &TIMESTAMP)?.clone();
    let signed_at = in_window(&timestamp)?;
    let claimed = STANDARD
        .decode(the_one(request.headers(), &AUTHORIZATION)?)
        .map_err(|_| (StatusCode::FORBIDDEN, "not base64"))?;

    let body = tokio::time::timeout(DEADLINE, request.extract::<Bytes>()).await;
    let body = body
        .map_err(|_| (StatusCode::BAD_REQUEST, "too slow"))?
        .map_err(|_| (StatusCode::BAD_REQUEST, "unreadable"))?;

    let keyed = request.app_data::<Keyed>().ok_or((StatusCode::INTERNAL_SERVER_ERROR, "no key"))?;
    let mut mac = (***keyed).clone();
    mac.update(&body);
    mac.update(timestamp.as_bytes());
    mac.verify_slice(&claimed).map_err(|_| (StatusCode::FORBIDDEN, "wrong signature"))?;
    request.extensions_mut().insert(SignedAt(signed_at));
    request.set_payload(Payload::from(body));
    Ok(())
}

fn the_one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a HeaderValue, Rejection> {
    let mut values = headers.get_all(name);
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
