//! A Redis that does not respond. The clock is paused, so that no timeout passes in real time.

use std::net::TcpListener;
use std::time::Duration;

use online_contact_redis::RedisReplayGuard;
use tokio::time::Instant;

use crate::proxy::{Loss, Proxy, pass};
use crate::requests::{assert_passes, assert_unavailable, claim, claims};
use crate::server::Server;

/// The kernel accepts its connections, and no response comes.
struct Silent(TcpListener);

impl Silent {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn url(&self) -> String {
        format!("redis://{}", self.0.local_addr().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_one_second() {
    let silent = Silent::new();
    let guard = RedisReplayGuard::lazy(silent.url()).unwrap();
    let start = Instant::now();
    assert_unavailable(&guard, claim()).await;
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_connection_can_be_set() {
    let silent = Silent::new();
    let guard = RedisReplayGuard::builder(silent.url())
        .connect_timeout(Duration::from_millis(20))
        .lazy()
        .unwrap();
    let error = assert_unavailable(&guard, claim()).await;
    assert!(error.ends_with(" within 20ms"), "{error}");
}

/// Many claims wait for one attempt, and each is rejected within its deadline.
#[tokio::test(start_paused = true)]
async fn many_claims_are_rejected_in_time() {
    let silent = Silent::new();
    let guard = RedisReplayGuard::lazy(silent.url()).unwrap();
    let start = Instant::now();
    let mut crowd = tokio::task::JoinSet::new();
    for claim in claims(500) {
        let guard = guard.clone();
        crowd.spawn(async move { assert_unavailable(&guard, claim).await });
    }
    while let Some(told) = crowd.join_next().await {
        told.unwrap();
    }
    // One connection and two tries.
    assert!(start.elapsed() <= Duration::from_secs(2), "{:?}", start.elapsed());
}

/// The connection works and the command waits. So does the same command on a new connection.
#[tokio::test]
async fn a_claim_without_a_response_is_unavailable_and_a_later_one_passes() {
    const TIMEOUT: Duration = Duration::from_secs(30);
    let Some(redis) = Server::start() else { return };
    let mut proxy = Proxy::start(&redis.socket(), Loss::None).await;
    let guard = RedisReplayGuard::builder(proxy.url())
        .connect_timeout(TIMEOUT)
        .command_timeout(TIMEOUT)
        .connect()
        .await
        .unwrap();
    let claims = claims(2);
    redis.tell::<()>("CLIENT PAUSE 600000 WRITE").await;
    let asked = tokio::spawn({
        let (guard, claim) = (guard.clone(), claims[0]);
        async move { assert_unavailable(&guard, claim).await }
    });
    for tries in 1..=2 {
        proxy.sent(tries).await;
        pass(TIMEOUT).await;
    }
    assert_eq!(asked.await.unwrap(), "no response from Redis within 30s");

    redis.tell::<()>("CLIENT UNPAUSE").await;
    assert_passes(&guard, claims[1]).await;
}
