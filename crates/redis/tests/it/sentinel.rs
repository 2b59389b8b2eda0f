//! A master, a replica and a sentinel that swaps them.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use online_contact_redis::RedisReplayGuard;
use tokio::time::{sleep, timeout};

use crate::requests::{ask, assert_passes, assert_replayed, assert_unavailable, claims};
use crate::server::{Folder, Server, free_port, wait_for};

#[tokio::test]
async fn claims_follow_the_master() {
    let Some((first, first_port)) = node().await else { return };
    let Some((second, _)) = node().await else { return };
    second.tell::<()>(&format!("REPLICAOF 127.0.0.1 {first_port}")).await;
    wait_until(&second, "INFO replication", "master_link_status:up").await;
    let sentinel = Sentinel::start(first_port).await;
    let guard = RedisReplayGuard::sentinel_builder(
        "redis://main",
        ["redis://127.0.0.1:1".to_owned(), sentinel.url()],
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
    let Some((_first, first_port)) = node().await else { return };
    let sentinel = Sentinel::start(first_port).await;
    let guard =
        RedisReplayGuard::sentinel_builder("redis://other", [sentinel.url()]).lazy().unwrap();
    let error = assert_unavailable(&guard, claims(1)[0]).await;
    assert!(error.starts_with("no connection to Redis: "), "{error}");
}

async fn node() -> Option<(Server, u16)> {
    let port = free_port();
    let options =
        ["--port", &port.to_string(), "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"];
    Some((Server::start_with(&options).await?, port))
}

struct Sentinel {
    process: Child,
    port: u16,
    /// The file that it writes its state to.
    _folder: Folder,
}

impl Sentinel {
    async fn start(master_port: u16) -> Self {
        let port = free_port();
        let folder = Folder::new();
        let file = folder.file("sentinel.conf");
        let settings = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {master_port} 1\n\
             sentinel failover-timeout main 2000\n"
        );
        fs::write(&file, settings).unwrap();
        let process = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sentinel = Self { process, port, _folder: folder };
        wait_for(&sentinel.url()).await;
        sentinel
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

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As in [`wait_for`].
async fn wait_until(server: &Server, question: &str, wanted: &str) {
    let told = async {
        let is_expected = |answer: String| answer.contains(wanted);
        while !server.try_tell(question).await.is_ok_and(is_expected) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), told).await.unwrap_or_else(|_| panic!("{wanted}"));
}
