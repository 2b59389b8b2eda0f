//! The targets of lookups: a verified endpoint and broken ones.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use online_contact::{Failure, Lookup, Success, Verified, Verifier};
use online_contact_test_kit::{KEY, key};
use online_contact_tower::{EnvelopeLayer, VerifyLayer};
use serde::Deserialize;
use serde_json::{Value, json};

/// Serves until the test process ends.
pub(crate) struct Server {
    address: SocketAddr,
    lookups: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let lookups = Arc::new(AtomicUsize::new(0));
        let app = app(Arc::clone(&lookups));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        Self { address, lookups }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The number of lookups.
    pub(crate) fn lookups(&self) -> usize {
        self.lookups.load(Ordering::SeqCst)
    }
}

fn app(lookups: Arc<AtomicUsize>) -> Router {
    let counting = from_fn(move |request: Request, next: Next| {
        lookups.fetch_add(1, Ordering::SeqCst);
        next.run(request)
    });
    let verifier = Verifier::builder().key(key(KEY)).build().unwrap();
    Router::new()
        .route("/customer", post(customer))
        .route_layer(VerifyLayer::new(verifier))
        .route_layer(counting)
        .layer(EnvelopeLayer::new())
        .route("/plain", post(async || (StatusCode::UNAUTHORIZED, "no")))
        .route("/numbers", post(async || Json(json!({ "data": { "userName": 7, "more": "x" } }))))
        .route("/markup", post(async || data("<img src=x onerror=\"document.title='hit'\">")))
        .route("/leak", post(async || data(&format!("the key is {KEY}!"))))
        .route(
            "/empty",
            get(async || axum::response::Html("<!doctype html><title>elsewhere</title>")),
        )
}

fn data(name: &str) -> Json<Value> {
    Json(json!({ "data": { "userName": name, "id": "testId" } }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    call_num: String,
}

async fn customer(_: Verified, Lookup(query): Lookup<Query>) -> Result<Success<Value>, Failure> {
    match query.call_num.as_str() {
        "1" => Ok(Success(json!({ "userName": "홍길동", "id": "testId" }))),
        _ => Err(Failure::no_result(911, "Not existing user.")),
    }
}
