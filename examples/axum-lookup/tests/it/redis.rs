//! Two processes of the program behind one URL, as several machines would be.

use example_shared::testing::redis::of_two_processes_one_lets_a_request_pass;

#[tokio::test]
async fn two_processes_share_a_redis() {
    of_two_processes_one_lets_a_request_pass(env!("CARGO_BIN_EXE_example-axum-lookup")).await;
}
