//! Redis down, slow, restarting, full or read-only: no request passes without an entry.

use std::time::{Duration, Instant};

use online_contact::Reason;
use online_contact_redis::{ConnectError, RedisReplayGuard};

use crate::requests::{
    Request, assert_passes, assert_replayed, assert_unavailable, builder, claim, claims, verifier,
};
use crate::server::Server;

/// More than a claim may take by default, for a machine that is busy.
const IN_TIME: Duration = Duration::from_secs(4);

#[tokio::test]
async fn down_at_the_start_then_up() {
    let Some(mut redis) = Server::start().await else { return };
    redis.kill();
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let claim = claim();
    let error = assert_unavailable(&guard, claim).await;
    assert!(error.starts_with("no connection to Redis: "), "{error}");

    redis.start_again().await;
    assert_passes(&guard, claim).await;
    assert_replayed(&guard, claim).await;
}

#[tokio::test]
async fn connect_needs_redis() {
    let Some(mut redis) = Server::start().await else { return };
    RedisReplayGuard::connect(redis.url()).await.unwrap();
    redis.kill();
    let error = RedisReplayGuard::connect(redis.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn killed_in_the_middle_then_restarted() {
    let Some(mut redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claims = claims(3);
    assert_passes(&guard, claims[0]).await;
    redis.kill();
    assert_unavailable(&guard, claims[1]).await;

    redis.start_again().await;
    assert_passes(&guard, claims[1]).await;
    assert_replayed(&guard, claims[1]).await;
    assert_passes(&guard, claims[2]).await;
}

/// No request comes while Redis is away: the first request afterwards finds a dead connection and is
/// served all the same.
#[tokio::test]
async fn a_restart_between_two_requests_costs_none() {
    let Some(mut redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    for claim in claims(5) {
        assert_passes(&guard, claim).await;
        redis.kill();
        redis.start_again().await;
    }
}

#[tokio::test]
async fn standing_still_is_unavailable_in_time() {
    let Some(redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claims = claims(2);
    redis.stand_still();
    let start = Instant::now();
    assert_unavailable(&guard, claims[0]).await;
    assert!(start.elapsed() < IN_TIME, "{:?}", start.elapsed());

    redis.go_on();
    assert_passes(&guard, claims[1]).await;
}

#[tokio::test]
async fn deadlines_can_be_set() {
    let Some(redis) = Server::start().await else { return };
    redis.stand_still();
    let guard = RedisReplayGuard::builder(redis.url())
        .connect_timeout(Duration::from_millis(20))
        .command_timeout(Duration::from_millis(10))
        .lazy()
        .unwrap();
    let error = assert_unavailable(&guard, claim()).await;
    assert!(error.ends_with(" within 20ms"), "{error}");
}

/// The connection is there and slow, and so is a new one.
#[tokio::test]
async fn too_slow_is_unavailable_and_then_well_again() {
    let Some(redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::builder(redis.url())
        .command_timeout(Duration::from_millis(50))
        .connect()
        .await
        .unwrap();
    let claims = claims(2);
    redis.tell::<()>("CLIENT PAUSE 60000 WRITE").await;
    let error = assert_unavailable(&guard, claims[0]).await;
    assert_eq!(error, "no response from Redis within 50ms");

    redis.tell::<()>("CLIENT UNPAUSE").await;
    assert_passes(&guard, claims[1]).await;
}

#[tokio::test]
async fn full_is_unavailable() {
    let Some(redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claims = claims(2);
    assert_passes(&guard, claims[0]).await;
    redis.tell::<()>("CONFIG SET maxmemory-policy noeviction").await;
    redis.tell::<()>("CONFIG SET maxmemory 1").await;
    let error = assert_unavailable(&guard, claims[1]).await;
    assert!(error.contains("OOM"), "{error}");
    assert!(error.contains("command not allowed when used memory"), "{error}");

    redis.tell::<()>("CONFIG SET maxmemory 0").await;
    assert_passes(&guard, claims[1]).await;
    assert_replayed(&guard, claims[0]).await;
}

#[tokio::test]
async fn read_only_is_unavailable() {
    let Some(redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claim = claim();
    redis.tell::<()>("REPLICAOF 127.0.0.1 1").await;
    let error = assert_unavailable(&guard, claim).await;
    assert!(error.contains("read only replica"), "{error}");

    redis.tell::<()>("REPLICAOF NO ONE").await;
    assert_passes(&guard, claim).await;
}

#[tokio::test]
async fn a_verifier_fails_closed_by_default() {
    let Some(mut redis) = Server::start().await else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    redis.kill();
    let request = Request::new(0);
    let rejection = request.send(&verifier(&guard)).await.unwrap_err();
    assert_eq!(rejection.reason(), Reason::ReplayGuardUnavailable);

    let open =
        builder().replay_guard(guard).dangerously_pass_without_replay_guard(true).build().unwrap();
    request.send(&open).await.unwrap();
    request.send(&open).await.unwrap();
}

/// Many claims wait for one attempt, and each is rejected within its deadline.
#[tokio::test]
async fn many_claims_are_rejected_in_time() {
    let Some(redis) = Server::start().await else { return };
    redis.stand_still();
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let start = Instant::now();
    let mut crowd = tokio::task::JoinSet::new();
    for claim in claims(500) {
        let guard = guard.clone();
        crowd.spawn(async move { assert_unavailable(&guard, claim).await });
    }
    while let Some(told) = crowd.join_next().await {
        told.unwrap();
    }
    assert!(start.elapsed() < IN_TIME, "{:?}", start.elapsed());
}
