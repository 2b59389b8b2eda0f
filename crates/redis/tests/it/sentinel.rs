//! A master, a replica and a sentinel that swaps them.

use std::time::Duration;

use online_contact_redis::RedisReplayGuard;
use online_contact_test_kit::{ClosedPort, Redis};
use tokio::time::{sleep, timeout};

use crate::requests::{ask, assert_passes, assert_replayed, assert_unavailable, claims};
use crate::server::{Server, arguments};

#[tokio::test]
async fn claims_follow_the_master() {
    let Some((first, first_port)) = node() else { return };
    let Some((second, _)) = node() else { return };
    second.tell::<()>(&format!("REPLICAOF 127.0.0.1 {first_port}")).await;
    wait_until(&second, "INFO replication", "master_link_status:up").await;
    let sentinel = Sentinel::start(first_port);
    let closed = ClosedPort::new();
    let guard = RedisReplayGuard::sentinel_builder(
        "redis://main",
        [format!("redis://{}", closed.address()), sentinel.url()],
    )
    .connect()
    .await
    .unwrap();
    let claims = claims(20);
    assert_passes(&guard, claims[0]).await;
    assert_replayed(&guard, claims[0]).await;
    // A master that fails before it has copied a claim would take it to its grave.
    wait_until(&second, "INFO keyspace", "keys=1,").await;

    sentinel.fail_over().await;
    wait_until(&second, "INFO replication", "role:master").await;
    wait_until(&first, "INFO replication", "role:slave").await;
    // Now the guard's connection leads to a replica.
    let passes = async {
        while ask(&guard, claims[1]).await.is_err() {
            // The sentinel may name the old master for a moment longer than that one is it.
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), passes).await.expect("the guard finds the new master");
    assert_replayed(&guard, claims[0]).await;
    assert_replayed(&guard, claims[1]).await;
    assert!(second.tell::<usize>("DBSIZE").await >= 2);
}

#[tokio::test]
async fn a_master_of_no_name_is_unavailable() {
    let Some((_first, first_port)) = node() else { return };
    let sentinel = Sentinel::start(first_port);
    let guard =
        RedisReplayGuard::sentinel_builder("redis://other", [sentinel.url()]).lazy().unwrap();
    let error = assert_unavailable(&guard, claims(1)[0]).await;
    assert!(error.starts_with("no connection to Redis: "), "{error}");
}

fn node() -> Option<(Server, u16)> {
    Server::start_on_port(|port| {
        arguments([
            ("--port", port.to_string()),
            ("--bind", "127.0.0.1".to_owned()),
            ("--repl-diskless-sync-delay", "0".to_owned()),
        ])
    })
}

struct Sentinel {
    port: u16,
    _server: Redis,
}

impl Sentinel {
    fn start(master_port: u16) -> Self {
        let settings = |port| {
            format!(
                "port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {master_port} 1\n\
                 sentinel failover-timeout main 2000\n"
            )
        };
        let (server, port) = Redis::sentinel(settings).expect("redis-server, which is the node");
        Self { port, _server: server }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// It must have heard of the replica first, so it is asked until it agrees.
    async fn fail_over(&self) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let agreed = async {
            while redis::cmd("SENTINEL")
                .arg("FAILOVER")
                .arg("main")
                .exec_async(&mut connection)
                .await
                .is_err()
            {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(60), agreed).await.expect("the sentinel agrees to a failover");
    }
}

/// Asks again and again, because Redis sends no event for such a change.
async fn wait_until(server: &Server, question: &str, wanted: &str) {
    let told = async {
        let is_expected = |answer: String| answer.contains(wanted);
        while !server.try_tell(question).await.is_ok_and(is_expected) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), told).await.unwrap_or_else(|_| panic!("{wanted}"));
}
