//! The JSON API of the page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::access::{self, Access};
use super::error::{ApiError, Body, Fault};
use super::findings::{self, Seen};
use super::keys::KeyState;
use super::lookup::{self, Order};
use super::settings::{self, Settings};
use super::state::Console;
use super::view::{Summary, View};
use crate::exchange::Exchange;
use crate::explain::{self, explain};
use crate::lang::{Lang, Words};
use crate::verdict::{Verdict, moment};

/// The longest body of a request of the page. Settings are far shorter.
const BODY_LIMIT: usize = 256 * 1024;

pub(super) fn router(console: Arc<Console>, access: Arc<Access>) -> Router {
    let page = page_routes(console.lang);
    Router::new()
        .route("/api/state", get(state))
        .route("/api/settings", put(save))
        .route("/api/settings/check", post(check))
        .route("/api/key", put(set_key).delete(forget_key))
        .route("/api/lookup", post(look_up))
        .route("/api/exchanges", get(list_exchanges))
        .route("/api/exchanges/{number}", get(exchange_details))
        .with_state(console)
        .merge(page)
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(access, access::guard))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    settings: Settings,
    settings_file: Option<String>,
    key: Option<KeyState>,
    received: Source,
}

async fn state(State(console): State<Arc<Console>>) -> Json<Opening> {
    Json(Opening {
        settings: console.file.latest(),
        settings_file: console.file.name(),
        key: console.keys.state(),
        received: Source::of(&console),
    })
}

#[derive(Serialize)]
struct Saved {
    file: Option<String>,
}

async fn save(
    State(console): State<Arc<Console>>,
    Body(settings): Body<Settings>,
) -> Result<Json<Saved>, ApiError> {
    settings::check(&settings, &console.keys)?;
    let file = console.file.name();
    // Disks can be slow.
    match tokio::task::spawn_blocking(move || console.file.save(settings)).await {
        Ok(saved) => saved.map(|()| Json(Saved { file })),
        Err(_) => Err(ApiError::broken()),
    }
}

/// Returns the settings as they would be saved.
async fn check(
    State(console): State<Arc<Console>>,
    Body(settings): Body<Settings>,
) -> Result<Json<Settings>, ApiError> {
    settings::check(&settings, &console.keys)?;
    Ok(Json(settings))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    key: Zeroizing<String>,
}

#[derive(Serialize)]
struct KeyAnswer {
    key: Option<KeyState>,
}

async fn set_key(
    State(console): State<Arc<Console>>,
    Body(new): Body<NewKey>,
) -> Result<Json<KeyAnswer>, ApiError> {
    if !console.keys.set(&new.key) {
        let text = Words::new("Type or paste the key first.", "먼저 암호화 키를 입력해 주십시오.");
        return Err(ApiError::invalid(vec![Fault::new("key", text)]));
    }
    Ok(Json(KeyAnswer { key: console.keys.state() }))
}

async fn forget_key(State(console): State<Arc<Console>>) -> Json<KeyAnswer> {
    console.keys.forget();
    Json(KeyAnswer { key: console.keys.state() })
}

async fn look_up(
    State(console): State<Arc<Console>>,
    Body(order): Body<Order>,
) -> Result<Json<View>, ApiError> {
    lookup::look_up(&console, order).await.map(Json)
}

async fn nothing_here() -> ApiError {
    let text = Words::new("There is nothing at this path.", "이 경로에는 아무것도 없습니다.");
    ApiError::new(StatusCode::NOT_FOUND, "nothing_here", text)
}

const PAGE: &str = include_str!("page/index.html");

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

const FILES: [(&str, &str, &str); 12] = [
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("/base.css", STYLE, include_str!("page/base.css")),
    ("/parts.css", STYLE, include_str!("page/parts.css")),
    ("/look.js", SCRIPT, include_str!("page/look.js")),
    ("/app.js", SCRIPT, include_str!("page/app.js")),
    ("/api.js", SCRIPT, include_str!("page/api.js")),
    ("/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/exchange.js", SCRIPT, include_str!("page/exchange.js")),
    ("/items.js", SCRIPT, include_str!("page/items.js")),
    ("/panel.js", SCRIPT, include_str!("page/panel.js")),
    ("/received.js", SCRIPT, include_str!("page/received.js")),
    ("/text.js", SCRIPT, include_str!("page/text.js")),
];

fn page_routes(lang: Lang) -> Router {
    let router = Router::new().route("/", get(page)).with_state(lang);
    FILES.into_iter().fold(router, |router, (path, media_type, text)| {
        router.route(path, get(async move || file(media_type, text)))
    })
}

async fn page(State(lang): State<Lang>) -> ([(HeaderName, &'static str); 1], String) {
    let mark = format!("lang=\"{}\"", lang.pick("en", "ko"));
    ([(CONTENT_TYPE, HTML)], PAGE.replacen("lang=\"en\"", &mark, 1))
}

const fn file(
    media_type: &'static str,
    text: &'static str,
) -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, media_type)], text)
}

/// The time that a call waits for a change of the list.
const WAIT: Duration = Duration::from_secs(20);

/// The time for the search of a mistake.
const SEARCH: Duration = Duration::from_secs(1);

/// The source of the list.
#[derive(Serialize)]
struct Source {
    shown: bool,
    /// `null` if the list comes from files.
    address: Option<String>,
}

impl Source {
    fn of(console: &Console) -> Self {
        let received = &console.received;
        Self { shown: received.shown, address: received.address.clone() }
    }
}

/// The version of the list that the page has.
#[derive(Deserialize)]
struct Known {
    seen: Option<u64>,
}

#[derive(Serialize)]
struct List {
    version: u64,
    exchanges: Vec<Summary>,
}

/// Returns the list, the newest request first. Waits for a change if the page has this version.
async fn list_exchanges(
    State(console): State<Arc<Console>>,
    Query(Known { seen }): Query<Known>,
) -> Json<List> {
    let received = &console.received;
    let mut version = received.exchanges.subscribe();
    let changed = version.wait_for(|version| Some(*version) != seen);
    let stopped = received.stopping.clone();
    tokio::select! {
        _ = changed => {}
        () = tokio::time::sleep(WAIT) => {}
        () = stopped.wait() => {}
    }
    // Read before the list: a change in between is returned twice rather than not at all.
    let version = *version.borrow();
    let exchanges = received.exchanges.newest_first();
    Json(List { version, exchanges: exchanges.iter().map(|it| Summary::new(it)).collect() })
}

async fn exchange_details(
    State(console): State<Arc<Console>>,
    Path(number): Path<u64>,
) -> Result<Json<View>, ApiError> {
    let exchange = console.received.exchanges.get(number).ok_or_else(ApiError::gone)?;
    let view = move || {
        let settings = console.file.latest();
        let explanation = match &exchange.explanation {
            Some(explanation) => Some(explanation.clone()),
            None => explained(&console, &exchange),
        };
        let seen = exchange.response.as_ref().map(Seen::of);
        let findings = findings::of_received(&exchange, seen.as_ref().ok(), explanation.as_ref());
        let rules = console.received.rules;
        View::of_received(&exchange, &seen, rules.scheme, &settings.result, findings)
    };
    tokio::task::spawn_blocking(view).await.map(Json).map_err(|_| ApiError::broken())
}

/// Searches for the mistake in a request from a file.
fn explained(console: &Console, exchange: &Exchange) -> Option<Words> {
    let rejected = matches!(exchange.verdict, Some(Verdict::Rejected(_)));
    if !rejected || !exchange.has_whole_body() {
        return None;
    }
    let settings = explain::Settings::new(console.received.rules, moment(exchange.arrived), SEARCH);
    let explanation = explain(&exchange.request, &console.keys.ring(), &settings);
    explanation.ok().map(|explanation| explanation.summary())
}
