//! `RequestSignature` of `actix-web-lab`, with the checks of the headers in its scheme.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::error::{ErrorForbidden, ErrorInternalServerError};
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest};
use actix_web_lab::extract::RequestSignatureScheme;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::peers::actix_by_hand::Keyed;

/// The scheme: body, then time.
#[derive(Debug)]
pub struct BodyTime(Hmac<Sha256>);

const TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const WINDOW_MS: i64 = 300_000;

impl RequestSignatureScheme for BodyTime {
    type Signature = Hmac<Sha256>;
    type Error = Error;

    async fn init(request: &HttpRequest) -> Result<Self, Error> {
        let signed_at: i64 = timestamp(request)?.parse().map_err(ErrorForbidden)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        if now.saturating_sub(signed_at).abs() > WINDOW_MS {
            return Err(ErrorForbidden("out of the window"));
        }
        let keyed =
            request.app_data::<Keyed>().ok_or_else(|| ErrorInternalServerError("no key"))?;
        Ok(Self((***keyed).clone()))
    }

    async fn consume_chunk(&mut self, _: &HttpRequest, chunk: Bytes) -> Result<(), Error> {
        self.0.update(&chunk);
        Ok(())
    }

    async fn finalize(mut self, request: &HttpRequest) -> Result<Hmac<Sha256>, Error> {
        self.0.update(timestamp(request)?.as_bytes());
        Ok(self.0)
    }

    fn verify(signature: Hmac<Sha256>, request: &HttpRequest) -> Result<Hmac<Sha256>, Error> {
        let value = request.headers().get(AUTHORIZATION);
        let value = value.ok_or_else(|| ErrorForbidden("header missing"))?;
        let claimed = STANDARD.decode(value).map_err(ErrorForbidden)?;
        signature.clone().verify_slice(&claimed).map_err(ErrorForbidden)?;
        Ok(signature)
    }
}

fn timestamp(request: &HttpRequest) -> Result<&str, Error> {
    let value = request.headers().get(TIMESTAMP);
    value.and_then(|value| value.to_str().ok()).ok_or_else(|| ErrorForbidden("header missing"))
}
