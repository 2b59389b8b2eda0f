//! Settings that are rejected without a connection.

use std::time::Duration;

use online_contact_redis::{ConfigError, RedisReplayGuard};

#[test]
fn an_invalid_url_is_rejected_with_the_reason() {
    for (url, told) in [
        ("", "relative URL without a base"),
        ("localhost", "relative URL without a base"),
        ("redis://:pass@host:port/0", "invalid port number"),
        ("http://:pass@host/0", "unknown scheme: expected redis://, rediss:// or unix://"),
        ("redis:///0", "no host: expected redis://host:6379"),
        (
            "redis://:pass@host/zero",
            "invalid database: expected a number, as in redis://host:6379/0",
        ),
        ("redis://:pass@host/-1", "invalid database: expected a number, as in redis://host:6379/0"),
        ("redis://:pass@host/0?timeout=3", "unknown query: expected protocol or none"),
        (
            "redis://:pass@host/0?protocol=4",
            "invalid protocol: expected protocol=resp2 or protocol=resp3",
        ),
        ("redis://:pa#ss@host", "empty host"),
        ("rediss://:pass@host/#insecure", "fragment: expected none, and %23 for # in a password"),
        (
            "redis://pass@host",
            "user without a password: expected redis://user:password@host or redis://:password@host",
        ),
        ("unix://", "no socket: expected unix:///path/to/redis.sock"),
        ("unix:///redis.sock?password=pass", "unknown query: expected db, user, pass or protocol"),
    ] {
        let error = RedisReplayGuard::lazy(url).unwrap_err();
        assert_eq!(error.to_string(), format!("invalid Redis URL: {told}"), "{url}");
        assert!(!format!("{error:?}").contains("pass@"), "{error:?}");
    }
}

#[test]
fn valid_urls_are_accepted() {
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
fn tls_needs_its_feature() {
    let guard = RedisReplayGuard::lazy("rediss://localhost");
    if cfg!(feature = "tls-rustls") {
        assert!(guard.is_ok());
    } else {
        assert_eq!(guard.unwrap_err(), ConfigError::NoTls);
    }
}

#[test]
fn timeouts_must_be_greater_than_zero() {
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
fn a_cluster_needs_nodes_that_match() {
    let none = RedisReplayGuard::cluster_builder([""; 0]).lazy().unwrap_err();
    assert_eq!(none.to_string(), "no Redis URL: expected at least one");
    let different = RedisReplayGuard::cluster_builder(["redis://:one@a", "redis://:two@b"]);
    let error = different.lazy().unwrap_err();
    assert!(matches!(error, ConfigError::Nodes(_)), "{error}");
    assert!(!error.to_string().contains("two"), "{error}");
}

#[cfg(feature = "sentinel")]
#[test]
fn at_least_one_sentinel_is_needed() {
    let none = RedisReplayGuard::sentinel_builder("redis://main", [""; 0]).lazy().unwrap_err();
    assert_eq!(none, ConfigError::NoNodes);
    let socket = RedisReplayGuard::sentinel_builder("unix:///main", ["redis://a:26379"]).lazy();
    assert_eq!(
        socket.unwrap_err().to_string(),
        "invalid Redis URL: socket in place of a master: expected redis://mymaster"
    );
}
