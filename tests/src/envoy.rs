//! A real Envoy as a child process.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use online_contact_test_kit::{Program, require};
use serde_json::Value;
use tempfile::TempDir;

use crate::{Request, Result, Target};

/// The sample settings, which the tests run with other addresses.
const SAMPLE: &str = include_str!("../../crates/envoy/deploy/envoy.yaml");

/// The log line that says that Envoy accepts connections.
const READY: &str = "starting main dispatch loop";

/// Returns the Envoy to test with, if there is one: `OC_ENVOY`, or `envoy` in `PATH`.
///
/// # Errors
///
/// Returns an error if the path is not UTF-8.
///
/// # Panics
///
/// Panics if there is no Envoy and `OC_REQUIRE_ENVOY` is set.
pub fn program() -> Result<Option<PathBuf>> {
    let program = std::env::var_os("OC_ENVOY").map_or_else(|| "envoy".into(), PathBuf::from);
    let name = program.to_str().ok_or("OC_ENVOY is not UTF-8")?;
    Ok(require(name, "OC_REQUIRE_ENVOY").then_some(program))
}

/// The sample settings with other addresses.
#[derive(Clone, Debug)]
pub struct Config(String);

impl Config {
    /// Returns the settings for this authorizer and this upstream. Envoy chooses its own ports.
    ///
    /// # Errors
    ///
    /// Returns an error if the sample does not have the addresses to replace.
    pub fn new(authorizer: SocketAddr, upstream: SocketAddr) -> Result<Self> {
        let port = |port: u16| format!("port_value: {port}}}");
        Self(SAMPLE.to_owned())
            .replace(&port(10000), &port(0))?
            .replace(&port(9901), &port(0))?
            .replace(&port(8080), &port(upstream.port()))?
            .replace(&port(9001), &port(authorizer.port()))
    }

    /// Replaces a text that must occur once.
    ///
    /// # Errors
    ///
    /// Returns an error if it does not.
    pub fn replace(self, from: &str, to: &str) -> Result<Self> {
        match self.0.matches(from).count() {
            1 => Ok(Self(self.0.replace(from, to))),
            count => Err(format!("{from:?} occurs {count} times in the sample settings").into()),
        }
    }

    /// Removes the filter that calls the authorizer, to measure what it costs.
    ///
    /// # Errors
    ///
    /// Returns an error if the sample has no such filter.
    pub fn without_filter(self) -> Result<Self> {
        let start = self.0.find("          - name: envoy.filters.http.ext_authz");
        let end = self.0.find("          - name: envoy.filters.http.router");
        match (start, end) {
            (Some(start), Some(end)) if start < end => {
                let (before, rest) = (self.0.get(..start), self.0.get(end..));
                Ok(Self([before, rest].into_iter().flatten().collect()))
            }
            _ => Err("the sample settings have no filter envoy.filters.http.ext_authz".into()),
        }
    }

    /// Also speaks HTTP/1.0, which Envoy does not unless it is set to.
    ///
    /// # Errors
    ///
    /// Returns an error if the sample has no listener.
    pub fn with_http10(self) -> Result<Self> {
        let options = "http_protocol_options: {accept_http_10: true, enable_trailers: true}";
        let codec = "          codec_type: AUTO\n";
        self.replace(codec, &format!("{codec}          {options}\n"))
    }

    /// Speaks to the upstream what the client speaks, so that gRPC reaches it.
    ///
    /// # Errors
    ///
    /// Returns an error if the sample has no upstream.
    pub fn with_http2_upstream(self) -> Result<Self> {
        let options = r#"  - name: upstream
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        use_downstream_protocol_config: {http_protocol_options: {enable_trailers: true}, http2_protocol_options: {}}
"#;
        self.replace("  - name: upstream\n", options)
    }
}

/// A running Envoy. It is killed on drop.
pub struct Envoy {
    process: Program,
    address: SocketAddr,
    admin: SocketAddr,
    _folder: TempDir,
}

impl Envoy {
    /// Starts Envoy and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// Returns an error if the admin page does not describe the listener.
    ///
    /// # Panics
    ///
    /// Panics with the log of Envoy if it does not start.
    pub fn start(program: &Path, config: &Config) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let settings = folder.path().join("envoy.yaml");
        let admin = folder.path().join("admin");
        fs::write(&settings, &config.0)?;
        let mut command = Command::new(program);
        command
            .arg("--config-path")
            .arg(&settings)
            .arg("--admin-address-path")
            .arg(&admin)
            .args(["--use-dynamic-base-id", "--concurrency", "1"])
            .stdin(Stdio::null());
        let mut process = Program::spawn(command)?;
        process.log_with(READY);
        let admin = fs::read_to_string(&admin)?.trim().parse()?;
        Ok(Self { process, address: listener(admin)?, admin, _folder: folder })
    }

    /// Returns the address that clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the id of the process, for measurements.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Returns a counter or gauge of Envoy.
    ///
    /// # Errors
    ///
    /// Returns an error if the admin page does not have it.
    pub fn stat(&self, name: &str) -> Result<u64> {
        let page = get(self.admin, &format!("/stats?filter={name}"))?;
        let mut lines = page.lines().filter_map(|line| line.split_once(": "));
        let value = lines.find(|(known, _)| *known == name);
        Ok(value.ok_or_else(|| format!("Envoy has no stat {name:?}"))?.1.parse()?)
    }
}

fn listener(admin: SocketAddr) -> Result<SocketAddr> {
    let page: Value = serde_json::from_str(&get(admin, "/listeners?format=json")?)?;
    let address = page.pointer("/listener_statuses/0/local_address/socket_address/port_value");
    let port = address.and_then(Value::as_u64).ok_or_else(|| format!("no listener: {page}"))?;
    Ok((Ipv4Addr::LOCALHOST, u16::try_from(port)?).into())
}

fn get(admin: SocketAddr, path: &str) -> Result<String> {
    let request = Request::unsigned("").method("GET").to(path);
    Ok(Target::from(admin).exchange_blocking(&request.head(&["Connection: close"]))?.text())
}
