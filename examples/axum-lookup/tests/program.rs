//! The program from its start to its end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use online_contact::{Clock as _, SystemClock};
use online_contact_test_kit::{BODY, Program, Redis, Request, Target, command, in_time, signer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_example-axum-lookup");

online_contact_test_kit::example_tests!(PROGRAM, online_contact_cli::run);

#[tokio::test]
async fn two_programs_with_one_redis_accept_a_request_once() {
    in_time(async {
        let Some(redis) = Redis::start() else { return };
        let start = || {
            let mut command = command(PROGRAM);
            command.env("OC_LISTEN", "127.0.0.1:0").env("OC_DEMO", "off");
            command.env("OC_REPLAY", redis.url());
            Program::start(command)
        };
        let (one, other) = (start(), start());
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
