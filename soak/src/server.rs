//! The server under attack. It has a process to itself, so that its memory and its descriptors are
//! those of a server and of nothing else.

use std::io;
use std::net::Ipv4Addr;

use axum::Router;
use axum::routing::{MethodRouter, post};
use axum::serve::ListenerExt as _;
use online_contact::{
    BufferBudget, Claimed, Clock as _, KeyFuture, KeyRequest, KeySource, MemoryReplayGuard,
    ReplayClaim, ReplayError, ReplayGuard, RequestHead, Success, SystemClock, Verified, Verifier,
    VerifierBuilder,
};
use online_contact_tower::VerifyLayer;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use crate::plan::Plan;
use crate::{Result, keys};

/// Serves until stdin says `stop` or ends. Its first line on stdout is its address; each further one
/// answers a line of stdin.
pub(crate) async fn run(plan: Plan) -> Result<()> {
    // Each rejection is an event. What it costs to write one belongs to what a rejection costs.
    tracing_subscriber::fmt().with_writer(io::sink).init();
    let budget = BufferBudget::new(plan.budget);
    let settings = || {
        Verifier::builder()
            .buffer_budget(budget.clone())
            .body_limit(plan.body_limit)
            .body_timeout(plan.body_timeout)
    };
    let verifier = settings()
        .key_ring(keys::ring(["0", "1"])?)
        .replay_guard(MemoryReplayGuard::default())
        .build()?;
    let router = Router::new().route("/customer", behind(&verifier)).merge(broken(&settings)?);

    let listener = listen()?;
    say(&format!("{}", listener.local_addr()?)).await?;
    // Or an answer waits in the kernel until the one before it has been acknowledged.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        // Sent or dropped, it means the same.
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

/// All attackers may connect in one moment, and the kernel is to reject none of them.
fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(4_096)
}

/// What the handler tells of a request that passed.
#[derive(Serialize)]
struct Passed {
    key: String,
}

fn behind(verifier: &Verifier) -> MethodRouter {
    let passed =
        async |verified: Verified| Success(Passed { key: verified.key_label().to_owned() });
    post(passed).layer(VerifyLayer::new(verifier.clone()))
}

/// Paths whose verifier lacks something, for the rejections that an attacker alone can't bring about.
fn broken(settings: &impl Fn() -> VerifierBuilder) -> Result<Router> {
    let keys_down = settings().key_source(Down).build()?;
    let guard_down = settings().key_ring(keys::ring([])?).replay_guard(Down).build()?;
    let full = settings().key_ring(keys::ring([])?).body_limit(1024);
    let full = full.buffer_budget(BufferBudget::new(1024)).build()?;
    fill(&full)?;
    Ok(Router::new()
        .route("/keys-down", behind(&keys_down))
        .route("/guard-down", behind(&guard_down))
        .route("/full", behind(&full)))
}

/// One body takes all of the budget, and is never whole.
fn fill(verifier: &Verifier) -> Result<()> {
    let signed = keys::Key::new(keys::STANDING)?.signer.sign("/full", b"", SystemClock.now());
    let [(_, timestamp), (_, authorization)] = signed.headers();
    let head = RequestHead::new("/full")
        .timestamp(timestamp.as_bytes())
        .authorization(authorization.as_bytes());
    let mut other = verifier.begin(&head)?;
    other.update(&[b'x'; 1024])?;
    std::mem::forget(other);
    Ok(())
}

/// A key source and a replay guard that can't answer.
#[derive(Debug)]
struct Down;

impl KeySource for Down {
    fn tenant(&self, _request: &KeyRequest<'_>) -> String {
        String::new()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        Box::pin(async { Err("the key source is down".into()) })
    }
}

impl ReplayGuard for Down {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        let down = ReplayError::Unavailable("the replay guard is down".into());
        Claimed::Later(Box::pin(async { Err(down) }))
    }
}

/// `used` asks for the bytes that are held, `keys 7 8` replaces the keys and asks the same.
async fn obey(verifier: &Verifier, budget: &BufferBudget) -> Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("keys") => verifier.replace_keys(keys::ring(words)?)?,
            Some("used") => {}
            Some("stop") => break,
            _ => return Err(format!("{line:?}: expected keys, used or stop").into()),
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
