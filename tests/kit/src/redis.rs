//! A Redis server.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{Program, require};

/// The text of the line after which Redis accepts connections. Its first letter depends on the version.
const READY: &str = "eady to accept connections";

/// The text of the line after which a sentinel accepts connections.
const SENTINEL_READY: &str = "Sentinel ID is";

/// A `redis-server` that listens on a socket file. It is killed on drop.
#[derive(Debug)]
pub struct Redis {
    program: Option<Program>,
    folder: TempDir,
    arguments: Vec<String>,
    ready: &'static str,
}

impl Redis {
    /// Starts a server. Returns `None` if the program is missing and not required.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Starts a server with these options.
    #[must_use]
    pub fn start_with(options: &[&str]) -> Option<Self> {
        let server = Self::try_start(options)?;
        assert!(server.program.is_some(), "redis-server does not start with {options:?}");
        Some(server)
    }

    /// Starts a server that also listens on a port, which `options` receives. A port that another program takes
    /// in the meantime is replaced. Returns the server and its port.
    #[must_use]
    pub fn start_on_port(options: impl Fn(u16) -> Vec<String>) -> Option<(Self, u16)> {
        for _ in 0..20 {
            let port = free_port();
            let options = options(port);
            let options: Vec<_> = options.iter().map(String::as_str).collect();
            let server = Self::try_start(&options)?;
            if server.program.is_some() {
                return Some((server, port));
            }
        }
        panic!("redis-server does not start on any port")
    }

    /// Starts a sentinel with these settings, which receive its port. Returns the sentinel and its port.
    #[must_use]
    pub fn sentinel(settings: impl Fn(u16) -> String) -> Option<(Self, u16)> {
        if !require("redis-server", "OC_REQUIRE_REDIS") {
            return None;
        }
        for _ in 0..20 {
            let port = free_port();
            let folder = tempfile::tempdir().expect("a temporary folder");
            let file = folder.path().join("sentinel.conf");
            std::fs::write(&file, settings(port)).expect("the folder is writable");
            let arguments = vec![file.display().to_string(), "--sentinel".to_owned()];
            let mut server = Self { program: None, folder, arguments, ready: SENTINEL_READY };
            server.start_again();
            if server.program.is_some() {
                return Some((server, port));
            }
        }
        panic!("a sentinel does not start on any port")
    }

    fn try_start(options: &[&str]) -> Option<Self> {
        if !require("redis-server", "OC_REQUIRE_REDIS") {
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fixed = ["--port", "0", "--save", "", "--appendonly", "no"];
        let mut arguments: Vec<_> = fixed.iter().chain(options).map(|&it| it.to_owned()).collect();
        let socket = folder.path().join("redis.sock").display().to_string();
        arguments.extend(["--unixsocket".to_owned(), socket]);
        arguments.extend(["--dir".to_owned(), folder.path().display().to_string()]);
        let mut server = Self { program: None, folder, arguments, ready: READY };
        server.start_again();
        Some(server)
    }

    /// Returns the path of the socket file.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// Returns the URL of the socket file.
    #[must_use]
    pub fn url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Kills the server, as when its machine loses power.
    pub fn kill(&mut self) {
        self.program = None;
    }

    /// Starts the server with the same options and an empty memory, and waits until it accepts connections.
    pub fn start_again(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(&self.arguments).stdin(Stdio::null());
        let mut program = Program::spawn(command).expect("redis-server");
        self.program = program.reaches(self.ready).then_some(program);
    }
}

/// Returns a port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
