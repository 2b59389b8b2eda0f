//! One server with and without the layer, under `wrk`, in turn.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::Command;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::alternate::median;
use crate::sample::{PATH, Sample};
use crate::scenarios::axum::{bare, layered};

/// Requests per second, in the median of all rounds.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// With the layer.
    pub layered: f64,
    /// Without.
    pub bare: f64,
    /// The first by the second, within each round.
    pub ratio: f64,
}

const ROUNDS: usize = 8;

/// Serves both on one thread and asks each in turn.
///
/// # Errors
///
/// What is missing, or went wrong, in words.
pub fn compare() -> Result<Rates, String> {
    let missing = "wrk is missing (Debian: apt-get install wrk)";
    Command::new("wrk").arg("--version").output().map_err(|_| missing.to_owned())?;
    let failed = |error: io::Error| format!("the loopback could not be used: {error}");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(failed)?;
    let with = serve(&runtime, layered()).map_err(failed)?;
    let without = serve(&runtime, bare()).map_err(failed)?;
    let script = script().map_err(failed)?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        // Neither always comes second.
        rounds.push(if round % 2 == 0 {
            let layered = ask(with, script.path())?;
            (layered, ask(without, script.path())?)
        } else {
            let bare = ask(without, script.path())?;
            (ask(with, script.path())?, bare)
        });
    }
    let told = |of: fn(&(f64, f64)) -> f64| median(rounds.iter().map(of).collect());
    Ok(Rates {
        layered: told(|(layered, _)| *layered),
        bare: told(|(_, bare)| *bare),
        ratio: told(|(layered, bare)| layered / bare),
    })
}

fn serve(runtime: &Runtime, router: Router) -> io::Result<SocketAddr> {
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// The request as `wrk` wants to be told of it.
fn script() -> io::Result<tempfile::NamedTempFile> {
    let sample = Sample::lookup();
    let body = String::from_utf8_lossy(&sample.body);
    let mut lua = format!("wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n");
    let headers = [
        ("Content-Type", "application/json"),
        ("X-TC-Timestamp", &sample.timestamp),
        ("Authorization", &sample.authorization),
    ];
    for (name, value) in headers {
        let _ = writeln!(lua, "wrk.headers[\"{name}\"] = \"{value}\"");
    }
    let mut file = tempfile::Builder::new().suffix(".lua").tempfile()?;
    file.write_all(lua.as_bytes())?;
    Ok(file)
}

fn ask(server: SocketAddr, script: &std::path::Path) -> Result<f64, String> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--duration", "2s", "--script"])
        .arg(script)
        .arg(format!("http://{server}{PATH}"))
        .output()
        .map_err(|error| format!("wrk could not be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        return Err(format!("not all requests passed: {said}"));
    }
    let rate = said.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).ok_or_else(|| format!("wrk said: {said}"))
}
