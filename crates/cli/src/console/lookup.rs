//! One lookup: checked, signed, sent, and shown.

use std::collections::HashMap;

use bytes::Bytes;
use http::StatusCode;
use online_contact::{Clock as _, SystemClock};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::error::{ApiError, Fault};
use super::findings::{self, Seen};
use super::settings::{self, LookupItem, Settings};
use super::state::Console;
use super::view::{RequestView, View};
use crate::lang::Words;
use crate::outgoing::Outgoing;
use crate::sign::Signed;
use crate::typed;

const USER_AGENT: &str = concat!("online-contact-console/", env!("CARGO_PKG_VERSION"));

/// A lookup that the page orders.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    settings: Settings,
    /// The text that was typed for each variable.
    #[serde(default)]
    values: HashMap<String, String>,
    /// The number of the received request whose body is sent in place of the values.
    received: Option<u64>,
    /// The origins beyond this machine that the user has confirmed.
    #[serde(default)]
    confirmed: Vec<String>,
}

pub(super) async fn look_up(console: &Console, order: Order) -> Result<View, ApiError> {
    let url = settings::check(&order.settings, &console.keys)?;
    settings::without_key(order.values.values().map(String::as_str), &console.keys)?;
    let body = match order.received {
        Some(number) => received_body(console, number)?,
        None => body_of(&order.settings.lookup, &order.values)?.into(),
    };
    confirmed(&url, &order.confirmed)?;
    let ring = console.keys.ring();
    let scheme = order.settings.scheme;
    let signed = Signed::new(&ring, scheme, url.path(), body, SystemClock.now());
    let signed = signed.map_err(|_| no_key())?;
    let sent = Outgoing::signed(url, console.http2, USER_AGENT, &signed);

    let answer = console.client.execute(sent.to_request(), &console.keys.secrets()).await;
    let answer = answer.map_err(|error| error.words());
    // The search for a mistake in the signature may take a second.
    let view = move || {
        let request = sent.to_captured();
        let seen = answer.as_ref().map(Seen::of);
        let found =
            seen.as_ref().map(|it| findings::of_lookup(&request, it, &order.settings, &ring));
        let request = RequestView::new(&request, sent.version(), scheme);
        View::of_lookup(request, &seen, &order.settings.result, found.unwrap_or_default())
    };
    tokio::task::spawn_blocking(view).await.map_err(|_| ApiError::broken())
}

fn received_body(console: &Console, number: u64) -> Result<Bytes, ApiError> {
    let exchange = console.received.exchanges.get(number).ok_or_else(ApiError::gone)?;
    if exchange.has_whole_body() {
        return Ok(exchange.request.body.clone().unwrap_or_default().into());
    }
    let text = Words::new(
        "Only the beginning of this body is in memory: send it from its file with `send --replay`.",
        "이 본문은 앞부분만 메모리에 있습니다. 저장한 파일을 `send --replay`로 보내 주십시오.",
    );
    Err(ApiError::new(StatusCode::CONFLICT, "body_cut", text))
}

fn confirmed(url: &Url, confirmed: &[String]) -> Result<(), ApiError> {
    let origin = url.origin().ascii_serialization();
    if typed::is_local(url) || confirmed.contains(&origin) {
        return Ok(());
    }
    Err(ApiError::unconfirmed(origin))
}

fn no_key() -> ApiError {
    let text = Words::new("Set the security key first.", "먼저 암호화 키를 입력해 주십시오.");
    ApiError::invalid(vec![Fault::new("key", text)])
}

/// The body as Online Contact builds it: one JSON object of strings, in the order of the lookup items,
/// without the empty ones.
fn body_of(items: &[LookupItem], values: &HashMap<String, String>) -> Result<Vec<u8>, ApiError> {
    let mut places = Vec::new();
    let mut members = Map::new();
    for item in items {
        let value = values.get(&item.variable).map_or("", String::as_str);
        if let Some(text) = fault(item, value) {
            places.push(Fault::new(format!("values.{}", item.variable), text));
        }
        if !value.is_empty() {
            members.insert(item.variable.clone(), value.into());
        }
    }
    if !places.is_empty() {
        return Err(ApiError::invalid(places));
    }
    Ok(Value::Object(members).to_string().into_bytes())
}

fn fault(item: &LookupItem, value: &str) -> Option<Words> {
    if item.required && value.is_empty() {
        return Some(Words::new("This is required.", "필수 항목입니다."));
    }
    // A browser counts `maxlength` in UTF-16 units.
    let length = value.encode_utf16().count();
    let longest = item.max_length?;
    (length > usize::try_from(longest).unwrap_or(usize::MAX)).then(|| {
        Words::new(
            format!("{length} characters: expected at most {longest}."),
            format!("{length}자입니다. {longest}자 이하로 적어 주십시오."),
        )
    })
}
