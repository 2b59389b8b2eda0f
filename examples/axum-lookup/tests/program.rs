//! The program from its start to its end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::process::Stdio;

use online_contact::{Clock as _, SystemClock};
use online_contact_test_kit::{BODY, Program, Request, Target, command, in_time, signer};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_example-axum-lookup");

online_contact_test_kit::example_tests!(PROGRAM, online_contact_cli::run);

#[tokio::test]
async fn two_programs_with_one_redis_accept_a_request_once() {
    in_time(async {
        let Some((_redis, url)) = redis().await else { return };
        let mut command = command(PROGRAM);
        command.env("OC_LISTEN", "127.0.0.1:0").env("OC_DEMO", "off").env("OC_REPLAY", url);
        let (one, other) = (Program::start(&mut command).await, Program::start(&mut command).await);
        for number in 0..100 {
            let body = format!("{BODY}{}", " ".repeat(number));
            let request = Request::unsigned(body).sign(&signer(), SystemClock.now());
            let send = |program: &Program| Target::from(program.address()).exchange(&request);
            let (first, second) = tokio::join!(send(&one), send(&other));
            let mut statuses = [first.unwrap().status, second.unwrap().status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 403]);
        }
    })
    .await;
}

/// Starts a Redis on a free port. Returns `None` if the program is missing and not required.
async fn redis() -> Option<(Child, String)> {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Command::new("redis-server")
        .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(server) = server else {
        assert!(std::env::var_os("OC_REQUIRE_REDIS").is_none(), "redis-server is not installed");
        eprintln!("skipped: redis-server is not installed");
        return None;
    };
    while TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    Some((server, format!("redis://{address}")))
}
