//! A `redis-server` of a test's own.

// The tests of each feature use their own part of this.
#![allow(dead_code)]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, RedisResult};
use tokio::time::{sleep, timeout};

/// Far longer than Redis takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Is killed when it is dropped.
pub(crate) struct Server {
    process: Child,
    folder: Folder,
    arguments: Vec<String>,
}

/// A folder of a test's own. Is removed when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Server {
    /// One that listens on a socket file. `None` where there is no `redis-server` and none is
    /// required.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(options: &[&str]) -> Option<Self> {
        if !is_installed("redis-server", "--version") {
            return None;
        }
        let folder = Folder::new();
        let socket = folder.file("redis.sock");
        let mut arguments: Vec<_> = ["--port", "0", "--save", "", "--appendonly", "no"]
            .iter()
            .chain(options)
            .map(|&argument| argument.to_owned())
            .collect();
        arguments.extend(["--unixsocket".to_owned(), socket.display().to_string()]);
        arguments.extend(["--dir".to_owned(), folder.0.display().to_string()]);
        let server = Self { process: spawn(&arguments), folder, arguments };
        wait_for(&server.url()).await;
        Some(server)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.file("redis.sock")
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Sends it a command past the guard.
    pub(crate) async fn tell<T: FromRedisValue>(&self, command: &str) -> T {
        self.try_tell(command).await.unwrap()
    }

    /// As [`tell`](Self::tell), to one that may be cutting connections off at present.
    pub(crate) async fn try_tell<T: FromRedisValue>(&self, command: &str) -> RedisResult<T> {
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        command.arg(words.collect::<Vec<_>>());
        command.query_async(&mut connection(&self.url()).await?).await
    }

    /// No goodbye: as when the machine loses its power.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// On the same socket, with an empty memory.
    pub(crate) async fn start_again(&mut self) {
        self.process = spawn(&self.arguments);
        wait_for(&self.url()).await;
    }

    /// Suspends the process: the kernel accepts connections, and no response comes.
    pub(crate) fn stand_still(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("oc-redis-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Another process can't tell when it is ready, so its door is tried again and again: the one place
/// where a test waits for the clock on the wall. A busy machine waits longer, and nothing breaks.
pub(crate) async fn wait_for(url: &str) {
    let ready = async {
        while !answers(url).await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, ready).await.expect("redis-server starts");
}

/// Whether it answers at all; that it wants a password is an answer too.
async fn answers(url: &str) -> bool {
    let Ok(mut connection) = connection(url).await else { return false };
    match redis::cmd("PING").query_async::<String>(&mut connection).await {
        Ok(_) => true,
        Err(error) => error.code() == Some("NOAUTH"),
    }
}

async fn connection(url: &str) -> RedisResult<MultiplexedConnection> {
    Client::open(url)?.get_multiplexed_async_connection().await
}

/// A port that was free a moment ago, for what can't listen on a socket file.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn spawn(arguments: &[String]) -> Child {
    Command::new("redis-server")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Whether a program is there. Where it is missing and required the test fails.
pub(crate) fn is_installed(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).stdout(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return true;
    }
    let required = std::env::var("OC_REQUIRE_REDIS").is_ok_and(|value| value == "1");
    assert!(!required, "there is no {program}, and OC_REQUIRE_REDIS=1 asks for it");
    // Not `eprintln`, which is kept from the terminal when the test passes.
    let _ = writeln!(std::io::stderr(), "skipped: there is no {program}");
    false
}
