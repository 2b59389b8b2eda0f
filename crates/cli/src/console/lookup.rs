//! One lookup: checked, signed, sent, and shown.

use std::collections::HashMap;

use bytes::Bytes;
use http::StatusCode;
use online_contact::{Clock as _, SystemClock};
use serde::Deserialize;
use url::Url;

use super::complaint::{Complaint, Place};
use super::settings::Settings;
use super::state::Console;
use super::view::{RequestView, View};
use super::{body, findings, settings_check};
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

pub(super) async fn look_up(console: &Console, order: Order) -> Result<View, Complaint> {
    let url = settings_check::check(&order.settings, &console.keys)?;
    settings_check::without_key(order.values.values().map(String::as_str), &console.keys)?;
    let body = match order.received {
        Some(number) => received_body(console, number)?,
        None => body::write(&order.settings.lookup, &order.values)?.into(),
    };
    confirmed(&url, &order.confirmed)?;
    let ring = console.keys.ring();
    let scheme = order.settings.scheme;
    let signed = Signed::new(&ring, scheme, url.path(), body, SystemClock.now(), console.lang);
    let signed = signed.map_err(|_| no_key())?;
    let sent = Outgoing::signed(url, console.http2, USER_AGENT, &signed);

    let answer = console.client.execute(sent.to_request(), &console.keys.secrets()).await;
    let answer = answer.map_err(|error| Words::of(|lang| error.explain(lang)));
    // The search for a mistake in the signature may take a second.
    let view = move || {
        let request = sent.to_captured();
        let found =
            answer.as_ref().map(|it| findings::of_lookup(&request, it, &order.settings, &ring));
        let request = RequestView::new(&request, sent.version(), scheme);
        View::of_lookup(request, &answer, &order.settings.result, found.unwrap_or_default())
    };
    tokio::task::spawn_blocking(view).await.map_err(|_| Complaint::broken())
}

fn received_body(console: &Console, number: u64) -> Result<Bytes, Complaint> {
    let exchange = console.received.exchanges.get(number).ok_or_else(Complaint::gone)?;
    if exchange.has_whole_body() {
        return Ok(exchange.request.body.clone().unwrap_or_default().into());
    }
    let text = Words::new(
        "Only the beginning of this body is in memory: send it from its file with `send --replay`.",
        "이 본문은 앞부분만 메모리에 있습니다. 저장한 파일을 `send --replay`로 보내 주십시오.",
    );
    Err(Complaint::new(StatusCode::CONFLICT, "body_cut", text))
}

fn confirmed(url: &Url, confirmed: &[String]) -> Result<(), Complaint> {
    let origin = url.origin().ascii_serialization();
    if typed::is_local(url) || confirmed.contains(&origin) {
        return Ok(());
    }
    Err(Complaint::unconfirmed(origin))
}

fn no_key() -> Complaint {
    let text = Words::new("Set the security key first.", "먼저 암호화 키를 입력해 주십시오.");
    Complaint::invalid(vec![Place::new("key", text)])
}
