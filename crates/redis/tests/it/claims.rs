//! Claims on a Redis that works.

use std::collections::HashMap;
use std::time::Duration;

use online_contact::{Clock as _, Reason, SystemClock, Timestamp};
use online_contact_redis::RedisReplayGuard;
use tokio::task::JoinSet;

use crate::requests::{
    Request, ask, assert_passes, assert_replayed, assert_unavailable, builder, claim, claims,
};
use crate::server::Server;

#[tokio::test]
async fn the_first_passes_and_the_second_does_not() {
    let Some(redis) = Server::start() else { return };
    let guard = RedisReplayGuard::connect(redis.url()).await.unwrap();
    let claims = claims(2);
    assert_passes(&guard, claims[0]).await;
    assert_replayed(&guard, claims[0]).await;
    assert_passes(&guard, claims[1]).await;
    assert_replayed(&guard, claims[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_copies_at_once_one_passes() {
    let Some(redis) = Server::start() else { return };
    let guards = two_guards(&redis);
    let claim = claim();
    let mut copies = JoinSet::new();
    for number in 0..1_000 {
        let guard = guards[number % 2].clone();
        copies.spawn(async move { ask(&guard, claim).await.is_ok() });
    }
    assert_eq!(passed(copies).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_guards_pass_a_thousand_requests_a_thousand_times() {
    let Some(redis) = Server::start() else { return };
    let guards = two_guards(&redis);
    let mut copies = JoinSet::new();
    for claim in claims(1_000) {
        for guard in &guards {
            let guard = guard.clone();
            copies.spawn(async move { ask(&guard, claim).await.is_ok() });
        }
    }
    assert_eq!(passed(copies).await, 1_000);
}

/// As two processes do: nothing is shared but Redis.
#[tokio::test(flavor = "multi_thread")]
async fn two_verifiers_pass_a_thousand_requests_a_thousand_times() {
    let Some(redis) = Server::start() else { return };
    let verifiers = two_guards(&redis).map(|guard| {
        let builder = builder().replay_guard(guard).replay_guard_timeout(Duration::from_secs(30));
        builder.build().unwrap()
    });
    let mut copies = JoinSet::new();
    for number in 0..1_000 {
        let request = std::sync::Arc::new(Request::new(number));
        for verifier in &verifiers {
            let (request, verifier) = (request.clone(), verifier.clone());
            copies.spawn(async move {
                match request.send(&verifier).await {
                    Ok(_) => true,
                    Err(rejection) => {
                        assert_eq!(rejection.reason(), Reason::Replayed);
                        false
                    }
                }
            });
        }
    }
    assert_eq!(passed(copies).await, 1_000);
}

#[tokio::test]
async fn one_connection_serves_all_claims() {
    let Some(redis) = Server::start() else { return };
    let guard = patient(&redis);
    let mut asking = JoinSet::new();
    for claim in claims(200) {
        let guard = guard.clone();
        asking.spawn(async move { ask(&guard, claim).await.is_ok() });
    }
    assert_eq!(passed(asking).await, 200);
    let connected: String = redis.tell("CLIENT LIST").await;
    let ours = connected.lines().filter(|line| line.contains("cmd=pttl")).count();
    assert_eq!(ours, 1, "{connected}");
}

#[tokio::test]
async fn an_entry_lives_until_its_request_is_too_old() {
    let Some(redis) = Server::start() else { return };
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let claim = claim();
    assert_passes(&guard, claim).await;

    let key = only_key(&redis).await;
    assert_eq!(
        redis.tell::<i64>(&format!("PEXPIRETIME {key}")).await,
        claim.expires_at().as_millis()
    );
    // 5 minutes, and what the core adds for slow bodies, slow key sources and clocks that differ.
    let left: i64 = redis.tell(&format!("PTTL {key}")).await;
    let whole = claim.expires_at().as_millis() - claim.claimed_at().as_millis();
    assert!((whole - 30_000..=whole).contains(&left), "{left} of {whole}");
    assert!((300_000..=480_000).contains(&whole), "{whole}");
}

#[tokio::test]
async fn entries_carry_the_prefix() {
    let Some(redis) = Server::start() else { return };
    let claim = claim();
    let plain = RedisReplayGuard::lazy(redis.url()).unwrap();
    assert_passes(&plain, claim).await;
    assert!(only_key(&redis).await.starts_with("online-contact:replay:"));

    // Guards with different prefixes know nothing of each other.
    let shop = RedisReplayGuard::builder(redis.url()).prefix("shop:").lazy().unwrap();
    assert_passes(&shop, claim).await;
    assert_replayed(&shop, claim).await;
    let of_shop: Vec<String> = redis.tell("KEYS shop:*").await;
    assert_eq!(of_shop.len(), 1);
}

#[tokio::test]
async fn values_of_different_claims_differ() {
    let Some(redis) = Server::start() else { return };
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let mut values = HashMap::new();
    for claim in claims(50) {
        assert_passes(&guard, claim).await;
    }
    for key in redis.tell::<Vec<String>>("KEYS *").await {
        let value: Vec<u8> = redis.tell(&format!("GET {key}")).await;
        assert_eq!(value.len(), 16);
        values.insert(value, key);
    }
    assert_eq!(values.len(), 50);
}

/// Redis would forget the entry too early, or at once, and say `OK`.
#[tokio::test]
async fn a_clock_far_behind_that_of_redis_is_reported() {
    let Some(redis) = Server::start() else { return };
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    for behind_ms in [90_000, 3_600_000] {
        let then = Timestamp::from_millis(SystemClock.now().as_millis() - behind_ms);
        let verifier = builder().clock(then).replay_guard(guard.clone()).build().unwrap();
        let rejection = Request::signed_at(0, then).send(&verifier).await.unwrap_err();
        assert_eq!(rejection.reason(), Reason::ReplayGuardUnavailable);
        let source = std::error::Error::source(&rejection).unwrap().to_string();
        assert!(source.starts_with("the clock of Redis is "), "{source}");
    }

    let slightly = Timestamp::from_millis(SystemClock.now().as_millis() - 10_000);
    let verifier = builder().clock(slightly).replay_guard(guard).build().unwrap();
    Request::signed_at(1, slightly).send(&verifier).await.unwrap();
}

#[test]
fn without_a_runtime_it_is_unavailable() {
    let guard = RedisReplayGuard::lazy("redis://127.0.0.1:1").unwrap();
    let error = futures_util::FutureExt::now_or_never(assert_unavailable(&guard, claim()));
    assert_eq!(error.unwrap(), "RedisReplayGuard needs a tokio runtime");
}

/// The runtime that made the connection is gone, as when a test or an actix worker ends.
#[test]
fn a_guard_moves_to_another_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let Some(redis) = Server::start() else { return };
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let claims = claims(2);
    first.block_on(assert_passes(&guard, claims[0]));
    drop(first);
    runtime().block_on(assert_passes(&guard, claims[1]));
    runtime().block_on(assert_replayed(&guard, claims[0]));
}

/// Returns a guard whose timeouts a busy machine does not reach.
fn patient(redis: &Server) -> RedisReplayGuard {
    let minute = Duration::from_secs(60);
    let builder = RedisReplayGuard::builder(redis.url());
    builder.connect_timeout(minute).command_timeout(minute).lazy().unwrap()
}

fn two_guards(redis: &Server) -> [RedisReplayGuard; 2] {
    [(); 2].map(|()| patient(redis))
}

async fn passed(mut answers: JoinSet<bool>) -> usize {
    let mut passed = 0;
    while let Some(answer) = answers.join_next().await {
        passed += usize::from(answer.unwrap());
    }
    passed
}

async fn only_key(redis: &Server) -> String {
    let keys: Vec<String> = redis.tell("KEYS *").await;
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    key.clone()
}
