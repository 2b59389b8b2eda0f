//! Servers with and without verification on 127.0.0.1, under `wrk`, in turn.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use axum::Router;
use tempfile::NamedTempFile;

use crate::interleave::median;
use crate::sample::{PATH, Sample};
use crate::scenarios::{actix, axum as routes};

/// The requests per second of a server with a verifier.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The framework and the verifier.
    pub name: &'static str,
    /// `true` if the verifier is this project's.
    pub is_ours: bool,
    /// The median with the verifier.
    pub verified: f64,
    /// The median without.
    pub bare: f64,
    /// The median of the ratio of both, taken within each round.
    pub ratio: f64,
}

const ROUNDS: usize = 7;
const BODY: usize = 41;

/// A server, and the index of the one without a verifier.
struct Contender {
    name: &'static str,
    address: SocketAddr,
    script: NamedTempFile,
    bare: usize,
}

/// Serves each verifier on one thread and measures them in turn.
///
/// # Errors
///
/// Describes what is missing or has failed.
pub fn compare() -> Result<Vec<Rate>, String> {
    let missing = "wrk is missing (Debian: apt-get install wrk)";
    Command::new("wrk").arg("--version").output().map_err(|_| missing.to_owned())?;
    let contenders = contenders().map_err(|error| format!("loopback failed: {error}"))?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut order: Vec<_> = (0..contenders.len()).collect();
        fastrand::shuffle(&mut order);
        let mut rates = vec![f64::NAN; contenders.len()];
        for index in order {
            rates[index] = load(contenders[index].address, contenders[index].script.path())?;
        }
        rounds.push(rates);
    }
    let rate = |index: usize| {
        let Contender { name, bare, .. } = contenders[index];
        let of = |value: &dyn Fn(&Vec<f64>) -> f64| median(rounds.iter().map(value).collect());
        (index != bare).then(|| Rate {
            name,
            is_ours: name.contains("Verify"),
            verified: of(&|rates| rates[index]),
            bare: of(&|rates| rates[bare]),
            ratio: of(&|rates| rates[index] / rates[bare]),
        })
    };
    Ok((0..contenders.len()).filter_map(rate).collect())
}

fn contenders() -> io::Result<Vec<Contender>> {
    let (signed, github) = (Sample::of(BODY), Sample::github(BODY));
    let axum = |name, router, sample| {
        Ok(Contender { name, address: serve_axum(router)?, script: script(sample)?, bare: 0 })
    };
    let actix = |name, configure, sample| {
        Ok(Contender { name, address: serve_actix(configure)?, script: script(sample)?, bare: 5 })
    };
    [
        axum("axum", routes::bare(), &signed),
        axum("axum with VerifyLayer", routes::layered(), &signed),
        axum("axum with from_fn by hand", routes::by_hand(), &signed),
        axum("axum with webhook-verify", routes::webhook_verify_served(), &github),
        axum("axum with tower-github-webhook", routes::github_webhook(), &github),
        actix("actix-web", actix::bare, &signed),
        actix("actix-web with Verify", actix::wrapped, &signed),
        actix("actix-web with from_fn by hand", actix::by_hand, &signed),
        actix("actix-web with webhook-verify", actix::webhook_verify, &github),
    ]
    .into_iter()
    .collect()
}

fn serve_axum(router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
        })
    });
    Ok(address)
}

fn serve_actix(configure: fn(&mut ServiceConfig)) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || -> io::Result<()> {
        let server = HttpServer::new(move || App::new().configure(configure));
        let server = server.workers(1).disable_signals().listen(listener)?.run();
        actix_web::rt::System::new().block_on(server)
    });
    Ok(address)
}

/// The request, as a script of `wrk`.
fn script(sample: &Sample) -> io::Result<NamedTempFile> {
    let body = String::from_utf8_lossy(&sample.body);
    let mut lua = format!("wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n");
    let content_type = ("content-type", "application/json".to_owned());
    for (name, value) in sample.headers.iter().chain([&content_type]) {
        let _ = writeln!(lua, "wrk.headers[\"{name}\"] = \"{value}\"");
    }
    let mut file = tempfile::Builder::new().suffix(".lua").tempfile()?;
    file.write_all(lua.as_bytes())?;
    Ok(file)
}

fn load(server: SocketAddr, script: &Path) -> Result<f64, String> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--duration", "1s", "--script"])
        .arg(script)
        .arg(format!("http://{server}{PATH}"))
        .output()
        .map_err(|error| format!("wrk failed to start: {error}"))?;
    let report = String::from_utf8_lossy(&output.stdout);
    if report.contains("Non-2xx") || report.contains("Socket errors") {
        return Err(format!("requests failed: {report}"));
    }
    let rate = report.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).ok_or_else(|| format!("no rate in: {report}"))
}
