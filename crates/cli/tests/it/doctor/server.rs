//! The server of the tests, and a run of the doctor.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use super::answer::{Body, answer};
use super::fault::Fault;
use super::verify::{LONG, REFERENCES, Verification};
use crate::support::{Run, command, finish};

/// Starts a server and returns its URL. Its deadline is long, for busy machines.
pub(crate) async fn start(fault: Fault) -> String {
    start_with(fault, LONG).await
}

/// Starts a server with a short deadline for bodies after the reference requests.
pub(crate) async fn start_impatient(fault: Fault) -> String {
    start_with(fault, Duration::from_millis(200)).await
}

async fn start_with(fault: Fault, deadline: Duration) -> String {
    start_knowing(fault, Arc::new(Verification::new(fault, deadline))).await
}

/// Starts a server without a fault that counts its requests.
pub(crate) async fn start_counting() -> (String, Arc<Verification>) {
    let verification = Arc::new(Verification::new(Fault::None, LONG));
    (start_knowing(Fault::None, Arc::clone(&verification)).await, verification)
}

async fn start_knowing(fault: Fault, verification: Arc<Verification>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let room = Arc::new(Semaphore::new(if fault == Fault::FewConnections { 4 } else { 1_000 }));
    let is_full = watch::Sender::new(fault != Fault::FewConnections);
    tokio::spawn(async move {
        let mut alone = REFERENCES;
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Where there is no room the connection is closed.
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                is_full.send_replace(true);
                continue;
            };
            let verification = Arc::clone(&verification);
            let mut full = is_full.subscribe();
            let waits = alone == 0;
            alone = alone.saturating_sub(1);
            tokio::spawn(async move {
                if waits {
                    full.wait_for(|full| *full).await.unwrap();
                }
                serve(fault, verification, stream).await;
                drop(place);
            });
        }
    });
    format!("http://{address}/customer")
}

/// Starts a server without a fault that speaks HTTP/2 only.
pub(crate) async fn start_http2() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let verification = Arc::new(Verification::new(Fault::None, LONG));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service(Fault::None, Arc::clone(&verification));
            let server = http2::Builder::new(TokioExecutor::new());
            tokio::spawn(server.serve_connection(TokioIo::new(stream), service_fn(service)));
        }
    });
    format!("http://{address}/customer")
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

fn service(
    fault: Fault,
    verification: Arc<Verification>,
) -> impl Fn(Request<Incoming>) -> Answering + Clone {
    move |request| {
        let verification = Arc::clone(&verification);
        Box::pin(async move { Ok(answer(fault, verification, request).await) })
    }
}

/// Serves one connection. To close it while the client still writes would reset it, so the rest of the
/// request is read.
pub(crate) async fn serve(
    fault: Fault,
    verification: Arc<Verification>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let service = service_fn(service(fault, verification));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The client may close the connection.
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let mut stream = connection.into_parts().io.into_inner();
    let _ = stream.shutdown().await;
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}

/// The doctor's options for these servers.
pub(crate) const OPTIONS: [&str; 7] =
    ["--gap", "0", "--body-deadline", "1", "--body-limit", "1048576", "--json"];

/// Skips the probes that wait.
pub(crate) const QUICK: [&str; 2] = ["--skip", "body_slow,body_stalled"];

/// Runs the doctor.
pub(crate) async fn examine(url: &str, options: &[&str]) -> Run {
    let command = command(&[&["doctor", url][..], &OPTIONS, options].concat());
    run(command).await
}

pub(crate) async fn run(command: Command) -> Run {
    tokio::task::spawn_blocking(|| finish(command)).await.unwrap()
}

/// The skipped probe: these servers verify with the sample key.
pub(crate) const SKIPPED: [&str; 1] = ["key_sample"];

/// The probes with a result, in order.
pub(crate) fn with_result<'a>(report: &'a Value, result: &str) -> Vec<&'a str> {
    let probes = report["probes"].as_array().unwrap().iter();
    let with_result = probes.filter(|probe| probe["result"] == result);
    with_result.map(|probe| probe["id"].as_str().unwrap()).collect()
}

/// The result of one probe.
pub(crate) fn probe<'a>(report: &'a Value, id: &str) -> &'a Value {
    let probes = report["probes"].as_array().unwrap();
    probes.iter().find(|probe| probe["id"] == id).unwrap_or_else(|| panic!("no {id}: {report}"))
}
