//! A URL, and what is wrong with it.

use redis::{ConnectionInfo, IntoConnectionInfo};
use url::Url;

use crate::error::ConfigError;

const SCHEMES: [&str; 7] =
    ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"];

/// Reads a URL. What it complains about holds no part of the URL: with a slip of the pen, any part of
/// it can be the password.
pub(crate) fn parse(text: &str) -> Result<ConnectionInfo, ConfigError> {
    let url = Url::parse(text).map_err(|error| fault(format!("can't be read: {error}")))?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err(fault("has a scheme of its own: expected redis://, rediss:// or unix://"));
    }
    if url.fragment().is_some() {
        return Err(fault("has a fragment (#…): expected none, and %23 for a # in a password"));
    }
    if url.scheme().ends_with("unix") {
        check_socket(&url)?;
    } else {
        check_host(&url)?;
    }
    let info =
        url.into_connection_info().map_err(|error| fault(format!("is rejected: {error}")))?;
    Ok(presentable(info))
}

fn check_socket(url: &Url) -> Result<(), ConfigError> {
    if url.path().trim_matches('/').is_empty() {
        return Err(fault("names no socket: expected unix:///path/to/redis.sock"));
    }
    for (name, value) in url.query_pairs() {
        match &*name {
            "db" => check_number(&value)?,
            "protocol" => check_protocol(&value)?,
            "user" | "pass" => {}
            _ => return Err(fault("has a query it should not: expected db, user, pass, protocol")),
        }
    }
    Ok(())
}

fn check_host(url: &Url) -> Result<(), ConfigError> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err(fault("names no host: expected redis://host:6379"));
    }
    if !url.username().is_empty() && url.password().is_none() {
        // The client would not log in at all.
        return Err(fault(
            "has a user and no password: expected redis://user:password@host, or \
             redis://:password@host",
        ));
    }
    for (name, value) in url.query_pairs() {
        match &*name {
            "protocol" => check_protocol(&value)?,
            _ => return Err(fault("has a query it should not: expected protocol or none")),
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
        Err(_) => Err(fault("names no database: expected a number, as in redis://host:6379/0")),
    }
}

fn check_protocol(protocol: &str) -> Result<(), ConfigError> {
    match protocol {
        "2" | "3" | "resp2" | "resp3" => Ok(()),
        _ => Err(fault("names no protocol: expected protocol=resp2 or protocol=resp3")),
    }
}

#[cfg(not(feature = "tls-rustls"))]
fn check_tls(url: &Url) -> Result<(), ConfigError> {
    if is_tls(url) { Err(ConfigError::NoTls) } else { Ok(()) }
}

/// The client takes the process's cipher suites, and panics where there are several to choose from
/// and nobody chose. An application that has chosen is left alone.
#[cfg(feature = "tls-rustls")]
#[expect(clippy::unnecessary_wraps, reason = "without TLS it fails")]
fn check_tls(url: &Url) -> Result<(), ConfigError> {
    use rustls::crypto::{CryptoProvider, ring};

    if is_tls(url) && CryptoProvider::get_default().is_none() {
        // It fails where another thread was faster, which is as good.
        let _ = ring::default_provider().install_default();
    }
    Ok(())
}

fn is_tls(url: &Url) -> bool {
    matches!(url.scheme(), "rediss" | "valkeys")
}

/// Shows who is connected in `CLIENT LIST`, and sends each claim at once.
fn presentable(info: ConnectionInfo) -> ConnectionInfo {
    let name = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let redis = info.redis_settings().clone().set_lib_name(name.0, name.1);
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    info.set_redis_settings(redis).set_tcp_settings(tcp)
}

fn fault(what: impl Into<String>) -> ConfigError {
    ConfigError::Url(what.into())
}
