//! Two processes of an example that share one Redis.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;

use online_contact::{Clock as _, SecurityKey, Signer, SystemClock, Timestamp};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::program::{Program, in_time};
use crate::client::SignedRequest;
use crate::demo::DOCUMENTED_BODY;
use crate::keys::SAMPLE_KEY;

const REQUESTS: i64 = 1_000;
/// So many are on their way at once.
const AT_ONCE: usize = 50;

/// A thousand requests, each sent to both at once: each passes once.
pub async fn of_two_processes_one_lets_a_request_pass(path: &str) {
    let Some((_redis, url)) = redis().await else { return };
    let first = Program::start_with(path, "127.0.0.1:0", &url).await;
    let second = Program::start_with(path, "127.0.0.1:0", &url).await;

    let signer = Signer::new(&SecurityKey::new(SAMPLE_KEY).expect("it is not empty"));
    // Behind what the programs have sent to themselves.
    let start = SystemClock.now().as_millis() + 1_000;
    let mut statuses = Vec::new();
    let mut sending = JoinSet::new();
    for number in 0..REQUESTS {
        let at = Timestamp::from_millis(start + number);
        let request = SignedRequest::new(&signer, DOCUMENTED_BODY, at);
        for address in [first.address, second.address] {
            let request = request.clone();
            sending.spawn(async move { request.send(address).await });
        }
        while sending.len() > AT_ONCE {
            statuses.push(next(&mut sending).await);
        }
    }
    while !sending.is_empty() {
        statuses.push(next(&mut sending).await);
    }
    let count = |status| statuses.iter().filter(|&&seen| seen == status).count();
    assert_eq!((count(200), count(403), statuses.len()), (1_000, 1_000, 2_000));
}

async fn next(sending: &mut JoinSet<std::io::Result<crate::client::Answer>>) -> u16 {
    let answer = sending.join_next().await.expect("one is on its way").expect("it does not panic");
    answer.expect("an answer").status
}

/// A Redis of the test's own on a free port; `None` where the program is missing and not required.
async fn redis() -> Option<(Child, String)> {
    if Command::new("redis-server").arg("--version").output().await.is_err() {
        let required = std::env::var("OC_REQUIRE_REDIS").is_ok_and(|value| value == "1");
        assert!(!required, "there is no redis-server, and OC_REQUIRE_REDIS=1 asks for it");
        // Not `eprintln`, which is kept from the terminal when the test passes.
        let _ = writeln!(std::io::stderr(), "skipped: there is no redis-server");
        return None;
    }
    let address = free_address();
    let redis = Command::new("redis-server")
        .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it was there a moment ago");
    in_time(async {
        // Until it listens; there is nothing else to wait for.
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    Some((redis, format!("redis://{address}")))
}

/// An address that nobody listens on now.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it is bound")
}
