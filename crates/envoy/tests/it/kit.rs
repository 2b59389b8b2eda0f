//! The program, an upstream and signed requests.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::routing::any;
use online_contact::{Clock as _, Signer, SystemClock};
use online_contact_test_kit as kit;
use online_contact_tests::envoy::{Config, Envoy};
use online_contact_tests::{Request, Target, envoy};
use tokio::net::TcpListener;

/// The key that the program has, unless a test gives it others.
pub(crate) const KEY: &str = "0cc175b9c0f1b6a831c399e2";

/// Only passes when a response is missing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Returns Envoy. Without it, a test is skipped.
pub(crate) fn envoy_program() -> Option<PathBuf> {
    envoy::program().unwrap()
}

/// The running program.
pub(crate) struct Program {
    pub(crate) process: kit::Program,
    /// The address as the program printed it.
    pub(crate) address: String,
}

impl Program {
    /// Starts the program on a port that the system chooses, with these settings.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_on("127.0.0.1:0", settings)
    }

    pub(crate) fn start_on(listen: &str, settings: &[(&str, &str)]) -> Self {
        Self::try_start(listen, settings).expect("the program ended")
    }

    /// Returns `None` if the program ends without listening.
    pub(crate) fn try_start(listen: &str, settings: &[(&str, &str)]) -> Option<Self> {
        let mut command = command(settings);
        command.env("OC_LISTEN", listen);
        let process = kit::Program::try_start(command).ok()?;
        let line = process.first_line();
        let address = line.strip_prefix("listening on ").expect(line).to_owned();
        Some(Self { process, address })
    }

    pub(crate) fn socket_address(&self) -> SocketAddr {
        self.process.address()
    }

    /// Sends SIGTERM and waits for the end of the program.
    pub(crate) fn stop(self) -> Output {
        self.process.signal("TERM");
        self.process.finish()
    }

    /// Waits for a line of the log that contains this text.
    pub(crate) fn logs(&mut self, text: &str) -> String {
        self.process.log_with(text)
    }
}

/// Returns a command with these settings only.
pub(crate) fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = kit::command(env!("CARGO_BIN_EXE_online-contact-envoy"));
    command.envs(settings.iter().copied());
    command
}

/// A request as the upstream received it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An upstream that answers every request with `{"data":{}}`, but for `/hang`, which it never answers.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = Self { address, received: Arc::default() };
        let app = Router::new()
            .route("/hang", any(std::future::pending::<()>))
            .fallback(receive)
            .with_state(upstream.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        upstream
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn receive(
    State(upstream): State<Upstream>,
    target: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    let request = Received { target: target.to_string(), headers, body };
    upstream.received.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    r#"{"data":{}}"#
}

/// Starts Envoy with the sample settings, changed by a test.
pub(crate) fn start_envoy(
    envoy: &std::path::Path,
    authorizer: SocketAddr,
    upstream: SocketAddr,
    changes: &[(&str, &str)],
) -> (Envoy, Target) {
    let mut config = Config::new(authorizer, upstream).unwrap();
    for (from, to) in changes {
        config = config.replace(from, to).unwrap();
    }
    let envoy = Envoy::start(envoy, &config).unwrap();
    let target = Target { addr: envoy.address(), patience: PATIENCE };
    (envoy, target)
}

/// Returns a request that is signed now.
pub(crate) fn signed(body: impl Into<Vec<u8>>) -> Request {
    signed_with(KEY, body)
}

pub(crate) fn signed_with(key: &str, body: impl Into<Vec<u8>>) -> Request {
    sign(key, Request::unsigned(body))
}

/// Signs a request that is not signed yet.
pub(crate) fn sign(key: &str, request: Request) -> Request {
    request.sign(&Signer::new(&kit::key(key)), SystemClock.now())
}

/// Returns a request whose body was changed after it was signed.
pub(crate) fn forged(body: impl Into<Vec<u8>>) -> Request {
    let mut request = signed(body);
    request.body.push(b' ');
    request
}
