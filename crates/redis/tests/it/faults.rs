//! Redis down, restarting, full or read-only: no request passes without an entry.

use online_contact::Reason;
use online_contact_redis::{ConnectError, RedisReplayGuard};

use crate::requests::{
    Request, assert_passes, assert_replayed, assert_unavailable, builder, claim, claims, verifier,
};
use crate::server::Server;

#[tokio::test]
async fn down_at_the_start_then_up() {
    let Some(mut redis) = Server::start() else { return };
    redis.kill();
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let claim = claim();
    let error = assert_unavailable(&guard, claim).await;
    assert!(error.starts_with("no connection to Redis: "), "{error}");

    redis.start_again();
    assert_passes(&guard, claim).await;
    assert_replayed(&guard, claim).await;
}

#[tokio::test]
async fn connect_needs_redis() {
    let Some(mut redis) = Server::start() else { return };
    RedisReplayGuard::connect(redis.url()).await.unwrap();
    redis.kill();
    let error = RedisReplayGuard::connect(redis.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn killed_in_the_middle_then_restarted() {
    let Some(mut redis) = Server::start() else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claims = claims(3);
    assert_passes(&guard, claims[0]).await;
    redis.kill();
    assert_unavailable(&guard, claims[1]).await;

    redis.start_again();
    assert_passes(&guard, claims[1]).await;
    assert_replayed(&guard, claims[1]).await;
    assert_passes(&guard, claims[2]).await;
}

/// No request comes while Redis is away: the first request afterwards finds a dead connection and is
/// served all the same.
#[tokio::test]
async fn a_restart_between_two_requests_costs_none() {
    let Some(mut redis) = Server::start() else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    for claim in claims(5) {
        assert_passes(&guard, claim).await;
        redis.kill();
        redis.start_again();
    }
}

#[tokio::test]
async fn full_is_unavailable() {
    let Some(redis) = Server::start() else { return };
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
    let Some(redis) = Server::start() else { return };
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
    let Some(mut redis) = Server::start() else { return };
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
