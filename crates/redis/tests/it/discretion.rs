//! Errors and `Debug` without passwords, and the permissions of the Redis user.

use std::error::Error;
use std::fmt::Debug;

use online_contact_redis::RedisReplayGuard;

use crate::requests::{ask, assert_passes, assert_replayed, assert_unavailable, chain, claim};
use crate::server::Server;

const PASSWORD: &str = "hunter2-3c5d";
const WRONG: &str = "hunter3-9a1b";

#[tokio::test]
async fn the_right_password_passes() {
    let Some(redis) = locked() else { return };
    let guard = RedisReplayGuard::connect(with_password(&redis, PASSWORD)).await.unwrap();
    let claim = claim();
    assert_passes(&guard, claim).await;
    assert_replayed(&guard, claim).await;
    assert_discreet(&guard);
}

#[tokio::test]
async fn a_wrong_password_is_unavailable() {
    let Some(redis) = locked() else { return };
    let guard = RedisReplayGuard::lazy(with_password(&redis, WRONG)).unwrap();
    let claim = claim();
    let error = assert_unavailable(&guard, claim).await;
    assert!(error.contains("authentication failed"), "{error}");
    assert_discreet(&ask(&guard, claim).await.unwrap_err());
    assert_discloses_nothing(&ask(&guard, claim).await.unwrap_err());
    assert_discreet(&guard);

    let error = RedisReplayGuard::connect(with_password(&redis, WRONG)).await.unwrap_err();
    assert_discreet(&error);
    assert_discloses_nothing(&error);
}

#[tokio::test]
async fn no_password_is_unavailable() {
    let Some(redis) = locked() else { return };
    let error = RedisReplayGuard::connect(redis.url()).await.unwrap_err();
    assert!(chain(&error).contains("NOAUTH"), "{error:?}");
    assert!(!error.to_string().contains("NOAUTH"), "its source says it: {error}");
    let guard = RedisReplayGuard::lazy(redis.url()).unwrap();
    let error = assert_unavailable(&guard, claim()).await;
    assert!(error.contains("NOAUTH"), "{error}");
}

/// The three commands that the front page names are enough.
#[tokio::test]
async fn a_user_with_three_commands_will_do() {
    let Some(redis) = Server::start() else { return };
    redis
        .tell::<()>(&format!(
            "ACL SETUSER guard on >{PASSWORD} ~online-contact:replay:* +set +get +pttl"
        ))
        .await;
    let url = format!("{}?user=guard&pass={PASSWORD}", redis.url());
    let guard = RedisReplayGuard::connect(url.clone()).await.unwrap();
    let claim = claim();
    assert_passes(&guard, claim).await;
    assert_replayed(&guard, claim).await;

    let elsewhere = RedisReplayGuard::builder(url).prefix("shop:").lazy().unwrap();
    let error = assert_unavailable(&elsewhere, claim).await;
    assert!(error.contains("NoPerm"), "{error}");
    assert_discreet(&elsewhere);
}

#[test]
fn debug_shows_where_and_no_password() {
    let builder = RedisReplayGuard::builder(format!("redis://user:{PASSWORD}@redis.example/1"));
    assert_discreet(&builder);
    let guard = builder.lazy().unwrap();
    assert_discreet(&guard);
    assert!(format!("{guard:?}").contains("redis.example:6379"), "{guard:?}");
}

fn locked() -> Option<Server> {
    Server::start_with(&["--requirepass", PASSWORD])
}

fn with_password(redis: &Server, password: &str) -> String {
    format!("{}?pass={password}", redis.url())
}

fn assert_discreet(value: &impl Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(PASSWORD) && !shown.contains(WRONG), "{shown}");
    }
}

fn assert_discloses_nothing(value: &(impl Error + 'static)) {
    let shown = chain(value);
    assert!(!shown.contains(PASSWORD) && !shown.contains(WRONG), "{shown}");
}
