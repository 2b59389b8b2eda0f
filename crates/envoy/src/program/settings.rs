use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use online_contact::{MemoryReplayGuard, Scheme, VerifierBuilder};
use online_contact_redis::RedisReplayGuard;

/// The rest of `--help`: what is not an option.
const AFTER_HELP: &str = "\
Security keys (set one of these):
  OC_SECURITY_KEY   the key (암호화 키) from Online Contact's screen; not an option, because other
                    users of the machine can read the options of a program
  OC_KEY_FILE       a file of keys
  OC_TENANTS        a directory of key files

  RUST_LOG          what to log, for example online_contact=debug [default: info]";

/// Verifies requests of NHN Cloud Online Contact for Envoy, Istio and Envoy Gateway.
///
/// Envoy calls this program for each request (envoy.service.auth.v3.Authorization/Check) and passes
/// only the requests that Online Contact signed.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
pub(crate) struct Settings {
    /// Address for the checks of Envoy: IP:PORT, or unix:PATH for a Unix socket
    #[arg(long, env = "OC_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:9001")]
    pub(crate) listen: Address,

    /// File with a security key on each line, `label: key`; a changed file is read again
    #[arg(long, env = "OC_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// Directory with a key file for each tenant, named as the tenant; changed files are read again
    #[arg(long, env = "OC_TENANTS", value_name = "DIR")]
    pub(crate) tenants: Option<PathBuf>,

    /// Part of a request that names its tenant: the host without its port, or the first segment of
    /// the path
    #[arg(long, env = "OC_TENANT_BY", value_enum, default_value_t = TenantBy::Host)]
    pub(crate) tenant_by: TenantBy,

    /// Use the key of the vendor's sample, which is public, if no key is set
    #[arg(
        long,
        env = "OC_DEMO",
        value_enum,
        default_value_t = Switch::Off,
        default_missing_value = "on",
        num_args = 0..=1,
        require_equals = true
    )]
    pub(crate) demo: Switch,

    /// Replay guard: off, memory (one process), or the URL of a Redis that several processes share
    #[arg(
        long,
        env = "OC_REPLAY",
        value_name = "off|memory|redis://HOST:PORT",
        default_value = "memory",
        hide_env_values = true
    )]
    // Parsed by `Replay::parse`: clap shows a value that it cannot parse, and this may hold a password.
    replay: String,

    /// Signed bytes: `body_time` (the vendor's sample) or `uri_body_time`
    #[arg(long, env = "OC_SCHEME", value_name = "SCHEME", default_value_t = Scheme::BodyTime)]
    pub(crate) scheme: Scheme,

    /// Longest body that is accepted, in bytes; at most `max_request_bytes` of Envoy's filter
    #[arg(long, env = "OC_BODY_LIMIT", value_name = "BYTES", default_value_t = VerifierBuilder::DEFAULT_BODY_LIMIT)]
    pub(crate) body_limit: u64,

    /// Address for Prometheus metrics, IP:PORT; not served by default
    #[arg(long, env = "OC_METRICS", value_name = "ADDRESS")]
    pub(crate) metrics: Option<SocketAddr>,

    /// Certificate chain in PEM for TLS to Envoy
    #[arg(long, env = "OC_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Private key of the certificate in PEM
    #[arg(long, env = "OC_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Certificates in PEM that must have signed Envoy's client certificate
    #[arg(long, env = "OC_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_client_ca: Option<PathBuf>,

    /// Time for open checks to finish after SIGTERM or Ctrl-C, in seconds
    #[arg(
        long,
        env = "OC_STOP_TIMEOUT",
        value_name = "SECONDS",
        default_value = "10",
        value_parser = seconds
    )]
    pub(crate) stop_timeout: Duration,

    /// Format of the log on stderr
    #[arg(long, env = "OC_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("the socket has no path; expected unix:PATH".to_owned()),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text
                .parse()
                .map(Self::Tcp)
                .map_err(|_| "expected IP:PORT like 127.0.0.1:9001, or unix:PATH".to_owned()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "http://{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The part of a request that names its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TenantBy {
    Host,
    Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// The replay guard.
#[derive(Debug)]
pub(crate) enum Replay {
    Off,
    Memory,
    Redis(RedisReplayGuard),
}

impl Settings {
    pub(crate) fn replay(&self) -> Result<Replay, String> {
        Replay::parse(&self.replay).map_err(|error| format!("OC_REPLAY (--replay): {error}"))
    }
}

impl Replay {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "memory" => Ok(Self::Memory),
            // Connects at the first check, so that the program can start while Redis restarts.
            url if url.contains("://") => {
                RedisReplayGuard::lazy(url).map(Self::Redis).map_err(|error| error.to_string())
            }
            _ => Err("expected off, memory, or a URL like redis://localhost:6379".to_owned()),
        }
    }

    pub(crate) fn guard(self, builder: VerifierBuilder) -> VerifierBuilder {
        match self {
            Self::Off => builder,
            Self::Memory => builder.replay_guard(MemoryReplayGuard::default()),
            Self::Redis(guard) => builder.replay_guard(guard),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u16 =
        text.parse().map_err(|_| "expected a number of seconds from 0 to 65535".to_owned())?;
    Ok(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    #[test]
    fn options_are_consistent() {
        Settings::command().debug_assert();
    }

    #[test]
    fn a_unix_socket_is_an_address() {
        let settings = Settings::parse_from(["program", "--listen", "unix:/run/oc.sock"]);
        assert_eq!(settings.listen, Address::Unix("/run/oc.sock".into()));
        assert!("unix:".parse::<Address>().is_err());
        assert!("localhost".parse::<Address>().is_err());
    }

    #[test]
    fn demo_is_a_flag_and_a_switch() {
        assert_eq!(Settings::parse_from(["program", "--demo"]).demo, Switch::On);
        assert_eq!(Settings::parse_from(["program", "--demo=off"]).demo, Switch::Off);
    }

    #[test]
    fn an_error_in_the_replay_guard_shows_no_password() {
        for url in ["redis://:hunter2@host/first", "redis://a:hunter2", "hunter2"] {
            let error = Settings::parse_from(["program", "--replay", url]).replay().unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
