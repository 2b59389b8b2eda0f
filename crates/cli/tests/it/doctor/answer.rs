//! The hand-written lookup and its envelope.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Method, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use serde_json::{Value, json};

use super::fault::Fault;
use super::rejection::Rejection;
use super::verify::Verification;
use crate::support::KEY;

pub(crate) type Body = BoxBody<Bytes, io::Error>;

pub(crate) async fn answer(
    fault: Fault,
    verification: Arc<Verification>,
    request: Request<Incoming>,
) -> Response<Body> {
    verification.asked.fetch_add(1, Ordering::SeqCst);
    let (head, body) = request.into_parts();
    let found = async {
        if head.uri.path() != "/customer" && fault != Fault::AnyPath {
            return Err(Rejection::NoRoute);
        }
        if head.method != Method::POST && fault != Fault::AnyMethod {
            return Err(Rejection::NoMethod);
        }
        lookup(fault, &verification.verify(&head, body).await?)
    };
    let (status, body) = match found.await {
        Ok(data) => (200, json!({ "data": data })),
        Err(rejection) => (rejection.status(fault), error(fault, rejection)),
    };
    let plain = fault == Fault::PlainText && status != 200;
    let (content_type, body) = if plain {
        ("text/plain", "no".to_owned())
    } else {
        ("application/json; charset=utf-8", body.to_string())
    };
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("date", date(&verification))
        .body(if fault == Fault::BreaksOff && status == 400 { broken() } else { whole(body) })
        .unwrap()
}

fn whole(body: String) -> Body {
    Full::from(body).map_err(|never| match never {}).boxed()
}

fn broken() -> Body {
    let first = stream::iter([Ok(Frame::data(Bytes::from_static(b"{")))]);
    let broken = stream::once(async {
        // The head is sent in the meantime.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::Other.into())
    });
    BodyExt::boxed(StreamBody::new(first.chain(broken)))
}

/// The header `Date`, by the clock of the verification.
fn date(verification: &Verification) -> String {
    let now = Duration::from_millis(verification.now().unsigned_abs());
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + now)
}

fn error(fault: Fault, rejection: Rejection) -> Value {
    let code = format!("E-{rejection:?}");
    if fault == Fault::PrintsKey {
        return json!({ "error": { "code": code, "message": KEY, "detail": format!("({KEY})") } });
    }
    if fault == Fault::NoDetail {
        return json!({ "error": { "code": code, "message": "no" } });
    }
    json!({ "error": { "code": code, "message": "no", "detail": null } })
}

/// Finds one customer: that of the vendor's document.
fn lookup(fault: Fault, body: &[u8]) -> Result<Value, Rejection> {
    if fault == Fault::AsciiOnly && !body.is_ascii() {
        return Err(Rejection::Broken);
    }
    let query: Value = serde_json::from_slice(body).map_err(|_| Rejection::Unreadable)?;
    match (query["callNum"].as_str(), query["nation"].as_str()) {
        (Some("1"), Some("korea")) if fault == Fault::Numbers => Ok(json!({ "points": 12 })),
        (Some("1"), Some("korea")) => Ok(json!({ "userName": "test", "id": "testId" })),
        _ if fault == Fault::EmptySuccess => Ok(Value::Null),
        _ => Err(Rejection::NoResult),
    }
}
