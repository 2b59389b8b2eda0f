//! What is rejected before Redis is asked, and in which words.

use std::time::Duration;

use online_contact_redis::{ConfigError, RedisReplayGuard};

#[test]
fn a_wrong_url_is_told_what_is_wrong() {
    for (url, told) in [
        ("", "can't be read: relative URL without a base"),
        ("localhost", "can't be read: relative URL without a base"),
        ("redis://:pass@host:port/0", "can't be read: invalid port number"),
        ("http://:pass@host/0", "has a scheme of its own: expected redis://, rediss:// or unix://"),
        ("redis:///0", "names no host: expected redis://host:6379"),
        (
            "redis://:pass@host/zero",
            "names no database: expected a number, as in redis://host:6379/0",
        ),
        (
            "redis://:pass@host/-1",
            "names no database: expected a number, as in redis://host:6379/0",
        ),
        ("redis://:pass@host/0?timeout=3", "has a query it should not: expected protocol or none"),
        (
            "redis://:pass@host/0?protocol=4",
            "names no protocol: expected protocol=resp2 or protocol=resp3",
        ),
        ("redis://:pa#ss@host", "can't be read: empty host"),
        (
            "rediss://:pass@host/#insecure",
            "has a fragment (#…): expected none, and %23 for a # in a password",
        ),
        (
            "redis://pass@host",
            "has a user and no password: expected redis://user:password@host, or \
             redis://:password@host",
        ),
        ("unix://", "names no socket: expected unix:///path/to/redis.sock"),
        (
            "unix:///redis.sock?password=pass",
            "has a query it should not: expected db, user, pass, protocol",
        ),
    ] {
        let error = RedisReplayGuard::lazy(url).unwrap_err();
        assert_eq!(error.to_string(), format!("the Redis URL {told}"), "{url}");
        assert!(!format!("{error:?}").contains("pass@"), "{error:?}");
    }
}

#[test]
fn a_right_url_is_taken() {
    for url in [
        "redis://localhost",
        "redis://localhost:7000/3",
        "redis://user:pass@localhost/",
        "redis://:pass@[::1]:6379/0?protocol=resp3",
        "valkey://localhost",
        "unix:///run/redis.sock?db=2&user=u&pass=p",
        "redis+unix:///run/redis.sock",
    ] {
        assert!(RedisReplayGuard::lazy(url).is_ok(), "{url}");
    }
}

#[test]
fn tls_wants_its_feature() {
    let guard = RedisReplayGuard::lazy("rediss://localhost");
    if cfg!(feature = "tls-rustls") {
        assert!(guard.is_ok());
    } else {
        assert_eq!(guard.unwrap_err(), ConfigError::NoTls);
    }
}

#[test]
fn no_time_is_no_setting() {
    let builder = || RedisReplayGuard::builder("redis://localhost");
    assert_eq!(
        builder().connect_timeout(Duration::ZERO).lazy().unwrap_err(),
        ConfigError::NoConnectTimeout
    );
    assert_eq!(
        builder().command_timeout(Duration::ZERO).lazy().unwrap_err(),
        ConfigError::NoCommandTimeout
    );
}

#[cfg(feature = "cluster")]
#[test]
fn a_cluster_has_nodes_that_fit_together() {
    let none = RedisReplayGuard::cluster_builder([""; 0]).lazy().unwrap_err();
    assert_eq!(none.to_string(), "no Redis URL: expected at least one");
    let different = RedisReplayGuard::cluster_builder(["redis://:one@a", "redis://:two@b"]);
    let error = different.lazy().unwrap_err();
    assert!(matches!(error, ConfigError::Nodes(_)), "{error}");
    assert!(!error.to_string().contains("two"), "{error}");
}

#[cfg(feature = "sentinel")]
#[test]
fn sentinels_are_at_least_one() {
    let none = RedisReplayGuard::sentinel_builder("redis://main", [""; 0]).lazy().unwrap_err();
    assert_eq!(none, ConfigError::NoNodes);
    let socket = RedisReplayGuard::sentinel_builder("unix:///main", ["redis://a:26379"]).lazy();
    assert_eq!(
        socket.unwrap_err().to_string(),
        "the Redis URL names a socket: expected redis://mymaster"
    );
}
