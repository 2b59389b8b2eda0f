//! A cluster of three nodes.

use std::time::Duration;

use online_contact_redis::RedisReplayGuard;
use tokio::time::{sleep, timeout};

use crate::requests::{assert_passes, assert_replayed, assert_unavailable, claims};
use crate::server::{Server, arguments};

#[tokio::test]
async fn claims_spread_over_the_nodes() {
    let Some(nodes) = cluster().await else { return };
    let urls = nodes.iter().map(|(port, _)| format!("redis://127.0.0.1:{port}"));
    let guard = RedisReplayGuard::cluster_builder(urls).connect().await.unwrap();
    let claims = claims(60);
    for &claim in &claims {
        assert_passes(&guard, claim).await;
    }
    for &claim in &claims {
        assert_replayed(&guard, claim).await;
    }
    let mut kept = 0;
    for (_, node) in &nodes {
        let size: usize = node.tell("DBSIZE").await;
        assert!(size > 0, "each node has its share");
        kept += size;
    }
    assert_eq!(kept, 60);
}

#[tokio::test]
async fn a_cluster_that_is_down_is_unavailable_and_comes_back() {
    let Some(mut nodes) = cluster().await else { return };
    let url = format!("redis://127.0.0.1:{}", nodes[0].0);
    let guard = RedisReplayGuard::cluster_builder([url]).lazy().unwrap();
    let claims = claims(2);
    assert_passes(&guard, claims[0]).await;
    for (_, node) in &mut nodes {
        node.kill();
    }
    assert_unavailable(&guard, claims[1]).await;

    for (_, node) in &mut nodes {
        node.start_again();
    }
    wait_whole(&nodes).await;
    assert_passes(&guard, claims[1]).await;
    assert_replayed(&guard, claims[1]).await;
}

async fn cluster() -> Option<Vec<(u16, Server)>> {
    let mut nodes = Vec::new();
    for slots in ["0 5460", "5461 10922", "10923 16383"] {
        let (port, node) = node()?;
        node.tell::<()>(&format!("CLUSTER ADDSLOTSRANGE {slots}")).await;
        nodes.push((port, node));
    }
    for (number, (_, node)) in nodes.iter().enumerate() {
        node.tell::<()>(&format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1)).await;
    }
    let bus = nodes[0].1.tell::<Vec<String>>("CONFIG GET cluster-port").await.remove(1);
    for (_, node) in nodes.iter().skip(1) {
        node.tell::<()>(&format!("CLUSTER MEET 127.0.0.1 {} {bus}", nodes[0].0)).await;
    }
    wait_whole(&nodes).await;
    Some(nodes)
}

/// By default the port of the bus is 10000 above the port of the node, which may exceed the largest port.
fn node() -> Option<(u16, Server)> {
    let (node, port) = Server::start_on_port(|port| {
        arguments([
            ("--port", port.to_string()),
            ("--bind", "127.0.0.1".to_owned()),
            ("--cluster-enabled", "yes".to_owned()),
            ("--cluster-port", port.wrapping_sub(10_000).to_string()),
            ("--cluster-node-timeout", "2000".to_owned()),
        ])
    })?;
    Some((port, node))
}

/// Asks again and again, because nodes send no event when they have found each other.
async fn wait_whole(nodes: &[(u16, Server)]) {
    let whole = async {
        for (_, node) in nodes {
            loop {
                let info: String = node.tell("CLUSTER INFO").await;
                if info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3") {
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
        }
    };
    timeout(Duration::from_secs(60), whole).await.expect("the cluster comes together");
}
