//! A server of the tests' own, and the doctor's visit to it.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::answer::answer;
use crate::fault::Fault;
use crate::support::{Run, command, finish};
use crate::verify::Verification;

/// Starts a server and gives its URL.
pub(crate) async fn start(fault: Fault) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let verification = Arc::new(Verification::new(fault));
    let room = Arc::new(Semaphore::new(if fault == Fault::FewConnections { 4 } else { 1_000 }));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Where there is no room the connection is closed.
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
            let verification = Arc::clone(&verification);
            tokio::spawn(async move {
                serve(fault, verification, stream).await;
                drop(place);
            });
        }
    });
    format!("http://{address}/customer")
}

pub(crate) async fn serve(
    fault: Fault,
    verification: Arc<Verification>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let service = service_fn(move |request| {
        let verification = Arc::clone(&verification);
        async move { Ok::<_, Infallible>(answer(fault, verification, request).await) }
    });
    // A client that goes away is no concern of the server's.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The doctor's options for these servers.
pub(crate) const OPTIONS: [&str; 5] = ["--gap", "0", "--body-deadline", "2", "--json"];

/// Runs the doctor to its end.
pub(crate) async fn examine(url: &str, options: &[&str]) -> Run {
    let command = command(&[&["doctor", url][..], &OPTIONS, options].concat());
    run(command).await
}

pub(crate) async fn run(command: Command) -> Run {
    tokio::task::spawn_blocking(|| finish(command)).await.unwrap()
}

/// The probes with a result, in order.
pub(crate) fn with_result<'a>(report: &'a Value, result: &str) -> Vec<&'a str> {
    let probes = report["probes"].as_array().unwrap().iter();
    let with_result = probes.filter(|probe| probe["result"] == result);
    with_result.map(|probe| probe["id"].as_str().unwrap()).collect()
}

/// One finding.
pub(crate) fn probe<'a>(report: &'a Value, id: &str) -> &'a Value {
    let probes = report["probes"].as_array().unwrap();
    probes.iter().find(|probe| probe["id"] == id).unwrap_or_else(|| panic!("no {id}: {report}"))
}
