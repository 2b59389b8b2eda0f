//! `standardwebhooks`, the reference implementation of Standard Webhooks.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use online_contact::{Clock as _, SystemClock};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};

use crate::sample::KEY;

/// Returns a verifier and the headers of a request that passes it.
///
/// # Panics
///
/// Never: the key, the body and the headers are right.
#[must_use]
pub fn signed(body: &Bytes) -> (Webhook, HeaderMap) {
    let webhook = Webhook::from_bytes(KEY.into()).expect("any bytes are a key");
    let seconds = SystemClock.now().as_millis() / 1000;
    let signature = webhook.sign("msg_1", seconds, body).expect("the body is UTF-8");
    let value = |text: String| HeaderValue::try_from(text).expect("printable ASCII");
    let headers = [
        (HEADER_WEBHOOK_ID, value("msg_1".to_owned())),
        (HEADER_WEBHOOK_TIMESTAMP, value(seconds.to_string())),
        (HEADER_WEBHOOK_SIGNATURE, value(signature)),
    ];
    let headers = headers.into_iter().map(|(name, value)| (HeaderName::from_static(name), value));
    (webhook, headers.collect())
}
