//! The files of the page, which are part of the program.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderName};

use crate::lang::Lang;

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

pub(super) fn routes(lang: Lang) -> Router {
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
