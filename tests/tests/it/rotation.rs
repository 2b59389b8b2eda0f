//! Keys that are replaced under a running server, a thousand times, while it is asked.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use online_contact::{MemoryReplayGuard, Success, Verified, Verifier};
use online_contact_test_kit::rotation::{LabeledKey, RotatingKeys, ring};
use online_contact_tests::{NOW, Reply, Request, Target};
use online_contact_tower::VerifyLayer;
use serde_json::json;
use tokio::runtime::Builder;
use tokio::sync::{oneshot, watch};
use tokio::task::LocalSet;

const REPLACEMENTS: usize = 1_000;
const CLIENTS: usize = 8;

#[test]
fn a_thousand_replacements_lose_no_request() {
    let keys = RotatingKeys::default();
    let verifier = Verifier::builder()
        .key_ring(ring(keys.labels().iter().map(String::as_str)))
        .replay_guard(MemoryReplayGuard::default())
        .clock(NOW)
        .build()
        .unwrap();
    let server = Server::start(verifier.clone());
    let over = AtomicBool::new(false);
    let (answers, mut answered) = watch::channel(0_usize);

    // Server, clients and operator each have a thread, so that they are really at it at once.
    let requests = thread::scope(|scope| {
        let asking = scope.spawn(|| on_one_thread(ask_until(&over, server.target, &keys, answers)));
        let operator = scope.spawn(|| {
            on_one_thread(async {
                for _ in 0..REPLACEMENTS {
                    let replaced = keys.replace(|labels| {
                        verifier.replace_keys(ring(labels.iter().map(String::as_str)))
                    });
                    replaced.expect("a key ring");
                    // There is load: requests are answered between any two replacements.
                    answered.changed().await.expect("the clients go on");
                }
            });
        });
        let operated = operator.join();
        over.store(true, Ordering::Relaxed);
        let requests = asking.join().expect("no request is lost or rejected");
        operated.expect("the keys can be replaced");
        requests
    });

    assert!(requests >= REPLACEMENTS, "{requests}");
    let newest = keys.to_sign_with(0);
    assert_eq!(newest.label, (REPLACEMENTS + 1).to_string());
    on_one_thread(async {
        let after = ask(server.target, &newest, "after").await;
        assert_eq!(after.status, 200, "{after:?}");
        // The rings were others indeed: the first key has been retired.
        let retired = ask(server.target, &LabeledKey::new("0"), "retired").await;
        assert_eq!(retired.status, 403, "{retired:?}");
        assert_eq!(retired.detail(), "signature_mismatch");
    });
}

/// A server in a thread of its own.
struct Server {
    target: Target,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    fn start(verifier: Verifier) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let label = async |verified: Verified| Success(json!({"key": verified.key_label()}));
        let router =
            Router::new().route("/customer", post(label).layer(VerifyLayer::new(verifier)));
        let thread = thread::spawn(move || {
            on_one_thread(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        let target = Target { addr, patience: Duration::from_secs(10) };
        Self { target, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        let served = self.thread.take().map(thread::JoinHandle::join);
        assert!(served.is_none_or(|end| end.is_ok()) || thread::panicking(), "the server panicked");
    }
}

fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, work)
}

/// Asks over several connections at once, and says how often.
async fn ask_until(
    over: &AtomicBool,
    target: Target,
    keys: &RotatingKeys,
    answers: watch::Sender<usize>,
) -> usize {
    let sent = AtomicUsize::new(0);
    let client = async || {
        let mut connection = target.http1().await.expect("it listens");
        while !over.load(Ordering::Relaxed) {
            let turn = sent.fetch_add(1, Ordering::Relaxed);
            // Held until the answer is there.
            let key = keys.to_sign_with(turn);
            let request = signed(&key, &turn.to_string()).whole();
            let reply = connection.exchange(&request).await.expect("an answer");
            must_have_passed(&reply, &key);
            answers.send_modify(|count| *count += 1);
        }
    };
    futures_util::future::join_all((0..CLIENTS).map(|_| client())).await;
    let answered = *answers.borrow();
    assert_eq!(answered, sent.into_inner(), "every request is answered");
    answered
}

async fn ask(target: Target, key: &LabeledKey, body: &str) -> Reply {
    let mut connection = target.http1().await.expect("it listens");
    connection.exchange(&signed(key, body).whole()).await.expect("an answer")
}

/// No two bodies are the same, or the second request would be a replay.
fn signed(key: &LabeledKey, body: &str) -> Request {
    Request::unsigned(body).sign(&key.signer, NOW)
}

#[track_caller]
fn must_have_passed(reply: &Reply, key: &LabeledKey) {
    assert_eq!(reply.text(), json!({"data": {"key": key.label}}).to_string());
    assert_eq!(reply.status, 200);
}
