//! The claim arrives and its answer does not: the honest request passes, once.

use std::time::Duration;

use online_contact_redis::RedisReplayGuard;

use crate::proxy::{Loss, Proxy};
use crate::requests::{Request, assert_passes, assert_replayed, claims, verifier};
use crate::server::Server;

/// The timeout of a command. Real time never reaches it.
const TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_broken_connection_is_no_replay() {
    passes_once(Loss::Broken).await;
}

#[tokio::test]
async fn silence_is_no_replay() {
    passes_once(Loss::Silent(TIMEOUT)).await;
}

async fn passes_once(loss: Loss) {
    let Some(redis) = Server::start() else { return };
    let proxy = Proxy::start(&redis.socket(), loss).await;
    let guard = RedisReplayGuard::builder(proxy.url()).command_timeout(TIMEOUT).lazy().unwrap();
    let claims = claims(2);
    assert_passes(&guard, claims[0]).await;
    assert_eq!(proxy.sets(), 2, "the claim was sent twice");

    assert_replayed(&guard, claims[0]).await;
    assert_replayed(&RedisReplayGuard::lazy(redis.url()).unwrap(), claims[0]).await;
    assert_passes(&guard, claims[1]).await;
}

/// A replay whose answer is lost is asked again too, and does not recognize itself.
#[tokio::test]
async fn a_replay_stays_one() {
    let Some(redis) = Server::start() else { return };
    let claims = claims(1);
    assert_passes(&RedisReplayGuard::lazy(redis.url()).unwrap(), claims[0]).await;

    let proxy = Proxy::start(&redis.socket(), Loss::Broken).await;
    let guard = RedisReplayGuard::lazy(proxy.url()).unwrap();
    assert_replayed(&guard, claims[0]).await;
    assert_eq!(proxy.sets(), 2, "the claim was sent twice");
}

#[tokio::test]
async fn a_verifier_lets_the_request_pass() {
    let Some(redis) = Server::start() else { return };
    let proxy = Proxy::start(&redis.socket(), Loss::Broken).await;
    let verifier = verifier(&RedisReplayGuard::lazy(proxy.url()).unwrap());
    let request = Request::new(0);
    request.send(&verifier).await.unwrap();
    request.send(&verifier).await.unwrap_err();
}
