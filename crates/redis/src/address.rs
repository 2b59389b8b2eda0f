//! The URL of a Redis.

use redis::{ConnectionInfo, IntoConnectionInfo};
use url::Url;

use crate::error::ConfigError;

const SCHEMES: [&str; 7] =
    ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"];

/// Parses a URL. Errors contain no part of it: in a mistyped URL any part can be the password.
pub(crate) fn parse(text: &str) -> Result<ConnectionInfo, ConfigError> {
    let url = Url::parse(text).map_err(|error| fault(error.to_string()))?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err(fault("unknown scheme: expected redis://, rediss:// or unix://"));
    }
    if url.fragment().is_some() {
        return Err(fault("fragment: expected none, and %23 for # in a password"));
    }
    if url.scheme().ends_with("unix") {
        check_socket(&url)?;
    } else {
        check_host(&url)?;
    }
    let info = url.into_connection_info().map_err(|error| fault(error.to_string()))?;
    Ok(with_client_settings(info))
}

fn check_socket(url: &Url) -> Result<(), ConfigError> {
    if url.path().trim_matches('/').is_empty() {
        return Err(fault("no socket: expected unix:///path/to/redis.sock"));
    }
    for (name, value) in url.query_pairs() {
        match &*name {
            "db" => check_number(&value)?,
            "protocol" => check_protocol(&value)?,
            "user" | "pass" => {}
            _ => return Err(fault("unknown query: expected db, user, pass or protocol")),
        }
    }
    Ok(())
}

fn check_host(url: &Url) -> Result<(), ConfigError> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err(fault("no host: expected redis://host:6379"));
    }
    if !url.username().is_empty() && url.password().is_none() {
        // The client would not log in.
        return Err(fault(
            "user without a password: expected redis://user:password@host or redis://:password@host",
        ));
    }
    for (name, value) in url.query_pairs() {
        match &*name {
            "protocol" => check_protocol(&value)?,
            _ => return Err(fault("unknown query: expected protocol or none")),
        }
    }
    match url.path().trim_matches('/') {
        "" => Ok(()),
        number => check_number(number),
    }?;
    check_tls(url)
}

fn check_number(number: &str) -> Result<(), ConfigError> {
    match number.parse::<u32>() {
        Ok(_) => Ok(()),
        Err(_) => Err(fault("invalid database: expected a number, as in redis://host:6379/0")),
    }
}

fn check_protocol(protocol: &str) -> Result<(), ConfigError> {
    match protocol {
        "2" | "3" | "resp2" | "resp3" => Ok(()),
        _ => Err(fault("invalid protocol: expected protocol=resp2 or protocol=resp3")),
    }
}

#[cfg(not(feature = "tls-rustls"))]
fn check_tls(url: &Url) -> Result<(), ConfigError> {
    if is_tls(url) { Err(ConfigError::NoTls) } else { Ok(()) }
}

/// Installs a default `CryptoProvider` unless the application has one. Without a default, the client
/// panics if several providers are compiled in.
#[cfg(feature = "tls-rustls")]
#[expect(clippy::unnecessary_wraps, reason = "without TLS it fails")]
fn check_tls(url: &Url) -> Result<(), ConfigError> {
    use rustls::crypto::{CryptoProvider, ring};

    if is_tls(url) && CryptoProvider::get_default().is_none() {
        // An error means that another thread has installed one meanwhile.
        let _ = ring::default_provider().install_default();
    }
    Ok(())
}

fn is_tls(url: &Url) -> bool {
    matches!(url.scheme(), "rediss" | "valkeys")
}

/// Names this crate in `CLIENT LIST`, and turns off Nagle's algorithm.
fn with_client_settings(info: ConnectionInfo) -> ConnectionInfo {
    let name = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let redis = info.redis_settings().clone().set_lib_name(name.0, name.1);
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    info.set_redis_settings(redis).set_tcp_settings(tcp)
}

fn fault(what: impl Into<String>) -> ConfigError {
    ConfigError::Url(what.into())
}
