//! One lookup: checked, signed, sent, and looked at.

use std::collections::HashMap;
use std::error::Error;

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use online_contact::{Clock as _, Scheme, SecurityKey, SignedHeaders, Signer, SystemClock};
use serde::Deserialize;
use url::Url;

use super::api::Console;
use super::complaint::{Complaint, Place};
use super::settings::Settings;
use super::view::View;
use super::{body, settings_check};
use crate::key::KeyText;
use crate::lang::Words;

const CONTENT_TYPE: &str = "application/json; charset=utf-8";
const USER_AGENT: &str = concat!("online-contact-console/", env!("CARGO_PKG_VERSION"));

/// What the page asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    settings: Settings,
    /// What was typed for each variable.
    values: HashMap<String, String>,
    /// The origins beyond this machine that the user has said yes to.
    #[serde(default)]
    confirmed: Vec<String>,
}

/// A signed request, exactly as it leaves.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) url: Url,
    pub(super) scheme: Scheme,
    pub(super) signed: SignedHeaders,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) http2: bool,
}

pub(super) async fn look_up(console: &Console, ask: Ask) -> Result<View, Complaint> {
    let url = settings_check::check(&ask.settings, &console.keys)?;
    settings_check::without_key(ask.values.values().map(String::as_str), &console.keys)?;
    let body = body::write(&ask.settings.lookup, &ask.values)?;
    confirmed(&url, &ask.confirmed)?;
    let ring = console.keys.ring();
    let sent = sign(&ring, url, ask.settings.scheme, body, console.http2)?;

    let answer = console.client.execute(request(&sent)?, &console.keys.secrets()).await;
    let answer = answer.map_err(|error| Words::of(|lang| error.explain(lang)));
    // What is wrong with a signature is searched for a second.
    let view = move || View::new(&sent, answer, &ask.settings, &ring);
    tokio::task::spawn_blocking(view).await.map_err(|_| Complaint::broken())
}

fn confirmed(url: &Url, confirmed: &[String]) -> Result<(), Complaint> {
    let origin = url.origin().ascii_serialization();
    if settings_check::is_loopback(url) || confirmed.contains(&origin) {
        return Ok(());
    }
    Err(Complaint::unconfirmed(origin))
}

fn sign(
    ring: &[KeyText],
    url: Url,
    scheme: Scheme,
    body: Vec<u8>,
    http2: bool,
) -> Result<Sent, Complaint> {
    let key =
        ring.first().and_then(|key| SecurityKey::from_bytes(key.key()).ok()).ok_or_else(no_key)?;
    let signed = Signer::new(&key).scheme(scheme).sign(url.path(), &body, SystemClock.now());
    let mut headers = vec![
        ("host", authority(&url)),
        ("accept", "*/*".to_owned()),
        ("user-agent", USER_AGENT.to_owned()),
        ("content-type", CONTENT_TYPE.to_owned()),
        ("content-length", body.len().to_string()),
    ];
    headers.extend(signed.headers());
    Ok(Sent { url, scheme, signed, headers, body, http2 })
}

/// Every header that leaves is named here, so that what is shown is what was sent.
fn request(sent: &Sent) -> Result<reqwest::Request, Complaint> {
    let mut headers = HeaderMap::new();
    for (name, value) in &sent.headers {
        // HTTP/2 has it as `:authority`.
        if sent.http2 && *name == header::HOST {
            continue;
        }
        let mut value = HeaderValue::try_from(value).map_err(|error| unsendable(&error))?;
        value.set_sensitive(*name == header::AUTHORIZATION);
        headers.insert(HeaderName::from_static(name), value);
    }
    let mut request = reqwest::Request::new(Method::POST, sent.url.clone());
    *request.headers_mut() = headers;
    *request.body_mut() = Some(sent.body.clone().into());
    Ok(request)
}

/// Host and port as the request names them: no port where it is the usual one.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn no_key() -> Complaint {
    let text = Words::new("Set the security key first.", "먼저 암호화 키를 입력해 주십시오.");
    Complaint::invalid(vec![Place::new("key", text)])
}

fn unsendable(error: &dyn Error) -> Complaint {
    let text = Words::new(
        format!("This can't be sent: {error}"),
        format!("보낼 수 없는 내용입니다: {error}"),
    );
    Complaint::new(StatusCode::UNPROCESSABLE_ENTITY, "unsendable", text)
}
