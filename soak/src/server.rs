//! The server under attack, in its own process, so that memory and descriptors can be measured.

use std::io;
use std::net::Ipv4Addr;

use axum::Router;
use axum::routing::{MethodRouter, post};
use axum::serve::ListenerExt as _;
use online_contact::{
    BufferBudget, Clock as _, MemoryReplayGuard, Success, SystemClock, Verified, Verifier,
    VerifierBuilder,
};
use online_contact_test_kit::{Unavailable, hold_budget};
use online_contact_tower::VerifyLayer;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use crate::plan::Plan;
use crate::{Result, keys};

/// Serves until the end of stdin. The first line on stdout is the address; each further one responds
/// to a line of stdin.
pub(crate) async fn run(plan: Plan) -> Result<()> {
    // The cost of a rejection includes its log event.
    tracing_subscriber::fmt().with_writer(io::sink).init();
    let budget = BufferBudget::new(plan.budget);
    let settings = || {
        Verifier::builder()
            .buffer_budget(budget.clone())
            .body_limit(plan.body_limit)
            .body_timeout(plan.body_timeout)
    };
    let verifier = settings()
        .key_ring(keys::ring(["0", "1"]))
        .replay_guard(MemoryReplayGuard::default())
        .build()?;
    let router = Router::new().route("/customer", behind(&verifier)).merge(broken(&settings)?);

    let listener = listen()?;
    say(&format!("listening on http://{}", listener.local_addr()?)).await?;
    // A response must not wait for the acknowledgment of the one before it.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        // Sent and dropped mean the same.
        let _ = stopped.await;
    });
    let obeying = async {
        let outcome = obey(&verifier, &budget).await;
        drop(stop);
        outcome
    };
    let (served, obeyed) = tokio::join!(serving.into_future(), obeying);
    served?;
    obeyed
}

/// Listens with a queue for all attackers at once.
fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(4_096)
}

/// The response to a request that passed.
#[derive(Serialize)]
struct Passed {
    key: String,
}

fn behind(verifier: &Verifier) -> MethodRouter {
    let passed =
        async |verified: Verified| Success(Passed { key: verified.key_label().to_owned() });
    post(passed).layer(VerifyLayer::new(verifier.clone()))
}

/// Routes with a broken verifier, for the rejections that an attacker cannot cause.
fn broken(settings: &impl Fn() -> VerifierBuilder) -> Result<Router> {
    let keys_down = settings().key_source(Unavailable).build()?;
    let guard_down = settings().key_ring(keys::ring([])).replay_guard(Unavailable).build()?;
    let full = settings().key_ring(keys::ring([])).body_limit(FULL_BODY as u64);
    let full = full.buffer_budget(BufferBudget::new(1024)).build()?;
    hold_budget(&full, FULL_BODY as u64 - BufferBudget::FREE_PER_BODY, SystemClock.now());
    Ok(Router::new()
        .route("/keys-down", behind(&keys_down))
        .route("/guard-down", behind(&guard_down))
        .route("/full", behind(&full)))
}

/// The length of a body that fills a budget of 1 KiB, of which 8 KiB are free.
const FULL_BODY: usize = 9 * 1024;

/// Runs the commands on stdin. `keys 7 8` replaces the keys; `keys` and `used` report the budget in use.
async fn obey(verifier: &Verifier, budget: &BufferBudget) -> Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("keys") => verifier.replace_keys(keys::ring(words))?,
            Some("used") => {}
            _ => return Err(format!("{line:?}: expected keys or used").into()),
        }
        say(&budget.used().to_string()).await?;
    }
    Ok(())
}

async fn say(line: &str) -> Result<()> {
    let mut stdout = tokio::io::stdout();
    stdout.write_all(format!("{line}\n").as_bytes()).await?;
    Ok(stdout.flush().await?)
}
