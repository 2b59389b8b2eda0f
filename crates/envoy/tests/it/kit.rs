//! The program, a Redis, an upstream and signed requests.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::routing::any;
use online_contact::{Clock as _, SecurityKey, Signer, SystemClock};
use online_contact_tests::envoy::{Config, Envoy};
use online_contact_tests::{Request, Target, envoy};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// The key that the program has, unless a test gives it others.
pub(crate) const KEY: &str = "0cc175b9c0f1b6a831c399e2";

/// Only passes when a response is missing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Skips a test that needs Envoy.
pub(crate) fn envoy_program() -> Option<PathBuf> {
    let program = envoy::program().unwrap();
    if program.is_none() {
        println!("skipped: no Envoy found");
    }
    program
}

/// The program, killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    _stdout: Lines<BufReader<ChildStdout>>,
    pub(crate) stderr: Lines<BufReader<ChildStderr>>,
    /// As the program printed it.
    pub(crate) address: String,
}

impl Program {
    /// Starts the program on a port that the system chooses, with these settings.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_on("127.0.0.1:0", settings).await
    }

    pub(crate) async fn start_on(listen: &str, settings: &[(&str, &str)]) -> Self {
        let mut child = command(settings).env("OC_LISTEN", listen).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = stdout.next_line().await.unwrap().expect("the program ended");
        let address = line.strip_prefix("listening on ").expect(&line).to_owned();
        Self { child, _stdout: stdout, stderr, address }
    }

    pub(crate) fn socket_address(&self) -> SocketAddr {
        self.address.strip_prefix("http://").unwrap().parse().unwrap()
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends SIGTERM and waits for the end of the program.
    pub(crate) async fn stop(mut self) -> (std::process::ExitStatus, String) {
        self.terminate().await;
        let status = self.child.wait().await.unwrap();
        let mut log = String::new();
        while let Some(line) = self.stderr.next_line().await.unwrap() {
            log += &line;
            log.push('\n');
        }
        (status, log)
    }

    pub(crate) async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(kill.unwrap().success());
    }

    /// Waits for a line of the log that contains this text.
    pub(crate) async fn logs(&mut self, text: &str) -> String {
        loop {
            let line = self.stderr.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("the program never logged {text:?}"));
            if line.contains(text) {
                return line;
            }
        }
    }
}

/// Without the settings of the environment that the tests run in.
pub(crate) fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_online-contact-envoy"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OC_")) {
        command.env_remove(name);
    }
    command
        .env_remove("RUST_LOG")
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A Redis, killed when this is dropped.
pub(crate) struct Redis {
    _child: Child,
    folder: TempDir,
}

impl Redis {
    pub(crate) async fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(folder.path().join("redis.sock"))
            .arg("--dir")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = child else {
            let required = std::env::var("OC_REQUIRE_REDIS").is_ok_and(|value| value == "1");
            assert!(!required, "cannot run redis-server");
            println!("skipped: no redis-server found");
            return None;
        };
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = log.next_line().await.unwrap() {
            if line.contains("eady to accept connections") {
                tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
                return Some(Self { _child: child, folder });
            }
        }
        panic!("redis-server did not start");
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.folder.path().join("redis.sock").display())
    }
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

/// A request that is signed now.
pub(crate) fn signed(body: impl Into<Vec<u8>>) -> Request {
    signed_with(KEY, body)
}

pub(crate) fn signed_with(key: &str, body: impl Into<Vec<u8>>) -> Request {
    sign(key, Request::unsigned(body))
}

/// Signs a request that is not signed yet.
pub(crate) fn sign(key: &str, request: Request) -> Request {
    let signer = Signer::new(&SecurityKey::new(key).unwrap());
    let signed = signer.sign(&request.target, &request.body, SystemClock.now());
    let headers = signed.headers();
    headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// A request whose body was changed after it was signed.
pub(crate) fn forged(body: impl Into<Vec<u8>>) -> Request {
    let mut request = signed(body);
    request.body.push(b' ');
    request
}
