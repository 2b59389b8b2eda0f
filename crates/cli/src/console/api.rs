//! The JSON API of the page.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::complaint::{Complaint, Place};
use super::door::{self, Door};
use super::json::Body;
use super::keys::KeyState;
use super::lookup::{self, Order};
use super::received;
use super::settings::Settings;
use super::state::Console;
use super::view::View;
use super::{assets, settings_check};
use crate::lang::Words;

/// The longest body of a request of the page. Settings are far shorter.
const BODY_LIMIT: usize = 256 * 1024;

pub(super) fn router(console: Arc<Console>, door: Arc<Door>) -> Router {
    let page = assets::routes(console.lang);
    Router::new()
        .route("/api/state", get(state))
        .route("/api/settings", put(save))
        .route("/api/settings/check", post(check))
        .route("/api/key", put(set_key).delete(forget_key))
        .route("/api/lookup", post(look_up))
        .route("/api/exchanges", get(received::list))
        .route("/api/exchanges/{number}", get(received::details))
        .with_state(console)
        .merge(page)
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(door, door::watch))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    settings: Settings,
    settings_file: Option<String>,
    key: Option<KeyState>,
    received: received::Place,
}

async fn state(State(console): State<Arc<Console>>) -> Json<Opening> {
    Json(Opening {
        settings: console.file.latest(),
        settings_file: console.file.name(),
        key: console.keys.state(),
        received: received::Place::of(&console),
    })
}

#[derive(Serialize)]
struct Saved {
    file: Option<String>,
}

async fn save(
    State(console): State<Arc<Console>>,
    Body(settings): Body<Settings>,
) -> Result<Json<Saved>, Complaint> {
    settings_check::check(&settings, &console.keys)?;
    let file = console.file.name();
    // Disks can be slow.
    match tokio::task::spawn_blocking(move || console.file.save(settings)).await {
        Ok(saved) => saved.map(|()| Json(Saved { file })),
        Err(_) => Err(Complaint::broken()),
    }
}

/// Returns the settings as they would be saved.
async fn check(
    State(console): State<Arc<Console>>,
    Body(settings): Body<Settings>,
) -> Result<Json<Settings>, Complaint> {
    settings_check::check(&settings, &console.keys)?;
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
) -> Result<Json<KeyAnswer>, Complaint> {
    if !console.keys.set(&new.key) {
        let text = Words::new("Type or paste the key first.", "먼저 암호화 키를 입력해 주십시오.");
        return Err(Complaint::invalid(vec![Place::new("key", text)]));
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
) -> Result<Json<View>, Complaint> {
    lookup::look_up(&console, order).await.map(Json)
}

async fn nothing_here() -> Complaint {
    let text = Words::new("There is nothing at this path.", "이 경로에는 아무것도 없습니다.");
    Complaint::new(StatusCode::NOT_FOUND, "nothing_here", text)
}
